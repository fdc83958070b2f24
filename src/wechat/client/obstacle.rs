//! What stands in the way of one API for one account: a used-up quota, a rate limit, a wrong configuration.
//!
//! WeChat said so in answer to a call; the cache remembers it for all nodes, so that the next calls are held back
//! without asking, and staff see what they have to mend. A success clears it.

use std::{net::IpAddr, time::Duration};

use chrono::TimeDelta;
use entity::types::AccountKey;
use serde::{Deserialize, Serialize};

use super::{Failure, NotSent};
use crate::infra::{
    cache::Cache,
    clock::{Clock, Time},
};

/// How long an alarm is kept after it was last raised.
const REMEMBER: TimeDelta = TimeDelta::hours(24);

/// What WeChat said about an API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obstacle {
    /// WeChat's code; `errcode::meaning` explains it.
    pub errcode: i64,
    /// When it came for the first time without a success in between.
    pub since: Time,
    /// When it came last.
    pub last: Time,
    /// Until when calls are held back, if they are.
    pub until: Option<Time>,
    /// Whether staff have to do something.
    pub alarm: bool,
    /// The address of ours that WeChat refused (40164, 61004, 45035).
    pub rejected_ip: Option<IpAddr>,
}

/// An obstacle as it was read, so that only this one is cleared.
pub(super) struct Found {
    pub(super) obstacle: Obstacle,
    raw: String,
}

/// What an answer of WeChat gives rise to.
pub(super) struct Cause {
    pub(super) errcode: i64,
    pub(super) until: Option<Time>,
    pub(super) alarm: bool,
    pub(super) rejected_ip: Option<IpAddr>,
}

/// The obstacles of all accounts.
#[derive(Clone)]
pub(super) struct Obstacles {
    cache: Cache,
    clock: Clock,
}

impl Obstacles {
    pub(super) fn new(cache: Cache, clock: Clock) -> Self {
        Self { cache, clock }
    }

    /// The obstacle of an API, if there is one.
    pub(super) async fn find(&self, account: &AccountKey, path: &str) -> Option<Found> {
        let raw = self.cache.get(&key(account, path)).await?;
        let obstacle = serde_json::from_str(&raw).ok()?;
        Some(Found { obstacle, raw })
    }

    /// Lets a call pass, or holds it back. What was found is to be cleared when the call succeeds.
    ///
    /// # Errors
    /// [`NotSent::Held`].
    pub(super) async fn pass(&self, account: &AccountKey, path: &str) -> Result<Option<Found>, Failure> {
        let found = self.find(account, path).await;
        match found.as_ref().and_then(|found| found.obstacle.until.map(|until| (found.obstacle.errcode, until))) {
            Some((errcode, until)) if until > self.clock.now() => {
                Err(Failure::NotSent(NotSent::Held { errcode, until }))
            }
            _ => Ok(found),
        }
    }

    /// Notes what WeChat said: until when to hold calls back, and whether staff have to act.
    pub(super) async fn raise(
        &self,
        account: &AccountKey,
        path: &str,
        Cause { errcode, until, alarm, rejected_ip }: Cause,
    ) {
        let now = self.clock.now();
        let former = self.find(account, path).await.map(|found| found.obstacle);
        let since = former.filter(|former| former.errcode == errcode).map_or(now, |former| former.since);
        let obstacle = Obstacle { errcode, since, last: now, until, alarm, rejected_ip };
        let kept = if alarm { now.checked_add_signed(REMEMBER) } else { None };
        let ttl = kept.max(until).and_then(|end| end.signed_duration_since(now).to_std().ok()).unwrap_or_default();
        if ttl > Duration::ZERO
            && let Ok(raw) = serde_json::to_string(&obstacle)
        {
            self.cache.set(&key(account, path), &raw, ttl).await;
        }
    }

    /// Clears what was found, unless something else was noted meanwhile.
    pub(super) async fn clear(&self, account: &AccountKey, path: &str, found: &Found) {
        self.cache.compare_and_delete(&key(account, path), &found.raw).await;
    }
}

fn key(account: &AccountKey, path: &str) -> String {
    format!("wechat:obstacle:{account}:{path}")
}
