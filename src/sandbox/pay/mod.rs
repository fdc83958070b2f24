//! WeChat Pay as it runs here: red packets (v2), merchant transfers (v3), and the person who opens, confirms or lets
//! them lapse.
//!
//! A *merchant* has keys, certificates and an *operation account* whose *ledger* holds every movement. A *packet* or a
//! *transfer* is created under the merchant's own number, which makes a repetition harmless; money leaves the account
//! when it is sent and comes back when it lapses, fails or is cancelled. What happens later (a lapse, a return, the end
//! of a cancellation) is a *timer* on the sandbox's clock. A *notification* tells the service how a transfer ended, on
//! the official retry schedule. The person's side is the *wallet*.
//!
//! What holds:
//! - **The rules are the pay notes'**, section 10 in particular; numbers that are not certain are [`PaySettings`].
//! - **Timers fire in the order of their times**, before anything else looks: every call and every control call begins
//!   with [`World::pay_advance`], so a clock that jumps gives the same books as one that runs.
//! - **Money is in the ledger or it did not move.** The balance never falls below zero.
//! - **Its own signer and verifier.** Only the ciphers are shared with the service.

mod access;
mod authority;
mod bill;
mod call;
mod control;
mod deliver;
mod fate;
mod keys;
mod ledger;
mod merchant;
mod mini;
mod notify;
mod packet;
mod page;
mod relay;
mod scenes;
mod server;
mod settings;
mod timers;
mod transfer;
mod v2;
mod v3;
mod wallet;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    io,
};

pub use access::{MerchantAccess, PlatformCertificate};
pub use fate::RandomFaults;
pub use ledger::{Movement, MovementKind};
pub use merchant::{KeyMode, MerchantOptions, MerchantPatch, MerchantView};
pub use mini::BizPacket;
pub use notify::{Notification, NotificationAttempt, NotificationOutcome};
pub use packet::{Arrival, PacketState, PacketView};
pub use page::TransferCall;
pub use settings::PaySettings;
pub use transfer::{TransferState, TransferView};
pub use wallet::{Receipt, Wallet};

pub(super) use control::routes;
pub(super) use deliver::keep_time;
pub(super) use relay::{Peers, listen};
pub(super) use server::{front, is_endpoint, is_pay};

use super::{options::Options, trouble::Trouble};
use crate::infra::clock::Time;
use authority::Authority;
use fate::Fate;
use merchant::Merchant;
use packet::Packet;
use timers::Timer;
use transfer::Transfer;

/// Everything that WeChat Pay knows.
#[derive(Default)]
pub(super) struct Pay {
    /// There is one as soon as there is a merchant.
    authority: Option<Authority>,
    /// By key.
    merchants: BTreeMap<String, Merchant>,
    packets: BTreeMap<u64, Packet>,
    transfers: BTreeMap<u64, Transfer>,
    /// What is due when; the second number keeps those of one moment apart.
    timers: BTreeMap<(Time, u64), Timer>,
    notifications: VecDeque<Notification>,
    /// When which notification is sent.
    waiting: BTreeSet<(Time, u64)>,
    /// What people received, by the person's id.
    receipts: HashMap<String, Vec<Receipt>>,
    /// People to whom money does not go, and what WeChat Pay says about it.
    risks: HashMap<String, String>,
    fate: Option<Fate>,
    /// Bills that wait to be fetched, by token.
    downloads: HashMap<String, bill::Download>,
    /// Where v2 is reached; known as soon as there is a listener.
    secure_url: String,
}

impl Pay {
    /// The merchants with their keys and certificates.
    pub(super) fn new(options: &Options) -> io::Result<Self> {
        let mut pay = Self::default();
        if options.merchants.is_empty() {
            return Ok(pay);
        }
        let authority = Authority::new()?;
        for (number, merchant) in options.merchants.iter().enumerate() {
            let merchant = Merchant::new(merchant, number, &authority, options)?;
            pay.merchants.insert(merchant.key.clone(), merchant);
        }
        pay.authority = Some(authority);
        Ok(pay)
    }

    fn merchant(&self, key: &str) -> Result<&Merchant, Trouble> {
        self.merchants.get(key).ok_or(Trouble::Unknown("merchant"))
    }

    fn merchant_mut(&mut self, key: &str) -> Result<&mut Merchant, Trouble> {
        self.merchants.get_mut(key).ok_or(Trouble::Unknown("merchant"))
    }

    /// The merchant of this number.
    fn by_mchid(&self, mchid: &str) -> Option<&Merchant> {
        self.merchants.values().find(|merchant| merchant.mchid == mchid)
    }

    /// Whether there is a merchant of this key.
    pub(super) fn knows(&self, key: &str) -> bool {
        self.merchants.contains_key(key)
    }

    pub(super) fn set_secure_url(&mut self, url: String) {
        self.secure_url = url;
    }

    /// What the TLS listener shows.
    pub(super) fn server(&self) -> io::Result<Option<authority::Server>> {
        self.authority.as_ref().map(Authority::server).transpose()
    }
}
