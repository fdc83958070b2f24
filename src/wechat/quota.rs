//! How often each API was called today, counted by ourselves for all nodes, and what is held back (protocol sections
//! 3.5 and 3.6). WeChat's own counters can be asked with [`Api::quota`](super::client::Api::quota).

use std::time::Duration;

use chrono::NaiveDate;
use entity::types::AccountKey;

use crate::infra::{
    cache::Cache,
    clock::{self, Clock, Time},
};

/// The calls of one API made today (China's day).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The API.
    pub path: &'static str,
    /// Calls that reached WeChat today, tries included.
    pub used: u64,
    /// Until when calls are held back, if they are.
    pub held_until: Option<Time>,
}

/// Counts calls per account, API and day of China, when WeChat's quotas start anew.
#[derive(Clone)]
pub(super) struct Counter {
    cache: Cache,
    clock: Clock,
}

impl Counter {
    pub(super) fn new(cache: Cache, clock: Clock) -> Self {
        Self { cache, clock }
    }

    /// Adds `by` calls and gives today's sum.
    pub(super) async fn add(&self, account: &AccountKey, path: &str, by: i64) -> u64 {
        let now = self.clock.now();
        let day = clock::biz_day(now);
        self.cache.count(&key(account, path, day), by, window(now)).await
    }
}

fn key(account: &AccountKey, path: &str, day: NaiveDate) -> String {
    format!("wechat:calls:{account}:{path}:{day}")
}

/// A window of the cache that holds the whole day of China around `now`. Windows are aligned to the epoch, so one of
/// 24 hours would end at 08:00 in China; this one is about 25 hours long, a length that divides the day's beginning.
fn window(now: Time) -> Duration {
    const HOURS_25: i64 = 25 * 3_600_000;
    let end = clock::next_midnight(now).timestamp_millis();
    let begin = end.saturating_sub(24 * 3_600_000);
    let length = begin.checked_div(HOURS_25).and_then(|windows| begin.checked_div(windows)).unwrap_or(HOURS_25);
    Duration::from_millis(u64::try_from(length).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{Counter, window};
    use crate::infra::{
        cache::Cache,
        clock::{Clock, Time},
    };

    #[test]
    fn a_window_never_ends_within_a_day_of_china() {
        let mut midnight: Time = "2026-01-01T16:00:00Z".parse().unwrap();
        for _ in 0..2000 {
            let length = i64::try_from(window(midnight).as_millis()).unwrap();
            let last = midnight + TimeDelta::milliseconds(24 * 3_600_000 - 1);
            assert_eq!(window(last).as_millis(), window(midnight).as_millis(), "one window length a day");
            assert_eq!(midnight.timestamp_millis() / length, last.timestamp_millis() / length, "{midnight}");
            midnight += TimeDelta::days(1);
        }
    }

    #[tokio::test]
    async fn calls_are_summed_over_the_day_of_china() {
        let clock = Clock::manual("2026-11-21T16:00:00Z".parse().unwrap());
        let counter = Counter::new(Cache::memory(clock.clone()), clock.clone());
        let account = "brand".parse().unwrap();
        for hour in 1..=24 {
            assert_eq!(counter.add(&account, "/a", 1).await, hour);
            assert_eq!(counter.add(&account, "/b", 0).await, 0);
            clock.advance(TimeDelta::hours(1));
        }
        assert_eq!(counter.add(&account, "/a", 0).await, 0, "the next day begins at midnight in China");
    }
}
