//! One merchant as data: who it is, where WeChat Pay stands, what it may pay for, how fast.

use std::{collections::BTreeMap, fmt, net::Ipv4Addr, sync::Arc};

use entity::types::{AccountKey, Fen, MerchantKey};

use super::{
    keys::{Fault, Keys, Material},
    red_packet::SceneId,
    transfer::{Scene, Style},
};

/// WeChat Pay's own address (pay section 0).
pub const HOST: &str = "https://api.mch.weixin.qq.com";

/// One merchant.
#[derive(Clone)]
pub struct Settings {
    /// Our own short name of it.
    pub key: MerchantKey,
    /// The name that staff see.
    pub name: String,
    /// 商户号: 8 to 10 digits.
    pub mchid: String,
    /// The accounts that are bound to it, with their appids: only their people can be paid.
    pub apps: BTreeMap<AccountKey, String>,
    /// Keys and certificates.
    pub keys: Keys,
    /// Where WeChat Pay stands.
    pub addresses: Addresses,
    /// How red packets are sent.
    pub red_packets: RedPackets,
    /// What transfers are for.
    pub scenes: Vec<Scene>,
    /// How fast it is called.
    pub rates: Rates,
}

/// Where WeChat Pay stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Base address of `/v3/…`, without a slash at the end.
    pub v3: String,
    /// Base address of `/mmpaymkttransfers/…`, where the client certificate is shown.
    pub v2: String,
    /// Certificates (PEM) that are trusted as roots besides those of the machine.
    pub trust: Option<String>,
}

impl Default for Addresses {
    fn default() -> Self {
        Self { v3: HOST.to_owned(), v2: HOST.to_owned(), trust: None }
    }
}

/// How red packets are sent (pay section 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedPackets {
    /// The address that this service calls from, on the merchant's list of addresses.
    pub client_ip: Ipv4Addr,
    /// Scenes that are opened for the merchant, for amounts below 1 or above 200 yuan.
    pub scenes: Vec<SceneId>,
    /// The smallest amount with a scene.
    pub least: Fen,
    /// The largest amount with a scene.
    pub most: Fen,
    /// Signs the raw `package` of a mini-program packet; otherwise the percent-encoded one (pay section 2.4).
    pub sign_raw_package: bool,
}

impl Default for RedPackets {
    fn default() -> Self {
        Self {
            client_ip: Ipv4Addr::LOCALHOST,
            scenes: Vec::new(),
            least: Fen::from(30),
            most: Fen::from(499_900),
            sign_raw_package: false,
        }
    }
}

/// Calls in a second, over all nodes (pay section 9, rule 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Red packets, and their queries.
    pub red_packet: u32,
    /// Creating and querying transfers, each.
    pub transfer: u32,
    /// Cancelling transfers.
    pub cancel: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { red_packet: 25, transfer: 80, cancel: 15 }
    }
}

/// Scenes that everybody knows (pay section 4.2), for a merchant whose file names none: cash marketing.
pub fn known_scenes() -> Vec<Scene> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    vec![Scene {
        id: "1000".to_owned(),
        name: "现金营销".to_owned(),
        perceptions: texts(&["活动奖励", "现金奖励"]),
        reports: texts(&["活动名称", "奖励说明"]),
        least: Fen::from(10),
        most: Fen::from(20_000),
        styles: vec![Style::ConfirmPage, Style::RedPacket],
    }]
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("key", &self.key).field("mchid", &self.mchid).finish_non_exhaustive()
    }
}

/// All merchants of the brand, by key. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Merchants(Arc<BTreeMap<MerchantKey, Arc<Settings>>>);

impl Merchants {
    /// The merchant of this key.
    pub fn get(&self, key: &MerchantKey) -> Option<&Arc<Settings>> {
        self.0.get(key)
    }

    /// Every merchant, ordered by key.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Settings>> {
        self.0.values()
    }

    /// The same merchants, those with other keys and addresses that the sandbox plays.
    ///
    /// # Errors
    /// When the keys will not do.
    pub fn equipped(&self, with: impl Fn(&MerchantKey) -> Option<(Material, Addresses)>) -> Result<Self, Vec<Fault>> {
        let equipped = self.iter().map(|settings| {
            let mut settings = Settings::clone(settings);
            if let Some((material, addresses)) = with(&settings.key) {
                (settings.keys, settings.addresses) = (Keys::read(&material)?, addresses);
            }
            Ok(settings)
        });
        equipped.collect()
    }
}

impl FromIterator<Settings> for Merchants {
    fn from_iter<I: IntoIterator<Item = Settings>>(merchants: I) -> Self {
        Self(Arc::new(merchants.into_iter().map(|merchant| (merchant.key.clone(), Arc::new(merchant))).collect()))
    }
}
