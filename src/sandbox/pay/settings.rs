//! The numbers of WeChat Pay that differ between merchants or are not certain (pay notes sections 2.2, 4.8).

use serde::{Deserialize, Serialize};

/// Limits and waiting times of WeChat Pay. Amounts in fen, times in seconds of the sandbox's clock.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaySettings {
    /// Red packets per second and merchant (section 2.2: 30).
    pub packets_per_second: u32,
    /// Queries of red packets or transfers per second and merchant (section 4.4: 100).
    pub queries_per_second: u32,
    /// Transfers per second and merchant (section 4.1: 100).
    pub transfers_per_second: u32,
    /// Cancellations per second and merchant (section 4.5: 20).
    pub cancels_per_second: u32,
    /// The amounts that a red packet may have without a scene (1 to 200 yuan).
    pub packet_amounts: (i64, i64),
    /// The amounts that it may have with one (0.30 to 4999 yuan).
    pub packet_scene_amounts: (i64, i64),
    /// Scenes of red packets that are switched on.
    pub packet_scenes: Vec<String>,
    /// What a merchant may give away as red packets in a day (1,000,000 yuan).
    pub packets_per_day: i64,
    /// What one person may get as red packets in a day (1000 yuan).
    pub packets_per_person: i64,
    /// How many red packets one person may get in a day (10).
    pub packet_count_per_person: u32,
    /// Scenes of transfers that the merchant has; really only one.
    pub transfer_scenes: Vec<String>,
    /// The amounts that a transfer may have (0.10 to 200 yuan).
    pub transfer_amounts: (i64, i64),
    /// What a merchant may transfer in a day.
    pub transfers_per_day: i64,
    /// How long a person may wait before a packet or a transfer lapses (24 h).
    pub lapse_after: u32,
    /// How long the return of a lapsed packet takes.
    pub refund_takes: u32,
    /// How long a cancellation takes.
    pub cancel_takes: u32,
    /// How long the money takes after the person confirmed.
    pub transfer_takes: u32,
    /// How long the same number may be used for the same request (24 h).
    pub repeat_within: u32,
    /// How long packets and transfers can be queried (30 days).
    pub query_within: u32,
    /// Whether a `sign_type` in a v2 request is refused with SIGN_ERROR.
    pub strict_sign_type: bool,
}

impl Default for PaySettings {
    fn default() -> Self {
        const DAY: u32 = 24 * 3600;
        Self {
            packets_per_second: 30,
            queries_per_second: 100,
            transfers_per_second: 100,
            cancels_per_second: 20,
            packet_amounts: (100, 20_000),
            packet_scene_amounts: (30, 499_900),
            packet_scenes: vec!["PRODUCT_1".to_owned(), "PRODUCT_2".to_owned()],
            packets_per_day: 100_000_000,
            packets_per_person: 100_000,
            packet_count_per_person: 10,
            transfer_scenes: vec!["1000".to_owned()],
            transfer_amounts: (10, 20_000),
            transfers_per_day: 100_000_000,
            lapse_after: DAY,
            refund_takes: 600,
            cancel_takes: 0,
            transfer_takes: 0,
            repeat_within: DAY,
            query_within: 30 * DAY,
            strict_sign_type: true,
        }
    }
}
