//! What a browser asked a phone for, as long as it lasts. It stands in the cache: whoever loses it asks anew.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use entity::types::{AccountKey, OpenId, StaffId, StaffSessionId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::{
    error::{Code, Error, Result},
    infra::{
        cache::Cache,
        clock::{Clock, Time},
        random::Random,
        secret::Vault,
    },
};

/// How long the phone may take, and then the browser.
pub(super) const LIFE: Duration = Duration::from_secs(120);
/// Characters of a key.
const KEY: usize = 32;
/// Numbers that a phone may say.
const TRIES: usize = 3;
/// How much of what a browser calls itself is shown.
const BROWSER: usize = 300;
/// The field for which everything here is sealed.
const SEAL: &str = "staff.scan";

/// For what, and in the name of which browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Purpose {
    /// Somebody wants to sign in: a digest of what only their browser has.
    SignIn(String),
    /// A colleague wants to link their WeChat, from this session.
    Link(StaffId, StaffSessionId),
}

impl Purpose {
    /// Signing in, for the browser that holds this secret.
    pub(super) fn sign_in(secret: &str) -> Self {
        Self::SignIn(BASE64URL_NOPAD.encode(&Sha256::digest(secret)))
    }
}

/// What was asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) purpose: Purpose,
    /// What the browser calls itself.
    pub(super) browser: String,
    /// What the browser shows beside the code, and the phone has to say.
    pub(super) number: String,
    pub(super) at: Time,
    pub(super) until: Time,
}

/// What the phone said.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) purpose: Purpose,
    pub(super) account: AccountKey,
    pub(super) open_id: OpenId,
    until: Time,
}

/// How far it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ScanStep)]
pub(super) enum State {
    /// No phone has scanned it.
    Waiting,
    /// Somebody's phone shows it.
    Scanned,
    /// The phone has agreed: now it can be used, once.
    Confirmed,
}

/// Where it is kept.
pub(super) struct Asking<'a> {
    pub(super) cache: &'a Cache,
    pub(super) vault: &'a Vault,
    pub(super) clock: &'a Clock,
    pub(super) random: &'a Random,
}

fn over() -> Error {
    Error::new(Code::NotFound).detail("the code is over; ask for a new one")
}

impl Asking<'_> {
    /// Asks; gives the key under which it is found.
    pub(super) async fn begin(&self, purpose: Purpose, browser: &str) -> Result<(String, Asked)> {
        let (key, at) = (self.random.alphanumeric(KEY), self.clock.now());
        let number = (10 + self.random.below(90)).to_string();
        let browser = browser.chars().take(BROWSER).collect();
        let asked = Asked { purpose, browser, number, at, until: at + LIFE };
        self.cache.set(&place(&key, "asked"), &self.sealed(&asked)?, LIFE).await;
        Ok((key, asked))
    }

    /// What was asked under a key.
    ///
    /// # Errors
    /// [`Code::NotFound`] when nothing was, or it is over.
    pub(super) async fn find(&self, key: &str) -> Result<Asked> {
        self.read(key, "asked").await.map(|(asked, _)| asked).ok_or_else(over)
    }

    /// How far it is, for whoever asked.
    ///
    /// # Errors
    /// [`Code::NotFound`] when they did not ask it, or it is over.
    pub(super) async fn state(&self, key: &str, purpose: &Purpose) -> Result<State> {
        let asked = self.read::<Asked>(key, "asked").await;
        if asked.is_some_and(|(asked, _)| asked.purpose == *purpose) {
            let seen = self.cache.get(&place(key, "seen")).await.is_some();
            return Ok(if seen { State::Scanned } else { State::Waiting });
        }
        let told = self.read::<Told>(key, "told").await;
        told.filter(|(told, _)| told.purpose == *purpose).map(|_| State::Confirmed).ok_or_else(over)
    }

    /// Somebody's phone shows it: from now on it is for them alone.
    ///
    /// # Errors
    /// [`Code::NotFound`] when somebody else's does.
    pub(super) async fn see(&self, key: &str, account: &AccountKey, open_id: &OpenId) -> Result<()> {
        let (place, who) = (place(key, "seen"), self.vault.blind(SEAL, &format!("{account} {}", open_id.as_str())));
        let first = self.cache.set_if_absent(&place, &who, LIFE).await;
        if first || self.cache.get(&place).await == Some(who) { Ok(()) } else { Err(over()) }
    }

    /// The phone agrees and says the number. Each try counts before it is looked at; after the last one it is over. `here` =
    /// the phone is itself the browser that asked, and needs no number.
    ///
    /// # Errors
    /// [`Code::Invalid`] for another number, [`Code::NotFound`] when it is over.
    pub(super) async fn confirm(
        &self,
        key: &str,
        (account, open_id): (&AccountKey, &OpenId),
        number: Option<&str>,
        here: bool,
    ) -> Result<()> {
        self.see(key, account, open_id).await?;
        let (asked, stored) = self.read::<Asked>(key, "asked").await.ok_or_else(over)?;
        if !here {
            let left = self.tries_left(key).await.ok_or_else(over)?;
            if number != Some(asked.number.as_str()) {
                if left == 0 {
                    self.cache.compare_and_delete(&place(key, "asked"), &stored).await;
                    return Err(over());
                }
                return Err(Error::invalid("number", "is not the number that stands beside the code"));
            }
        }
        // It is said once. What was asked goes last, so that whoever looks meanwhile finds one of the two.
        if !self.cache.set_if_absent(&place(key, "agreed"), "agreed", LIFE).await {
            return Err(over());
        }
        let until = self.clock.now() + LIFE;
        let told = Told { purpose: asked.purpose, account: account.clone(), open_id: open_id.clone(), until };
        self.cache.set(&place(key, "told"), &self.sealed(&told)?, LIFE).await;
        self.cache.compare_and_delete(&place(key, "asked"), &stored).await;
        Ok(())
    }

    /// Takes what the phone said, for the browser that asked: it is good once.
    ///
    /// # Errors
    /// [`Code::NotFound`] when nothing was said, somebody else asked, or it was taken.
    pub(super) async fn take(&self, key: &str, purpose: &Purpose) -> Result<Told> {
        let told = self.read::<Told>(key, "told").await.filter(|(told, _)| told.purpose == *purpose);
        let (told, stored) = told.ok_or_else(over)?;
        if self.cache.compare_and_delete(&place(key, "told"), &stored).await { Ok(told) } else { Err(over()) }
    }

    /// Puts back what was taken and did not serve, as long as it would have lasted: a code of the second factor was missing.
    pub(super) async fn put_back(&self, key: &str, told: &Told) -> Result<()> {
        if let Ok(left) = (told.until - self.clock.now()).to_std() {
            self.cache.set_if_absent(&place(key, "told"), &self.sealed(told)?, left).await;
        }
        Ok(())
    }

    /// Counts a try; gives how many are left after it, and nothing when there was none.
    async fn tries_left(&self, key: &str) -> Option<usize> {
        for tried in 1..=TRIES {
            if self.cache.set_if_absent(&place(key, &format!("try-{tried}")), "tried", LIFE).await {
                return TRIES.checked_sub(tried);
            }
        }
        None
    }

    fn sealed(&self, said: &impl Serialize) -> Result<String> {
        self.vault.seal(SEAL, &serde_json::to_string(said)?).map_err(Error::internal)
    }

    /// What stands there, and as what. Text that cannot be a key is not looked for.
    async fn read<T: DeserializeOwned>(&self, key: &str, what: &str) -> Option<(T, String)> {
        if key.len() != KEY || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let stored = self.cache.get(&place(key, what)).await?;
        let said = serde_json::from_str(&self.vault.open(SEAL, &stored).ok()?).ok()?;
        Some((said, stored))
    }
}

fn place(key: &str, what: &str) -> String {
    format!("staff-scan:{key}:{what}")
}
