//! The one way to call WeChat. Gives every call its token, retries what may be retried, holds back what WeChat will
//! refuse anyway, and tells apart what is certain about a failure (protocol sections 0, 3.2 and 9).

mod answer;
mod api;
mod call;
mod credential;
mod exchange;
mod failure;
mod obstacle;
mod sleeper;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use entity::types::AccountKey;
use futures_util::future::join_all;

pub(super) use self::credential::{Credential, Lent};
pub use self::{
    answer::{Answer, File},
    api::Api,
    call::{Call, Upload},
    credential::WAKE_TOPIC,
    failure::{Failure, NotSent, Refusal, Trouble},
    obstacle::Obstacle,
    sleeper::Sleeper,
};
use self::{
    credential::Around,
    obstacle::{Found, Obstacles},
    sleeper::jittered,
};
use super::{
    account::{Account, Accounts},
    endpoints::{self, Auth, Effect, Endpoint},
    errcode::{self, Action, Pace},
    quota::{Counter, Usage},
};
use crate::{
    error::{Error, Result},
    infra::{
        cache::Cache,
        clock::{Clock, Time},
        config,
        random::Random,
    },
};

/// Tries of a call that may be repeated, the first one included.
const TRIES: u32 = 3;
/// The delay before the second try; it doubles with each try (protocol section 3.2).
const FIRST_DELAY: Duration = Duration::from_secs(1);
/// How long an unused connection is kept; shorter than servers usually keep them.
const IDLE: Duration = Duration::from_secs(20);

/// The client for all accounts of the brand. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct WeChat(Arc<Inner>);

struct Inner {
    accounts: Accounts,
    api_url: String,
    mp_url: String,
    open_url: String,
    http: reqwest::Client,
    around: Around,
    credentials: BTreeMap<AccountKey, Credentials>,
    counter: Counter,
    obstacles: Obstacles,
}

/// What WeChat lends one account.
pub(super) struct Credentials {
    pub(super) token: Credential,
    pub(super) ticket: Credential,
}

impl WeChat {
    /// A client for these accounts. Connects to nothing yet.
    ///
    /// # Errors
    /// When the machine cannot set up TLS.
    pub fn new(
        accounts: Accounts,
        config: &config::WeChat,
        cache: Cache,
        clock: Clock,
        random: Random,
    ) -> Result<Self> {
        Self::with_sleeper(accounts, config, cache, clock, random, Sleeper::real())
    }

    /// The same with another way to wait between tries.
    ///
    /// # Errors
    /// When the machine cannot set up TLS.
    pub fn with_sleeper(
        accounts: Accounts,
        config: &config::WeChat,
        cache: Cache,
        clock: Clock,
        random: Random,
        sleeper: Sleeper,
    ) -> Result<Self> {
        let http = reqwest::Client::builder()
            .connect_timeout(config.connect_timeout)
            .timeout(config.timeout)
            // A message sent on a connection that WeChat closes meanwhile would have an unknown outcome.
            .pool_idle_timeout(IDLE)
            // The token is in the query: it must not follow a redirect, nor pass a proxy that nobody configured here.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .build()
            .map_err(Error::internal)?;
        let around = Around { cache: cache.clone(), clock: clock.clone(), random, sleeper };
        let credential =
            |what: &str, account: &Account| Credential::new(format!("wechat:{what}:{}", account.appid), around.clone());
        let credentials = accounts
            .iter()
            .map(|account| {
                let token = credential("token", account);
                let ticket = credential("ticket", account);
                (account.key.clone(), Credentials { token, ticket })
            })
            .collect();
        Ok(Self(Arc::new(Inner {
            accounts,
            api_url: config.api_url.clone(),
            mp_url: config.mp_url.clone(),
            open_url: config.open_url.clone(),
            http,
            credentials,
            counter: Counter::new(cache.clone(), clock.clone()),
            obstacles: Obstacles::new(cache, clock),
            around,
        })))
    }

    /// The calls that can be made for one account.
    ///
    /// # Errors
    /// [`NotSent::NoAccount`].
    pub fn of(&self, account: &AccountKey) -> Result<Api, Failure> {
        let account = self.0.accounts.get(account).ok_or(Failure::NotSent(NotSent::NoAccount))?;
        Ok(Api::new(self.clone(), Arc::clone(account)))
    }

    /// The accounts that can be called.
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    /// Until when WeChat accepts the token that we have of an account; none when there is none.
    pub async fn token_until(&self, account: &AccountKey) -> Option<Time> {
        self.0.credentials.get(account)?.token.valid_until().await
    }

    /// What staff have to mend, per account and API: wrong secret, address not on the allow-list, missing rights,
    /// used-up quotas. An alarm ends with the next successful call, or a day after it was last raised.
    pub async fn alarms(&self) -> BTreeMap<AccountKey, Vec<(&'static str, Obstacle)>> {
        let mut alarms = BTreeMap::new();
        for account in self.0.accounts.iter() {
            alarms.insert(account.key.clone(), self.alarms_of(&account.key).await);
        }
        alarms
    }

    /// The same of one account.
    pub async fn alarms_of(&self, account: &AccountKey) -> Vec<(&'static str, Obstacle)> {
        let asked = endpoints::ALL.iter().map(|endpoint| async {
            let found = self.0.obstacles.find(account, endpoint.path).await?;
            found.obstacle.alarm.then_some((endpoint.path, found.obstacle))
        });
        join_all(asked).await.into_iter().flatten().collect()
    }

    /// The APIs of an account that were called today or are held back.
    pub async fn quotas(&self, account: &AccountKey) -> Vec<Usage> {
        let now = self.0.around.clock.now();
        let asked = endpoints::ALL.iter().map(|Endpoint { path, .. }| async {
            let used = self.0.counter.add(account, path, 0).await;
            let until = self.0.obstacles.find(account, path).await.and_then(|found| found.obstacle.until);
            let held_until = until.filter(|until| *until > now);
            (used > 0 || held_until.is_some()).then_some(Usage { path, used, held_until })
        });
        join_all(asked).await.into_iter().flatten().collect()
    }

    /// Makes a call: holds it back if it must be, gives it a token, retries, and refreshes the token once.
    async fn call(&self, account: &Account, call: &Call) -> Result<Answer, Failure> {
        match call.endpoint.auth {
            Auth::Token => {
                let found = self.pass(account, call.endpoint).await?;
                let outcome = self.call_with_token(account, call).await;
                self.passed(account, call.endpoint, found, outcome).await
            }
            Auth::Secret | Auth::Person => self.call_without_token(account, call).await,
        }
    }

    /// Makes a call that brings its own credential, such as the token call itself.
    pub(super) async fn call_without_token(&self, account: &Account, call: &Call) -> Result<Answer, Failure> {
        let found = self.pass(account, call.endpoint).await?;
        let outcome = self.repeat(account, call, None, &mut 0).await;
        self.passed(account, call.endpoint, found, outcome).await
    }

    async fn call_with_token(&self, account: &Account, call: &Call) -> Result<Answer, Failure> {
        let no_token = |failure| Failure::NotSent(NotSent::NoToken(Box::new(failure)));
        let mut tries = 0;
        let token = self.token(account).await.map_err(no_token)?;
        match self.repeat(account, call, Some(&token), &mut tries).await {
            Err(Failure::Refused(refusal)) if refusal.action == Action::Refresh => {
                // The call was refused before it was carried out, so even a message may be sent again, once.
                self.credentials(account)?.token.invalidate(&token).await;
                let token = self.token(account).await.map_err(no_token)?;
                self.repeat(account, call, Some(&token), &mut tries).await
            }
            outcome => outcome,
        }
    }

    /// Makes a call and, where that is harmless, makes it again.
    async fn repeat(
        &self,
        account: &Account,
        call: &Call,
        token: Option<&str>,
        tries: &mut u32,
    ) -> Result<Answer, Failure> {
        loop {
            *tries = tries.saturating_add(1);
            match self.exchange(account, call, token).await {
                Ok(answer) => return Ok(answer),
                Err(failure) if *tries < tries_allowed(&failure, call.endpoint.effect) => {
                    let doubled = FIRST_DELAY.saturating_mul(1 << tries.saturating_sub(1).min(4));
                    self.0.around.sleeper.sleep(jittered(doubled, &self.0.around.random)).await;
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Looks whether something stands in the way of an API.
    async fn pass(&self, account: &Account, endpoint: Endpoint) -> Result<Option<Found>, Failure> {
        self.0.obstacles.pass(&account.key, endpoint.path).await
    }

    /// Clears what stood in the way when the call succeeded all the same.
    async fn passed(
        &self,
        account: &Account,
        endpoint: Endpoint,
        found: Option<Found>,
        outcome: Result<Answer, Failure>,
    ) -> Result<Answer, Failure> {
        if let (Ok(_), Some(found)) = (&outcome, found) {
            self.0.obstacles.clear(&account.key, endpoint.path, &found).await;
        }
        outcome
    }

    /// Lets calls pass that were held back for a used-up quota, after WeChat's counters were reset: of one API, or of
    /// all.
    pub(super) async fn lift_quotas(&self, account: &Account, path: Option<&str>) {
        for endpoint in endpoints::ALL.iter().filter(|endpoint| path.is_none_or(|path| path == endpoint.path)) {
            if let Some(found) = self.0.obstacles.find(&account.key, endpoint.path).await
                && found.obstacle.errcode == errcode::QUOTA
            {
                self.0.obstacles.clear(&account.key, endpoint.path, &found).await;
            }
        }
    }

    /// Where WeChat shows pictures of QR codes.
    pub(super) fn mp_url(&self) -> &str {
        &self.0.mp_url
    }

    /// Where WeChat asks a person to authorise a page.
    pub(super) fn open_url(&self) -> &str {
        &self.0.open_url
    }

    /// Clock, randomness and cache, for what is built upon the client.
    pub(super) fn around(&self) -> &Around {
        &self.0.around
    }

    pub(super) fn credentials(&self, account: &Account) -> Result<&Credentials, Failure> {
        self.0.credentials.get(&account.key).ok_or(Failure::NotSent(NotSent::NoAccount))
    }
}

/// How often a call may be tried in all after it failed like this.
fn tries_allowed(failure: &Failure, effect: Effect) -> u32 {
    match (effect, failure) {
        (Effect::Send, _) | (Effect::Code, Failure::Unknown(_)) => 1,
        (_, Failure::Refused(refusal)) => match refusal.action {
            Action::Backoff(Pace::Short) => TRIES,
            Action::Backoff(Pace::Once) => 2,
            _ => 1,
        },
        (_, Failure::NotSent(NotSent::Unreachable) | Failure::Unknown(_) | Failure::Unavailable(_)) => TRIES,
        (_, Failure::NotSent(_)) => 1,
    }
}

#[cfg(test)]
mod tests;
