//! Merchants: numbers, keys, certificates, their account, and what they may do today.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    sync::Arc,
};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    authority::{Authority, Certificate},
    keys::Key,
    ledger::{Ledger, MovementKind},
};
use crate::{
    infra::clock::{Time, biz_day},
    sandbox::{events::Told, options::Options, trouble::Trouble, world::World},
};

/// RSA keys that a merchant takes from those of the process: its own, WeChat Pay's, two of platform certificates.
const KEYS: usize = 4;

/// How the merchant knows WeChat Pay (pay notes section 3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyMode {
    /// By a public key; there is no platform certificate.
    #[default]
    PublicKey,
    /// By platform certificates.
    Certificate,
    /// By both, as while a merchant changes over: notifications come signed with either.
    Both,
}

/// A merchant that WeChat Pay knows.
#[derive(Clone, Debug)]
pub struct MerchantOptions {
    /// Short name in the sandbox and in the notification address.
    pub key: String,
    /// The merchant number: 8 to 10 digits.
    pub mchid: String,
    /// The name that people see.
    pub name: String,
    /// Accounts that are bound to the merchant, by key; empty binds all.
    pub accounts: Vec<String>,
    /// The 32 characters of the APIv2 key; absent makes one.
    pub v2_key: Option<String>,
    /// The 32 characters of the APIv3 key; absent makes one.
    pub v3_key: Option<String>,
    /// How it knows WeChat Pay.
    pub mode: KeyMode,
    /// What is in the account at the start, in fen.
    pub balance: i64,
}

impl MerchantOptions {
    /// A merchant with made-up keys, bound to all accounts, in public-key mode, with 100,000 yuan.
    pub fn new(key: &str, mchid: &str, name: &str) -> Self {
        Self {
            key: key.to_owned(),
            mchid: mchid.to_owned(),
            name: name.to_owned(),
            accounts: Vec::new(),
            v2_key: None,
            v3_key: None,
            mode: KeyMode::default(),
            balance: 10_000_000,
        }
    }
}

/// A platform certificate with its key.
#[derive(Clone)]
pub(super) struct Platform {
    pub(super) certificate: Certificate,
    pub(super) key: Arc<Key>,
}

/// A key of WeChat Pay as headers name it.
#[derive(Clone)]
pub(super) struct Signing {
    pub(super) serial: String,
    pub(super) key: Arc<Key>,
}

/// A merchant as WeChat Pay holds it.
pub(super) struct Merchant {
    pub(super) key: String,
    pub(super) mchid: String,
    pub(super) name: String,
    accounts: Vec<String>,
    pub(super) v2_key: String,
    pub(super) v3_key: String,
    pub(super) mode: KeyMode,
    pub(super) own_key: Arc<Key>,
    pub(super) certificate: Certificate,
    pub(super) public_key_id: String,
    pub(super) public_key: Arc<Key>,
    /// The newest last; the one before stays known.
    pub(super) platforms: Vec<Platform>,
    /// The key that the next rotation takes.
    next_platform: Arc<Key>,
    pub(super) ledger: Ledger,
    pub(super) frozen: bool,
    /// Packets and transfers by the merchant's number.
    pub(super) packets: HashMap<String, u64>,
    pub(super) transfers: HashMap<String, u64>,
    /// When a packet of this number was last tried without being accepted.
    pub(super) tries: HashMap<String, Time>,
    pub(super) today: Today,
    /// Calls in the running second, by kind.
    rates: BTreeMap<&'static str, (i64, u32)>,
    /// Notifications sent, so that both kinds of key take turns.
    pub(super) turns: u64,
}

/// What was given on one business day.
#[derive(Default)]
pub(super) struct Today {
    day: NaiveDate,
    pub(super) packets: i64,
    pub(super) transfers: i64,
    /// Count and amount of packets by the person's id.
    pub(super) by_person: HashMap<String, (u32, i64)>,
}

impl Merchant {
    pub(super) fn new(
        options: &MerchantOptions,
        number: usize,
        authority: &Authority,
        all: &Options,
    ) -> io::Result<Self> {
        let (now, random) = (all.clock.now(), &all.random);
        let key = |place: usize| Key::nth(number * KEYS + place).map_err(io::Error::other);
        let (own_key, public_key, platform_key) = (key(0)?, key(1)?, key(2)?);
        let certificate = authority.certify(&options.mchid, &own_key, now, random)?;
        let platform = authority.certify("Tenpay.com sign", &platform_key, now, random)?;
        let secret = |given: &Option<String>| given.clone().unwrap_or_else(|| random.alphanumeric(32));
        let mut ledger = Ledger::default();
        if options.balance > 0 {
            ledger.book(MovementKind::TopUp, options.balance, now, "", "opening").map_err(io::Error::other)?;
        }
        Ok(Self {
            key: options.key.clone(),
            mchid: options.mchid.clone(),
            name: options.name.clone(),
            accounts: options.accounts.clone(),
            v2_key: secret(&options.v2_key),
            v3_key: secret(&options.v3_key),
            mode: options.mode,
            own_key,
            certificate,
            public_key_id: format!("PUB_KEY_ID_01{:0<26}", options.mchid),
            public_key,
            platforms: vec![Platform { certificate: platform, key: platform_key }],
            next_platform: key(3)?,
            ledger,
            frozen: false,
            packets: HashMap::new(),
            transfers: HashMap::new(),
            tries: HashMap::new(),
            today: Today::default(),
            rates: BTreeMap::new(),
            turns: 0,
        })
    }

    /// Whether an account is bound to the merchant.
    pub(super) fn is_bound(&self, account: &str) -> bool {
        self.accounts.is_empty() || self.accounts.iter().any(|bound| bound == account)
    }

    pub(super) fn has_public_key(&self) -> bool {
        self.mode != KeyMode::Certificate
    }

    pub(super) fn has_certificates(&self) -> bool {
        self.mode != KeyMode::PublicKey
    }

    /// The key of this serial, if the merchant may name it (pay notes section 3.3).
    pub(super) fn signing(&self, serial: &str) -> Option<Signing> {
        if serial == self.public_key_id && self.has_public_key() {
            return Some(self.by_public_key());
        }
        let known = self.platforms.iter().find(|platform| platform.certificate.serial == serial)?;
        self.has_certificates().then(|| Signing { serial: serial.to_owned(), key: known.key.clone() })
    }

    /// What signs when a request names no key.
    pub(super) fn usual_signing(&self) -> Signing {
        if self.has_certificates() { self.by_certificate() } else { self.by_public_key() }
    }

    /// A key of the other kind than `serial`'s, whatever the mode.
    pub(super) fn other_signing(&self, serial: &str) -> Signing {
        if serial == self.public_key_id { self.by_certificate() } else { self.by_public_key() }
    }

    fn by_public_key(&self) -> Signing {
        Signing { serial: self.public_key_id.clone(), key: self.public_key.clone() }
    }

    fn by_certificate(&self) -> Signing {
        match self.platforms.last() {
            Some(newest) => Signing { serial: newest.certificate.serial.clone(), key: newest.key.clone() },
            None => self.by_public_key(),
        }
    }

    /// What signs the next notification.
    pub(super) fn notification_signing(&mut self) -> Signing {
        self.turns += 1;
        match self.mode {
            KeyMode::Both if self.turns.is_multiple_of(2) => self.by_public_key(),
            _ => self.usual_signing(),
        }
    }

    /// Counts a call; `false` when there were too many in this second.
    pub(super) fn within_rate(&mut self, kind: &'static str, limit: u32, now: Time) -> bool {
        let (second, count) = self.rates.entry(kind).or_insert((now.timestamp(), 0));
        if *second != now.timestamp() {
            (*second, *count) = (now.timestamp(), 0);
        }
        *count = count.saturating_add(1);
        *count <= limit
    }

    /// What was given today.
    pub(super) fn today(&mut self, now: Time) -> &mut Today {
        let day = biz_day(now);
        if self.today.day != day {
            self.today = Today { day, ..Today::default() };
        }
        &mut self.today
    }

    pub(super) fn view(&self) -> MerchantView {
        MerchantView {
            key: self.key.clone(),
            mchid: self.mchid.clone(),
            name: self.name.clone(),
            mode: self.mode,
            balance: self.ledger.balance(),
            frozen: self.frozen,
        }
    }
}

/// A merchant as the page and the tests see it.
#[derive(Clone, Debug, Serialize)]
pub struct MerchantView {
    /// Short name.
    pub key: String,
    /// The merchant number.
    pub mchid: String,
    /// The name that people see.
    pub name: String,
    /// How it knows WeChat Pay.
    pub mode: KeyMode,
    /// What is in the account, in fen.
    pub balance: i64,
    /// Whether WeChat Pay has stopped its payments.
    pub frozen: bool,
}

/// What a tester may change about a merchant; absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MerchantPatch {
    /// Stops its payments, or lets them go on.
    pub frozen: Option<bool>,
    /// How it knows WeChat Pay.
    pub mode: Option<KeyMode>,
    /// A new platform certificate is issued beside the old one.
    pub rotate_certificate: bool,
}

impl World {
    /// Puts money into the account; `amount` in fen.
    pub(super) fn top_up(&mut self, merchant: &str, amount: i64) -> Result<MerchantView, Trouble> {
        self.pay_advance();
        let (now, id) = (self.now(), self.id());
        let merchant = self.pay.merchant_mut(merchant)?;
        if amount <= 0 {
            return Err(Trouble::invalid("amount is in fen and positive"));
        }
        if merchant.ledger.book(MovementKind::TopUp, amount, now, "", &format!("top-up-{id}")).is_err() {
            return Err(Trouble::invalid("the account cannot hold so much"));
        }
        let view = merchant.view();
        self.tell(Told::State);
        Ok(view)
    }

    /// Changes what a tester may change.
    pub(super) fn change_merchant(&mut self, key: &str, patch: &MerchantPatch) -> Result<MerchantView, Trouble> {
        self.pay_advance();
        let now = self.now();
        let certificate = match &self.pay.authority {
            Some(authority) if patch.rotate_certificate => {
                let next = &self.pay.merchant(key)?.next_platform;
                let made = authority.certify("Tenpay.com sign", next, now, &self.random);
                Some(made.map_err(|error| Trouble::invalid(error.to_string()))?)
            }
            _ => None,
        };
        let merchant = self.pay.merchant_mut(key)?;
        if let Some(certificate) = certificate {
            // Two keys take turns: what was issued before the last rotation is no longer known.
            let platform = Platform { certificate, key: merchant.next_platform.clone() };
            if merchant.platforms.len() > 1 {
                merchant.platforms.remove(0);
            }
            if let Some(old) = merchant.platforms.last() {
                merchant.next_platform = old.key.clone();
            }
            merchant.platforms.push(platform);
        }
        merchant.frozen = patch.frozen.unwrap_or(merchant.frozen);
        merchant.mode = patch.mode.unwrap_or(merchant.mode);
        let view = merchant.view();
        self.tell(Told::State);
        Ok(view)
    }
}
