//! What a sandbox starts with, and the numbers of WeChat that are not certain and therefore settings.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use serde::{Deserialize, Serialize};

use super::pay::{MerchantOptions, PaySettings};
use crate::{
    infra::{clock::Clock, random::Random},
    wechat::account::Accounts,
};

/// What a sandbox needs to start.
#[derive(Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where WeChat Pay listens with TLS (it wants client certificates there); only when there are merchants.
    pub secure_listen: SocketAddr,
    /// The accounts that WeChat knows: the same values that the service itself is given.
    pub accounts: Accounts,
    /// The merchants that WeChat Pay knows.
    pub merchants: Vec<MerchantOptions>,
    /// Where the service stands, such as `http://127.0.0.1:8080`; pushes go to `{base}/wechat/{key}/callback`. May be
    /// given later with [`set_callback_base`](super::Sandbox::set_callback_base); until then pushes are unreachable.
    pub callback_base: Option<String>,
    /// The time that tokens, windows, quotas and codes follow.
    pub clock: Clock,
    /// Where tokens, tickets, nonces and paddings come from.
    pub random: Random,
    /// How long (in real time) a push waits for its answer before it is sent again (protocol section 1.5: 5 s).
    pub push_timeout: Duration,
    /// How often a push is sent before WeChat gives up (protocol section 1.5: 3).
    pub attempts: u32,
    /// Windows, quotas and sizes.
    pub settings: Settings,
}

impl Options {
    /// Options with the numbers of the newest WeChat documentation, the machine's clock and its randomness, and no
    /// merchant. The TLS listener takes the next port, or a free one when `listen` does.
    pub fn new(listen: SocketAddr, accounts: Accounts) -> Self {
        Self {
            listen,
            secure_listen: SocketAddr::new(listen.ip(), next(listen.port())),
            accounts,
            merchants: Vec::new(),
            callback_base: None,
            clock: Clock::system(),
            random: Random::system(),
            push_timeout: Duration::from_secs(5),
            attempts: 3,
            settings: Settings::default(),
        }
    }
}

/// The port beside this one; any for any.
fn next(port: u16) -> u16 {
    if port == 0 { 0 } else { port.saturating_add(1) }
}

/// The numbers of WeChat that changed over time or differ between accounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many customer-service messages each act of a person allows (protocol section 7.1).
    pub windows: Windows,
    /// Calls allowed per API path (protocol section 3.5); a path that is not listed is not limited.
    pub quotas: BTreeMap<String, Limit>,
    /// OpenIDs per page of the follower and tag lists (protocol section 5.1: 10 000).
    pub page_size: usize,
    /// Bytes of a text that is sent or replied (protocol sections 2.5 and 7.1: 2048).
    pub text_bytes: usize,
    /// Followers above which a tag cannot be deleted (protocol section 5.2: 100 000).
    pub undeletable_tag: usize,
    /// Permanent QR codes an account may have (protocol section 6.2: 100 000).
    pub permanent_codes: usize,
    /// Message templates an account may have (protocol section 7.2: 25).
    pub templates: usize,
    /// Mass messages one person gets in a month (protocol section 7.4: 4).
    pub mass_per_month: usize,
    /// Logins of one person to one mini program within a minute (protocol section 3.5: 100).
    pub logins_per_minute: u32,
    /// Limits and waiting times of WeChat Pay.
    pub pay: PaySettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            windows: Windows::default(),
            quotas: default_quotas(),
            page_size: 10_000,
            text_bytes: 2048,
            undeletable_tag: 100_000,
            permanent_codes: 100_000,
            templates: 25,
            mass_per_month: 4,
            logins_per_minute: 100,
            pay: PaySettings::default(),
        }
    }
}

/// How often one API may be called; `null` means that there is no such limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limit {
    /// Calls per day of China.
    pub per_day: Option<u32>,
    /// Calls per minute.
    pub per_minute: Option<u32>,
}

/// Which act of a person opens which window for customer-service messages (protocol section 7.1, newest text).
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Windows {
    /// The person wrote to an official account.
    pub message: Allowance,
    /// The person tapped a click or scan button, or an item of a menu message.
    pub click: Allowance,
    /// The person followed.
    pub follow: Allowance,
    /// A follower scanned a QR code.
    pub scan: Allowance,
    /// The person paid.
    pub paid: Allowance,
    /// The person wrote to a mini program.
    pub mini_message: Allowance,
    /// The person opened the customer-service session of a mini program.
    pub mini_enter: Allowance,
}

/// One window: how long it is open and how many messages fit through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// Seconds from the act until the window closes.
    pub seconds: u32,
    /// Messages that may be sent meanwhile; `null` means any number.
    pub messages: Option<u32>,
}

impl Default for Windows {
    fn default() -> Self {
        const DAYS_2: u32 = 48 * 3600;
        let of = |seconds, messages| Allowance { seconds, messages };
        Self {
            message: of(DAYS_2, Some(5)),
            click: of(60, Some(3)),
            follow: of(60, Some(3)),
            scan: of(60, Some(3)),
            paid: of(DAYS_2, None),
            mini_message: of(DAYS_2, Some(5)),
            mini_enter: of(60, Some(2)),
        }
    }
}

fn default_quotas() -> BTreeMap<String, Limit> {
    let day = |calls| Limit { per_day: Some(calls), per_minute: None };
    [
        ("/cgi-bin/token", day(2_000)),
        ("/cgi-bin/stable_token", Limit { per_day: Some(500_000), per_minute: Some(10_000) }),
        ("/cgi-bin/ticket/getticket", day(10_000)),
        ("/cgi-bin/message/custom/send", day(500_000)),
        ("/cgi-bin/message/template/send", day(100_000)),
        ("/cgi-bin/message/subscribe/send", day(10_000_000)),
        ("/cgi-bin/message/subscribe/bizsend", day(100_000)),
        ("/cgi-bin/message/mass/sendall", Limit { per_day: Some(100), per_minute: Some(60) }),
        ("/cgi-bin/message/mass/send", Limit { per_day: Some(100), per_minute: Some(60) }),
        ("/cgi-bin/message/mass/preview", day(100)),
        ("/cgi-bin/user/info", day(500_000)),
        ("/cgi-bin/user/info/batchget", day(500_000)),
        ("/cgi-bin/user/get", day(500)),
        ("/cgi-bin/qrcode/create", day(100_000)),
        ("/cgi-bin/menu/create", day(1_000)),
        ("/cgi-bin/menu/get", day(10_000)),
        ("/cgi-bin/media/upload", day(100_000)),
        ("/cgi-bin/media/get", day(200_000)),
        ("/sns/oauth2/access_token", Limit { per_day: None, per_minute: Some(50_000) }),
        ("/wxa/resetusersessionkey", Limit { per_day: None, per_minute: Some(60_000) }),
        ("/wxa/msg_sec_check", Limit { per_day: Some(2_000_000), per_minute: Some(4_000) }),
        ("/wxa/media_check_async", Limit { per_day: Some(200_000), per_minute: Some(2_000) }),
    ]
    .into_iter()
    .map(|(path, limit)| (path.to_owned(), limit))
    .collect()
}
