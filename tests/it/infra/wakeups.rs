//! Wake-ups: within a node at once, between nodes through Redis.

use futures_util::future::FutureExt;
use huilian::infra::{
    cache::{Cache, Heard},
    clock::Clock,
};

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

fn said(words: &str) -> Heard {
    Heard::Words(words.into())
}

#[actix_web::test]
async fn words_are_heard_at_once_and_only_under_their_topic() {
    let cache = Cache::memory(Clock::system());
    let (mut news, mut other) = (cache.words("news"), cache.words("other"));
    cache.say("news", "one");
    assert_eq!(news.next().await, said("one"));
    assert_eq!((news.at_once(), other.at_once()), (None, None));
    for _ in 0..1000 {
        cache.say("other", "many");
    }
    assert_eq!(news.next().await, Heard::Missed, "some of what was missed may have been ours");
}

#[actix_web::test]
async fn nodes_hear_each_others_words_through_redis() {
    for subject in shared().await {
        let (here, there) = (subject.cache.clone(), subject.on_another_node().await);
        let (mut news, mut jobs) = (there.words("news"), there.wakeups("jobs"));
        let relays = [here.clone(), there.clone()]
            .map(|node| actix_web::rt::spawn(async move { node.relay(&["news", "jobs"]).await }));
        assert_eq!(news.next().await, Heard::Missed, "something may have been said before: {}", subject.name);
        jobs.next().await;
        here.say("news", "one\ntwo");
        assert_eq!(news.next().await, said("one\ntwo"), "{}", subject.name);
        // More than anybody can keep up with is not told line by line.
        (0..2000).for_each(|line| here.say("news", &line.to_string()));
        assert_eq!(news.next().await, Heard::Missed, "{}", subject.name);
        relays.iter().for_each(actix_web::rt::task::JoinHandle::abort);
    }
}
