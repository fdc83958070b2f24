//! Everything this WeChat knows, behind one lock: who there is, what was said, what was pushed and called.

use std::collections::{BTreeMap, VecDeque};

use tokio::sync::broadcast;

use super::{
    accounts::Account,
    calls::Logged,
    errcode::Refusal,
    events::Told,
    faults::Fault,
    media::Medium,
    oauth::WebToken,
    options::{Options, Settings},
    pay::Pay,
    people::Person,
    person_codes::PersonCode,
    pushes::Push,
    service::Paths,
    shares::ShareCard,
    trouble::Trouble,
};
use crate::infra::{
    clock::{Clock, Time},
    random::Random,
};

/// The state of one sandbox. Every change goes through a function of the file that is named after the concept.
pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) settings: Settings,
    /// Where this sandbox itself is reached; picture links start with it.
    pub(super) base_url: String,
    /// Where the service is reached.
    pub(super) callback_base: Option<String>,
    /// What the phone's mini program calls there.
    pub(super) paths: Paths,
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) people: BTreeMap<String, Person>,
    pub(super) media: BTreeMap<String, Medium>,
    pub(super) pushes: VecDeque<Push>,
    pub(super) calls: VecDeque<Logged>,
    pub(super) faults: Vec<Fault>,
    /// Merchants, packets, transfers.
    pub(super) pay: Pay,
    /// Cards of mini programs that people have sent.
    pub(super) shares: Vec<ShareCard>,
    /// Codes that stand for a person, used ones included.
    pub(super) person_codes: BTreeMap<String, PersonCode>,
    /// What pages got for their codes.
    pub(super) web_tokens: Vec<WebToken>,
    /// Pushes that follow from an API call and are sent right after its answer.
    pub(super) due: Vec<u64>,
    pub(super) events: broadcast::Sender<Told>,
    last_id: u64,
    last_number: u64,
}

impl World {
    /// Fails when keys of WeChat Pay cannot be made.
    pub(super) fn new(options: &Options, base_url: String) -> std::io::Result<Self> {
        let accounts = options
            .accounts
            .iter()
            .map(|account| (account.key.to_string(), Account::new(account, &options.settings, &options.random)))
            .collect();
        Ok(Self {
            clock: options.clock.clone(),
            random: options.random.clone(),
            settings: options.settings.clone(),
            base_url,
            callback_base: options.callback_base.clone(),
            paths: Paths::default(),
            accounts,
            people: BTreeMap::new(),
            media: BTreeMap::new(),
            pushes: VecDeque::new(),
            calls: VecDeque::new(),
            faults: Vec::new(),
            pay: Pay::new(options)?,
            shares: Vec::new(),
            person_codes: BTreeMap::new(),
            web_tokens: Vec::new(),
            due: Vec::new(),
            events: broadcast::channel(1024).0,
            last_id: 0,
            last_number: 0,
        })
    }

    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    /// The next small number, for things that only this sandbox knows.
    pub(super) fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A 64-bit number for a message, never given twice, not even after a restart: it follows the clock.
    pub(super) fn number(&mut self) -> u64 {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        self.last_number = (self.last_number + 1).max(millis.saturating_mul(10_000));
        self.last_number
    }

    /// Tells the pages that watch; nobody may be watching.
    pub(super) fn tell(&self, told: Told) {
        let _ = self.events.send(told);
    }

    /// The account of an authorised call.
    pub(super) fn caller(&mut self, key: &str) -> Result<&mut Account, Refusal> {
        self.accounts.get_mut(key).ok_or_else(|| Refusal::of(40001))
    }

    pub(super) fn account(&self, key: &str) -> Result<&Account, Trouble> {
        self.accounts.get(key).ok_or(Trouble::Unknown("account"))
    }

    pub(super) fn account_mut(&mut self, key: &str) -> Result<&mut Account, Trouble> {
        self.accounts.get_mut(key).ok_or(Trouble::Unknown("account"))
    }

    pub(super) fn person(&self, id: &str) -> Result<&Person, Trouble> {
        self.people.get(id).ok_or(Trouble::Unknown("person"))
    }
}
