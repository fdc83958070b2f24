//! A WeChat that runs here: the service calls it and is called by it over HTTP exactly as it would be by WeChat, so
//! that development, tests and rehearsals need no account, no network and no phone.
//!
//! One server plays four hosts at once (`api.weixin.qq.com`, `mp.weixin.qq.com`, `open.weixin.qq.com` and WeChat Pay's
//! `api.mch.weixin.qq.com`, see its folder `pay`: same paths, no prefix) and shows a phone at `/`. Invented *people* hold that phone: they follow, write, scan and tap; each act is
//! *pushed* to the service as WeChat pushes it, signed and encrypted as the account wants, three times at most, and
//! what the service answers appears in the person's *chat*. They also authorise
//! web pages and log in to mini programs, which gives the service a *code* that works once. The service's *calls* follow WeChat's rules: tokens that
//! live and die, quotas, windows, permits, and an `errcode` with a `rid` for everything that is not allowed. *Faults*
//! make any of it go wrong on demand.
//!
//! What holds:
//! - **The rules are the protocol notes'.** Numbers that are not certain are [`Settings`].
//! - **Time is the clock's.** Windows, tokens and quotas end when [`Clock`] says so. Only the time-out of a push is
//!   real time, because it measures the service.
//! - **Nothing is lost between two looks.** A control call that causes a push returns after the push has ended; pushes
//!   that follow from an API call have ended when [`Sandbox::settled`] returns. So tests neither sleep nor poll.
//! - **One state, one lock.** Every change is a plain function of `World` in the file that is named
//!   after its concept; HTTP handlers and [`Sandbox`]'s methods call the same functions.
//! - **Its own reader.** Only ciphers and signatures are shared with the service, and those are checked against
//!   published vectors; XML and JSON bodies are written and read apart from it.
//!
//! It is for development only: every state is in memory, every secret is shown to whoever reaches it.

mod accounts;
mod acts;
mod api;
mod authorize;
mod blacklist;
mod calls;
mod chats;
mod consent;
mod contacts;
mod content;
mod control;
pub mod crowd;
mod custom;
mod deliver;
mod errcode;
mod events;
mod faults;
mod fields;
mod keywords;
mod mass;
mod media;
mod menu;
mod menu_rules;
mod mini_code;
mod network;
mod oauth;
mod open_data;
mod options;
mod page;
mod pay;
mod people;
mod person_codes;
mod phones;
mod pushes;
mod qrcode;
mod quota;
mod reply;
mod risk;
mod seal;
mod server;
mod service;
mod sessions;
mod shares;
mod shorten;
mod speech;
mod staff;
mod subscribe;
mod subscribe_library;
mod tags;
mod template;
mod tickets;
mod tokens;
mod trouble;
mod typing;
mod users;
mod world;

#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{broadcast, watch};

pub use accounts::{AccountPatch, AccountView};
pub use acts::{Open, Tap};
pub use authorize::{Authorized, Consent};
pub use calls::Logged;
pub use chats::{Chat, From, Message, SERVICE_FAILED, Via};
pub use contacts::{Trigger, Window};
pub use control::{Delivered, Sent, State, TapResult, Verified};
pub use deliver::Order;
pub use events::Told;
pub use faults::{CALLBACK, Fault, FaultKind, NewFault, PAY_NOTIFY};
pub use open_data::OpenData;
pub use options::{Allowance, Limit, Options, Settings, Windows};
pub use pay::{
    Arrival, BizPacket, KeyMode, MerchantAccess, MerchantOptions, MerchantPatch, MerchantView, Movement, MovementKind,
    Notification, NotificationAttempt, NotificationOutcome, PacketState, PacketView, PaySettings, PlatformCertificate,
    RandomFaults, Receipt, TransferCall, TransferState, TransferView, Wallet,
};
pub use people::{PersonPatch, PersonView};
pub use phones::PhoneTap;
pub use pushes::{Attempt, Outcome, Push, Verdict};
pub use qrcode::{CodeView, Scene};
pub use quota::Used;
pub use server::Running;
pub use service::{Answered, Asked, ServicePatch, ServiceView};
pub use shares::{Launch, NewCard, Place, ShareCard};
pub use speech::Said;
pub use trouble::Trouble;

use crate::infra::clock::Clock;
use world::World;

/// The handle to a sandbox: everything that its page can do, as functions. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Shared>);

struct Shared {
    world: Mutex<World>,
    clock: Clock,
    base_url: String,
    client: reqwest::Client,
    attempts: u32,
    /// Where pushes are delivered, whoever causes them.
    runtime: tokio::runtime::Handle,
    /// Deliveries that are under way.
    running: watch::Sender<usize>,
    /// Who is behind the TLS listener's connections.
    peers: pay::Peers,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("base_url", &self.0.base_url).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts a sandbox. Must be called inside a Tokio runtime, which then delivers the pushes.
    ///
    /// Fails when the address cannot be listened on.
    pub async fn start(options: Options) -> std::io::Result<Running> {
        server::start(options)
    }

    /// Where this sandbox is reached, such as `http://127.0.0.1:8090`: the base address of all three WeChat hosts.
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// The clock that tokens, windows and quotas follow.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// What changes from now on; the page listens to the same.
    pub fn events(&self) -> broadcast::Receiver<Told> {
        self.with(|world| world.events.subscribe())
    }

    /// Works on the state. Nothing else may happen meanwhile, so `act` must be quick.
    fn with<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        act(&mut self.0.world.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
