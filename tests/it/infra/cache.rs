//! One behaviour, whatever store stands behind it: memory always, Redis and a Redis cluster where there are some.

use std::{net::TcpListener, time::Duration};

use chrono::TimeDelta;
use futures_util::future::join_all;
use huilian::infra::{cache::Cache, clock::Clock, random::Random};

use crate::support::{START, unique_name, variable};

const MINUTE: Duration = Duration::from_secs(60);

/// A cache with a clock of its own, and what to call it in failures.
pub struct Subject {
    pub name: &'static str,
    pub cache: Cache,
    pub clock: Clock,
    /// Where it is kept, for a second cache in the same place.
    place: Option<(String, String)>,
}

impl Subject {
    async fn new(name: &'static str, url: Option<String>) -> Self {
        let clock = Clock::manual(START.parse().expect("a time"));
        let place = url.map(|url| (url, format!("{}:", unique_name())));
        let cache = open(&clock, place.as_ref()).await;
        Self { name, cache, clock, place }
    }

    /// The same cache as another node sees it; of memory the same value.
    pub async fn on_another_node(&self) -> Cache {
        if self.place.is_some() { open(&self.clock, self.place.as_ref()).await } else { self.cache.clone() }
    }
}

async fn open(clock: &Clock, place: Option<&(String, String)>) -> Cache {
    let Some((url, prefix)) = place else { return Cache::memory(clock.clone()) };
    let cache = Cache::redis(clock.clone(), url, prefix).expect("an address");
    // Connects now, so that a test does not spend the deadline of its first request on it.
    cache.redis_healthy().await;
    cache
}

/// The Redis servers of this column.
pub async fn shared() -> Vec<Subject> {
    let mut servers = Vec::new();
    for (name, at) in [("redis", "TEST_REDIS_URL"), ("cluster", "TEST_REDIS_CLUSTER_URL")] {
        if let Some(url) = variable(at) {
            servers.push(Subject::new(name, Some(url)).await);
        }
    }
    servers
}

async fn subjects() -> Vec<Subject> {
    let mut all = shared().await;
    all.push(Subject::new("memory", None).await);
    all
}

#[actix_web::test]
async fn a_value_is_there_until_it_expires_by_our_clock() {
    for Subject { name, cache, clock, .. } in subjects().await {
        assert_eq!(cache.get("k").await, None, "{name}");
        cache.set("k", "一:二:", MINUTE).await;
        assert_eq!(cache.get("k").await.as_deref(), Some("一:二:"), "{name}");
        cache.set("k", "", MINUTE).await;
        assert_eq!(cache.get("k").await.as_deref(), Some(""), "{name}: overwritten");
        clock.advance(TimeDelta::seconds(60) - TimeDelta::milliseconds(1));
        assert!(cache.get("k").await.is_some(), "{name}");
        clock.advance(TimeDelta::milliseconds(1));
        assert_eq!(cache.get("k").await, None, "{name}");
    }
}

#[actix_web::test]
async fn only_the_first_sets_what_is_absent_until_it_expires() {
    for Subject { name, cache, clock, .. } in subjects().await {
        assert!(cache.set_if_absent("k", "one", MINUTE).await, "{name}");
        assert!(!cache.set_if_absent("k", "two", MINUTE).await, "{name}");
        assert_eq!(cache.get("k").await.as_deref(), Some("one"), "{name}");
        clock.advance(TimeDelta::minutes(1));
        assert!(cache.set_if_absent("k", "two", MINUTE).await, "{name}: it had expired");
        assert_eq!(cache.get("k").await.as_deref(), Some("two"), "{name}");
    }
}

#[actix_web::test]
async fn only_the_same_value_is_deleted_and_only_while_it_lives() {
    for Subject { name, cache, clock, .. } in subjects().await {
        assert!(!cache.compare_and_delete("k", "one").await, "{name}: nothing there");
        cache.set("k", "one", MINUTE).await;
        assert!(!cache.compare_and_delete("k", "two").await, "{name}");
        assert!(cache.compare_and_delete("k", "one").await, "{name}");
        assert_eq!(cache.get("k").await, None, "{name}");
        cache.set("k", "one", MINUTE).await;
        clock.advance(TimeDelta::minutes(1));
        assert!(!cache.compare_and_delete("k", "one").await, "{name}: it had expired");
    }
}

#[actix_web::test]
async fn counts_begin_anew_in_each_window() {
    for Subject { name, cache, clock, .. } in subjects().await {
        clock.advance(TimeDelta::seconds(59));
        assert_eq!(cache.count("k", 1, MINUTE).await, 1, "{name}");
        assert_eq!(cache.count("k", 4, MINUTE).await, 5, "{name}");
        assert_eq!(cache.count("other", 1, MINUTE).await, 1, "{name}");
        assert_eq!(cache.count("k", 0, MINUTE).await, 5, "{name}: looking counts nothing");
        clock.advance(TimeDelta::seconds(1));
        assert_eq!(cache.count("k", 1, MINUTE).await, 1, "{name}: windows are whole minutes");
    }
}

#[actix_web::test]
async fn of_sixty_four_at_once_exactly_one_wins() {
    for subject in subjects().await {
        let nodes = [subject.cache.clone(), subject.on_another_node().await];
        let values: Vec<String> = (0..64).map(|number| format!("node {number}")).collect();
        let tries = values.iter().enumerate().map(|(number, value)| {
            let node = &nodes[number % 2];
            node.set_if_absent("leader", value, MINUTE)
        });
        let won = join_all(tries).await;
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{}", subject.name);
        let winner = won.iter().position(|won| *won).expect("a winner");
        assert_eq!(subject.cache.get("leader").await.as_deref(), Some(values[winner].as_str()), "{}", subject.name);
    }
}

#[actix_web::test]
async fn counting_at_once_loses_nothing() {
    for subject in subjects().await {
        let nodes = [subject.cache.clone(), subject.on_another_node().await];
        let counts = join_all((0..64_usize).map(|number| nodes[number % 2].count("visits", 1, MINUTE))).await;
        let mut counts: Vec<u64> = counts;
        counts.sort_unstable();
        assert_eq!(counts, (1..=64).collect::<Vec<u64>>(), "{}", subject.name);
    }
}

#[actix_web::test]
async fn a_lock_is_held_by_one_until_released_or_expired() {
    let random = Random::seeded(7);
    for subject in subjects().await {
        let Subject { name, cache, clock, .. } = &subject;
        let other = subject.on_another_node().await;
        let held = cache.lock("token", MINUTE, &random).await.expect("a free lock");
        assert!(other.lock("token", MINUTE, &random).await.is_none(), "{name}");
        assert!(other.lock("ticket", MINUTE, &random).await.is_some(), "{name}: another lock");
        held.release().await;
        let held = other.lock("token", MINUTE, &random).await.expect("a released lock");
        clock.advance(TimeDelta::minutes(1));
        let taken = cache.lock("token", MINUTE, &random).await.expect("an expired lock");
        held.release().await;
        assert!(other.lock("token", MINUTE, &random).await.is_none(), "{name}: releasing late takes it from nobody");
        taken.release().await;
    }
}

#[actix_web::test]
async fn what_expired_long_ago_does_not_pile_up_in_the_way_of_what_lives() {
    let Subject { cache, clock, .. } = Subject::new("memory", None).await;
    cache.set("lasting", "here", MINUTE * 600).await;
    for number in 0..10_000 {
        cache.set(&format!("k{number}"), "x", MINUTE).await;
        if number % 1000 == 0 {
            clock.advance(TimeDelta::minutes(2));
        }
    }
    assert_eq!(cache.get("lasting").await.as_deref(), Some("here"));
    assert_eq!(cache.get("k9999").await.as_deref(), Some("x"));
    assert_eq!(cache.get("k1").await, None);
}

#[actix_web::test]
async fn a_redis_that_does_not_answer_is_replaced_by_memory() {
    // One refuses connections, one takes them and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let silent_at = silent.local_addr().expect("an address");
    for url in
        [format!("redis://{closed}"), format!("redis://{silent_at}"), format!("redis-cluster://{closed},{silent_at}")]
    {
        let subject = Subject::new("absent", Some(url.clone())).await;
        let everything = async {
            let cache = &subject.cache;
            assert!(cache.set_if_absent("k", "one", MINUTE).await, "{url}");
            assert!(!cache.set_if_absent("k", "two", MINUTE).await, "{url}");
            assert_eq!(cache.get("k").await.as_deref(), Some("one"), "{url}");
            assert!(cache.compare_and_delete("k", "one").await, "{url}");
            for number in 1..=500 {
                assert_eq!(cache.count("k", 1, MINUTE).await, number, "{url}");
            }
            assert!(cache.lock("k", MINUTE, &Random::seeded(1)).await.is_some(), "{url}");
            assert_eq!(cache.redis_healthy().await, Some(false), "{url}");
        };
        // Real time: five hundred waits for Redis would take two minutes.
        tokio::time::timeout(Duration::from_secs(20), everything).await.expect("callers do not wait each time");
    }
}

#[actix_web::test]
async fn a_cache_says_whether_its_redis_answers() {
    assert_eq!(Cache::memory(Clock::system()).redis_healthy().await, None);
    for subject in shared().await {
        assert_eq!(subject.cache.redis_healthy().await, Some(true), "{}", subject.name);
    }
    assert!(Cache::redis(Clock::system(), "redis://[nowhere", "x:").is_err());
}
