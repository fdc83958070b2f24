//! A credential that WeChat lends us for a while (account token, JS-SDK ticket): kept once for all nodes, fetched by
//! one of them at a time (protocol section 3.2, "client rule").
//!
//! Within the process, callers wait for one fetch and share its outcome. Across nodes a short lock in the cache does
//! the same; whoever cannot get it within three seconds asks WeChat himself, which is harmless because WeChat gives
//! the same credential again. The cache key names the account, never the secret.

use std::{
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Failure, Sleeper};
use crate::infra::{
    cache::{Cache, Lock},
    clock::{Clock, Time},
    random::Random,
};

/// The wake-up topic under which nodes tell each other that a credential was stored.
pub const WAKE_TOPIC: &str = "wechat.credential";

/// Longer than a fetch should take, so that a node that died does not hold others up for long.
const LOCK_FOR: Duration = Duration::from_secs(10);
/// How often to look when no wake-up comes.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often to look at most: three seconds.
const LOOKS: usize = 30;

/// What WeChat answered: the credential and how many seconds it lives.
#[derive(Deserialize)]
pub(in crate::wechat) struct Lent {
    pub(in crate::wechat) value: String,
    pub(in crate::wechat) expires_in: i64,
}

/// What a credential needs from around it.
#[derive(Clone)]
pub(in crate::wechat) struct Around {
    pub(in crate::wechat) cache: Cache,
    pub(in crate::wechat) clock: Clock,
    pub(in crate::wechat) random: Random,
    pub(in crate::wechat) sleeper: Sleeper,
}

/// One credential of one account.
pub(in crate::wechat) struct Credential {
    key: String,
    around: Around,
    kept: RwLock<Option<Entry>>,
    /// Held by whoever fetches; holds how the last fetch failed, if it did.
    flight: tokio::sync::Mutex<Option<Failure>>,
    /// Counts the fetches that ended.
    landed: AtomicU64,
}

#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    value: String,
    /// When the fetch began: an answer of an older fetch never replaces one of a newer fetch.
    begun: Time,
    /// Until then it is used without a thought.
    fresh_until: Time,
    /// Until then WeChat accepts it, unless it says otherwise.
    valid_until: Time,
}

impl Credential {
    pub(super) fn new(key: String, around: Around) -> Self {
        Self { key, around, kept: RwLock::default(), flight: tokio::sync::Mutex::default(), landed: AtomicU64::new(0) }
    }

    /// The credential: ours, another node's, or a new one from `fetch`.
    ///
    /// # Errors
    /// As `fetch`, also for those who waited for somebody else's fetch.
    pub(in crate::wechat) async fn get<F>(&self, fetch: impl FnOnce() -> F) -> Result<String, Failure>
    where
        F: Future<Output = Result<Lent, Failure>>,
    {
        if let Some(value) = self.fresh() {
            return Ok(value);
        }
        let landed = self.landed.load(Ordering::SeqCst);
        let mut last = match self.flight.try_lock() {
            Ok(flight) => flight,
            // Somebody is fetching: the former one serves as long as WeChat accepts it.
            Err(_busy) => match self.valid() {
                Some(value) => return Ok(value),
                None => self.flight.lock().await,
            },
        };
        if let Some(value) = self.fresh() {
            return Ok(value);
        }
        if self.landed.load(Ordering::SeqCst) != landed
            && let Some(failure) = last.as_ref()
        {
            return Err(failure.clone());
        }
        let outcome = self.fetch_across_nodes(fetch).await;
        *last = outcome.as_ref().err().cloned();
        self.landed.fetch_add(1, Ordering::SeqCst);
        match (outcome, self.valid()) {
            (Err(failure), Some(value)) => {
                tracing::warn!(credential = %self.key, %failure, "no new credential; the former one still serves");
                Ok(value)
            }
            (outcome, _) => outcome,
        }
    }

    /// Drops `refused`, here and for all nodes, unless somebody has replaced it already.
    pub(in crate::wechat) async fn invalidate(&self, refused: &str) {
        // The shared one first: whoever finds ours gone must not find the refused one there.
        if let Some((raw, entry)) = self.stored().await
            && entry.value == refused
        {
            self.around.cache.compare_and_delete(&self.key, &raw).await;
        }
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_some_and(|entry| entry.value == refused) {
            *kept = None;
        }
    }

    /// Until when WeChat accepts the credential that we have, here or at another node.
    pub(super) async fn valid_until(&self) -> Option<Time> {
        let here = self.kept.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|entry| entry.valid_until);
        let there = self.stored().await.map(|(_, entry)| entry.valid_until);
        here.max(there).filter(|until| *until > self.around.clock.now())
    }

    async fn fetch_across_nodes<F>(&self, fetch: impl FnOnce() -> F) -> Result<String, Failure>
    where
        F: Future<Output = Result<Lent, Failure>>,
    {
        let (lock, found) = self.lock_or_find().await;
        if let Some(entry) = found {
            let value = entry.value.clone();
            self.keep(entry);
            if let Some(lock) = lock {
                lock.release().await;
            }
            return Ok(value);
        }
        let begun = self.around.clock.now();
        let outcome = match fetch().await {
            Ok(lent) => Ok(self.store(self.entry(lent, begun)).await),
            Err(failure) => Err(failure),
        };
        if let Some(lock) = lock {
            lock.release().await;
        }
        self.around.cache.wake(WAKE_TOPIC);
        outcome
    }

    /// Waits until the lock is ours or another node has stored a credential, but no longer than three seconds.
    async fn lock_or_find(&self) -> (Option<Lock>, Option<Entry>) {
        let Around { cache, random, sleeper, .. } = &self.around;
        let mut wakeups = cache.wakeups(WAKE_TOPIC);
        for _ in 0..LOOKS {
            // The lock first: what was stored before it was released is then seen.
            let lock = cache.lock(&self.key, LOCK_FOR, random).await;
            let found = self.stored_fresh().await;
            if lock.is_some() || found.is_some() {
                return (lock, found);
            }
            tokio::select! {
                () = wakeups.next() => {}
                () = sleeper.sleep(LOOK_EVERY) => {}
            }
        }
        (None, None)
    }

    /// Keeps the newest of `new` and what is stored, here and for all nodes. Two nodes that store within one round
    /// trip of the cache may still cross; WeChat's refusal of the older credential then heals it.
    async fn store(&self, new: Entry) -> String {
        if let Some((_, stored)) = self.stored().await
            && stored.begun > new.begun
        {
            let value = stored.value.clone();
            self.keep(stored);
            return value;
        }
        let ttl = new.fresh_until.signed_duration_since(self.around.clock.now()).to_std().unwrap_or_default();
        if let Ok(raw) = serde_json::to_string(&new) {
            self.around.cache.set(&self.key, &raw, ttl).await;
        }
        let value = new.value.clone();
        self.keep(new);
        value
    }

    fn entry(&self, lent: Lent, begun: Time) -> Entry {
        let life = lent.expires_in.max(2);
        let margin = 60_i64.saturating_add(i64::try_from(self.around.random.below(61)).unwrap_or(0));
        // A short life is used, too: WeChat renews five minutes before the end, so answers of 300 seconds are normal.
        let fresh = life.saturating_sub(margin).max(life / 2);
        let after = |seconds: i64| {
            TimeDelta::try_seconds(seconds).and_then(|span| begun.checked_add_signed(span)).unwrap_or(begun)
        };
        Entry { value: lent.value, begun, fresh_until: after(fresh), valid_until: after(life) }
    }

    async fn stored(&self) -> Option<(String, Entry)> {
        let raw = self.around.cache.get(&self.key).await?;
        let entry = serde_json::from_str(&raw).ok()?;
        Some((raw, entry))
    }

    async fn stored_fresh(&self) -> Option<Entry> {
        let now = self.around.clock.now();
        self.stored().await.map(|(_, entry)| entry).filter(|entry| entry.fresh_until > now)
    }

    fn keep(&self, entry: Entry) {
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(entry);
    }

    fn fresh(&self) -> Option<String> {
        self.kept_until(|entry| entry.fresh_until)
    }

    fn valid(&self) -> Option<String> {
        self.kept_until(|entry| entry.valid_until)
    }

    fn kept_until(&self, end: impl Fn(&Entry) -> Time) -> Option<String> {
        let now = self.around.clock.now();
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|entry| end(entry) > now).map(|entry| entry.value.clone())
    }
}
