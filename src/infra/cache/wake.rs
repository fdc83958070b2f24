//! Wake-ups: "there is something new under this topic", within the process at once and to the other nodes by Redis.
//!
//! A wake-up carries nothing and may be lost or doubled; whoever waits also looks from time to time.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::StreamExt;
use tokio::sync::{Notify, broadcast};

use super::{Cache, Request, redis::Redis};

/// How long to wait before listening to Redis again after the connection was lost.
const RECONNECT: Duration = Duration::from_secs(1);
/// How long wake-ups are gathered before the next one is published.
const GATHER: Duration = Duration::from_millis(10);

/// Hears the wake-ups of one topic.
pub struct Wakeups {
    topic: String,
    receiver: broadcast::Receiver<String>,
}

/// Topics to be published to the other nodes by the relay, each with the words that were said under it.
#[derive(Default)]
pub(super) struct Outgoing {
    topics: Mutex<BTreeMap<String, BTreeSet<String>>>,
    some: Notify,
}

impl Outgoing {
    /// Adds to what is to be published under a topic, and then wakes the relay, which so finds it.
    pub(super) fn add(&self, topic: &str, words: impl FnOnce(&mut BTreeSet<String>)) {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        words(topics.entry(topic.to_owned()).or_default());
        drop(topics);
        self.some.notify_one();
    }
}

impl Cache {
    /// Wakes everybody who waits for `topic`, on this node at once and on the others through the relay.
    pub fn wake(&self, topic: &str) {
        self.wake_here(topic);
        if self.0.redis.is_some() {
            self.0.outgoing.add(topic, |_| ());
        }
    }

    /// Begins to listen for `topic`. Wake-ups from this moment on are heard, also before the first wait.
    pub fn wakeups(&self, topic: &str) -> Wakeups {
        Wakeups { topic: topic.to_owned(), receiver: self.0.wakeups.subscribe() }
    }

    /// Passes wake-ups and words of these topics between this node and the others, until dropped. Ends at once without Redis.
    pub async fn relay(&self, topics: &[&str]) {
        if let Some(redis) = &self.0.redis {
            tokio::join!(self.relay_in(redis, topics), self.relay_out());
        }
    }

    async fn relay_in(&self, redis: &Redis, topics: &[&str]) {
        loop {
            if let Ok(mut pubsub) = redis.listen(topics).await {
                // Something may have been said while nobody listened.
                topics.iter().for_each(|topic| self.tell_here(topic, ""));
                let mut messages = pubsub.on_message();
                while let Some(message) = messages.next().await {
                    let channel = message.get_channel_name();
                    let words: String = message.get_payload().unwrap_or_default();
                    let about = topics.iter().filter(|topic| channel.ends_with(**topic));
                    about.for_each(|topic| self.tell_here(topic, &words));
                }
            }
            tokio::time::sleep(RECONNECT).await;
        }
    }

    async fn relay_out(&self) {
        loop {
            self.0.outgoing.some.notified().await;
            let topics = std::mem::take(&mut *self.0.outgoing.topics.lock().unwrap_or_else(PoisonError::into_inner));
            for (topic, words) in topics {
                let words = Vec::from_iter(words).join("\n");
                self.ask(Request::Publish { topic: &topic, words: &words }).await;
            }
            // Gathers what comes meanwhile, so that a busy node publishes a hundred times a second at most.
            tokio::time::sleep(GATHER).await;
        }
    }

    /// A wake-up or words from elsewhere; whoever waits for words hears by a wake-up that they may have missed some.
    fn tell_here(&self, topic: &str, words: &str) {
        if words.is_empty() {
            self.wake_here(topic);
        }
        self.say_here(topic, words);
    }

    fn wake_here(&self, topic: &str) {
        // Fails only when nobody listens, which is fine.
        let _ = self.0.wakeups.send(topic.to_owned());
    }
}

impl Wakeups {
    /// Waits for the next wake-up of the topic. All that came until now are one.
    pub async fn next(&mut self) {
        loop {
            match self.receiver.recv().await {
                Ok(topic) if topic == self.topic => break,
                Ok(_) => {}
                // Missed some: one of them may have been ours.
                Err(broadcast::error::RecvError::Lagged(_)) => break,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
        self.receiver = self.receiver.resubscribe();
    }
}
