//! How fast WeChat Pay is called: one budget per merchant and kind of call, shared by all nodes through the cache (pay
//! section 9, rule 9).

use std::time::Duration;

use entity::types::MerchantKey;

use crate::{
    infra::{cache::Cache, clock::Clock},
    wechat::client::Sleeper,
};

/// A fifth of a second: any second touches at most six of them, so that no second has more than 6/5 of the rate, which is
/// where WeChat Pay's own limits lie (25 → 30, 80 → 96, 15 → 18).
const WINDOW: Duration = Duration::from_millis(200);
/// Windows to wait for at most: two seconds.
const WAITS: u32 = 10;

/// What has a budget of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    RedPacket,
    CreateTransfer,
    QueryTransfer,
    CancelTransfer,
}

impl Lane {
    fn as_str(self) -> &'static str {
        match self {
            Self::RedPacket => "red_packet",
            Self::CreateTransfer => "create",
            Self::QueryTransfer => "query",
            Self::CancelTransfer => "cancel",
        }
    }
}

/// The budgets.
#[derive(Clone)]
pub(super) struct Rate {
    pub(super) cache: Cache,
    pub(super) clock: Clock,
    pub(super) sleeper: Sleeper,
}

impl Rate {
    /// Waits for a place. False when there is none for so long that the caller should come again later.
    pub(super) async fn pass(&self, merchant: &MerchantKey, lane: Lane, per_second: u32) -> bool {
        let key = format!("pay:rate:{merchant}:{}", lane.as_str());
        let most = u64::from(per_second / 5).max(1);
        for _ in 0..WAITS {
            if self.cache.count(&key, 1, WINDOW).await <= most {
                return true;
            }
            self.sleeper.sleep(self.until_next()).await;
        }
        false
    }

    fn until_next(&self) -> Duration {
        let window = i64::try_from(WINDOW.as_millis()).unwrap_or(i64::MAX);
        let into = self.clock.now().timestamp_millis().rem_euclid(window);
        Duration::from_millis(u64::try_from(window.saturating_sub(into)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn no_second_has_more_calls_than_wechat_pay_takes() {
        let clock = Clock::manual("2026-11-21T02:00:00Z".parse().unwrap());
        let moved = clock.clone();
        let sleeper = Sleeper::new(move |span| {
            moved.advance(TimeDelta::from_std(span).unwrap());
            async {}.boxed()
        });
        // Two nodes with one cache.
        let rate = Rate { cache: Cache::memory(clock.clone()), clock: clock.clone(), sleeper };
        let (one, two) = (rate.clone(), rate);
        let merchant = "main".parse().unwrap();
        for (lane, per_second, limit) in
            [(Lane::RedPacket, 25, 30), (Lane::CreateTransfer, 80, 100), (Lane::CancelTransfer, 15, 20)]
        {
            // From within a window, so that the calls do not begin in step.
            clock.advance(TimeDelta::milliseconds(137));
            let mut passed = Vec::new();
            for call in 0..400 {
                let node = if call % 2 == 0 { &one } else { &two };
                assert!(node.pass(&merchant, lane, per_second).await);
                passed.push(clock.now());
            }
            let most = passed
                .iter()
                .map(|from| passed.iter().filter(|at| *at >= from && **at < *from + TimeDelta::seconds(1)).count());
            let most = most.max().unwrap();
            assert!(most <= limit, "{lane:?}: {most}");
            assert!(most >= usize::try_from(per_second).unwrap(), "{lane:?}: {most}");
        }
    }

    #[tokio::test]
    async fn whoever_waits_too_long_is_sent_away() {
        let clock = Clock::manual("2026-11-21T02:00:00Z".parse().unwrap());
        let sleeper = Sleeper::new(|_| async {}.boxed());
        let rate = Rate { cache: Cache::memory(clock.clone()), clock, sleeper };
        let merchant = "main".parse().unwrap();
        for _ in 0..3 {
            assert!(rate.pass(&merchant, Lane::CancelTransfer, 15).await);
        }
        assert!(!rate.pass(&merchant, Lane::CancelTransfer, 15).await, "time stands still");
        assert!(rate.pass(&merchant, Lane::RedPacket, 25).await, "each lane has its own");
    }
}
