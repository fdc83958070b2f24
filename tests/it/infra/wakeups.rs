//! Wake-ups: within a node at once, between nodes through Redis.

use futures_util::future::FutureExt;
use huilian::infra::{cache::Cache, clock::Clock};

use super::cache::shared;

#[actix_web::test]
async fn everybody_who_listens_is_woken_and_only_for_their_topic() {
    let cache = Cache::memory(Clock::system());
    let (mut one, mut two, mut other) = (cache.wakeups("jobs"), cache.wakeups("jobs"), cache.wakeups("rules"));
    cache.wake("jobs");
    one.next().await;
    two.next().await;
    assert_eq!(other.next().now_or_never(), None);
    assert_eq!(one.next().now_or_never(), None, "once");
    cache.wake("jobs");
    assert_eq!(one.next().now_or_never(), Some(()), "also heard before the wait");
}

#[actix_web::test]
async fn who_missed_many_looks_at_least_once() {
    let cache = Cache::memory(Clock::system());
    let mut jobs = cache.wakeups("jobs");
    for _ in 0..1000 {
        cache.wake("rules");
    }
    assert_eq!(jobs.next().now_or_never(), Some(()), "one of the missed may have been ours");
}

#[actix_web::test]
async fn without_redis_there_is_nothing_to_relay() {
    Cache::memory(Clock::system()).relay(&["jobs"]).await;
}

#[actix_web::test]
async fn nodes_wake_each_other_through_redis() {
    for subject in shared().await {
        let (here, there) = (subject.cache.clone(), subject.on_another_node().await);
        let (mut jobs, mut rules) = (there.wakeups("jobs"), there.wakeups("rules"));
        let relays = [here.clone(), there.clone()]
            .map(|node| actix_web::rt::spawn(async move { node.relay(&["jobs", "rules"]).await }));
        // Whoever begins to listen wakes everybody once, as something may have been said before.
        jobs.next().await;
        rules.next().await;
        here.wake("jobs");
        jobs.next().await;
        assert_eq!(rules.next().now_or_never(), None, "{}", subject.name);
        here.wake("rules");
        rules.next().await;
        relays.iter().for_each(actix_web::rt::task::JoinHandle::abort);
    }
}
