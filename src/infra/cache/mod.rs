//! The cache: tokens, rate limits, short locks, fast de-duplication, wake-ups. It may be emptied at any moment.
//!
//! Two stores stand behind one trait: this process's memory, and Redis (single or cluster). When Redis fails, the
//! process goes on with its own memory and tries Redis again a moment later, so no caller has to care: a value may
//! read as absent, a lock may be held on two nodes, a limit may count per node. What must not be so is in the database.
//!
//! Expiry follows our [`Clock`], not the store's, so that tests can move time on either store.

mod lock;
mod memory;
mod redis;
mod wake;
mod words;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;

pub use self::{
    lock::Lock,
    wake::Wakeups,
    words::{Heard, Words},
};
use self::{memory::Memory, redis::Redis};
use super::clock::Clock;

/// How long Redis is left alone after it failed.
const PAUSE: Duration = Duration::from_secs(1);

/// The store did not answer; the caller sees the memory store's answer instead.
#[derive(Debug, thiserror::Error)]
#[error("the cache store did not answer: {0}")]
struct Failure(String);

/// One request to a store, at our clock's `now` in milliseconds.
#[derive(Clone, Copy, Debug)]
enum Request<'a> {
    Get { key: &'a str },
    Set { key: &'a str, value: &'a str, ttl: Duration },
    SetIfAbsent { key: &'a str, value: &'a str, ttl: Duration },
    CompareAndDelete { key: &'a str, value: &'a str },
    Count { key: &'a str, by: i64, window: Duration },
    Publish { topic: &'a str, words: &'a str },
}

/// The answer to a [`Request`].
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Value(Option<String>),
    Done(bool),
    Count(i64),
}

/// A place to keep short-lived values.
trait Store: Send + Sync {
    fn ask<'a>(&'a self, request: Request<'a>, now: i64) -> BoxFuture<'a, Result<Answer, Failure>>;
}

/// The cache as everybody uses it. Cheap to clone.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

struct Inner {
    clock: Clock,
    memory: Memory,
    redis: Option<Redis>,
    started: Instant,
    /// Milliseconds since `started` until which Redis is not asked.
    paused_until: AtomicU64,
    wakeups: tokio::sync::broadcast::Sender<String>,
    words: tokio::sync::broadcast::Sender<words::Said>,
    outgoing: wake::Outgoing,
}

impl Cache {
    /// A cache in this process's memory alone.
    pub fn memory(clock: Clock) -> Self {
        Self::with(clock, None)
    }

    /// A cache in Redis: `redis://host:port` for one server, `redis-cluster://host:port,host:port` for a cluster.
    /// Every key begins with `prefix`. Does not wait for a connection.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn redis(clock: Clock, url: &str, prefix: &str) -> Result<Self, super::config::Problem> {
        Ok(Self::with(clock, Some(Redis::new(url, prefix)?)))
    }

    fn with(clock: Clock, redis: Option<Redis>) -> Self {
        let (wakeups, _) = tokio::sync::broadcast::channel(64);
        let (words, _) = tokio::sync::broadcast::channel(words::KEPT);
        Self(Arc::new(Inner {
            clock,
            memory: Memory::default(),
            redis,
            started: Instant::now(),
            paused_until: AtomicU64::new(0),
            wakeups,
            words,
            outgoing: wake::Outgoing::default(),
        }))
    }

    /// The value under `key`, if it is there and has not expired.
    pub async fn get(&self, key: &str) -> Option<String> {
        match self.ask(Request::Get { key }).await {
            Answer::Value(value) => value,
            Answer::Done(_) | Answer::Count(_) => None,
        }
    }

    /// Keeps `value` under `key` for `ttl`.
    pub async fn set(&self, key: &str, value: &str, ttl: Duration) {
        self.ask(Request::Set { key, value, ttl }).await;
    }

    /// Keeps `value` under `key` for `ttl` unless something is there. True when it was kept.
    pub async fn set_if_absent(&self, key: &str, value: &str, ttl: Duration) -> bool {
        self.ask(Request::SetIfAbsent { key, value, ttl }).await == Answer::Done(true)
    }

    /// Removes `key` if its value still is `value`. True when it was removed.
    pub async fn compare_and_delete(&self, key: &str, value: &str) -> bool {
        self.ask(Request::CompareAndDelete { key, value }).await == Answer::Done(true)
    }

    /// Adds `by` to the counter of `key` in the current window of length `window`, and returns the new sum.
    /// Windows are aligned to the epoch; a new window starts at 0, and no sum is shown below it.
    pub async fn count(&self, key: &str, by: i64, window: Duration) -> u64 {
        match self.ask(Request::Count { key, by, window }).await {
            Answer::Count(count) => u64::try_from(count).unwrap_or(0),
            Answer::Value(_) | Answer::Done(_) => 0,
        }
    }

    /// Whether Redis is configured and answered lately; `None` when the cache is in memory by choice.
    pub async fn redis_healthy(&self) -> Option<bool> {
        let redis = self.0.redis.as_ref()?;
        Some(redis.ask(Request::Get { key: "health" }, 0).await.is_ok())
    }

    async fn ask(&self, request: Request<'_>) -> Answer {
        let now = self.0.clock.now().timestamp_millis();
        if let Some(redis) = self.0.redis.as_ref().filter(|_| !self.paused()) {
            match redis.ask(request, now).await {
                Ok(answer) => return answer,
                Err(failure) => {
                    metrics::counter!("cache_failures_total").increment(1);
                    tracing::warn!(error = %failure, "Redis does not answer; going on with this process's memory");
                    self.pause();
                }
            }
        }
        self.0.memory.answer(request, now)
    }

    fn paused(&self) -> bool {
        elapsed(self.0.started) < self.0.paused_until.load(Ordering::Relaxed)
    }

    fn pause(&self) {
        let until = elapsed(self.0.started).saturating_add(millis(PAUSE));
        self.0.paused_until.store(until, Ordering::Relaxed);
    }
}

fn elapsed(since: Instant) -> u64 {
    millis(since.elapsed())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The moment, in milliseconds of our clock, at which something kept at `now` for `ttl` expires.
fn expiry(now: i64, ttl: Duration) -> i64 {
    now.saturating_add(i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX))
}

/// The number of the window that `now` falls into.
fn window_index(now: i64, window: Duration) -> i64 {
    now.checked_div(i64::try_from(window.as_millis()).unwrap_or(i64::MAX)).unwrap_or(0)
}
