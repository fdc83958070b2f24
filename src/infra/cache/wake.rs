//! Wake-ups: "there is something new under this topic", within the process at once and to the other nodes by Redis.
//!
//! A wake-up carries nothing and may be lost or doubled; whoever waits also looks from time to time.

use std::{
    collections::BTreeSet,
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

/// Topics to be published to the other nodes by the relay.
#[derive(Default)]
pub(super) struct Outgoing {
    topics: Mutex<BTreeSet<String>>,
    some: Notify,
}

impl Cache {
    /// Wakes everybody who waits for `topic`, on this node at once and on the others through the relay.
    pub fn wake(&self, topic: &str) {
        self.wake_here(topic);
        if self.0.redis.is_some() {
            self.0.outgoing.topics.lock().unwrap_or_else(PoisonError::into_inner).insert(topic.to_owned());
            self.0.outgoing.some.notify_one();
        }
    }

    /// Begins to listen for `topic`. Wake-ups from this moment on are heard, also before the first wait.
    pub fn wakeups(&self, topic: &str) -> Wakeups {
        Wakeups { topic: topic.to_owned(), receiver: self.0.wakeups.subscribe() }
    }

    /// Passes wake-ups of these topics between this node and the others, until dropped. Ends at once without Redis.
    pub async fn relay(&self, topics: &[&str]) {
        if let Some(redis) = &self.0.redis {
            tokio::join!(self.relay_in(redis, topics), self.relay_out());
        }
    }

    async fn relay_in(&self, redis: &Redis, topics: &[&str]) {
        loop {
            if let Ok(mut pubsub) = redis.listen(topics).await {
                // Something may have been said while nobody listened.
                topics.iter().for_each(|topic| self.wake_here(topic));
                let mut messages = pubsub.on_message();
                while let Some(message) = messages.next().await {
                    let channel = message.get_channel_name();
                    topics.iter().filter(|topic| channel.ends_with(**topic)).for_each(|topic| self.wake_here(topic));
                }
            }
            tokio::time::sleep(RECONNECT).await;
        }
    }

    async fn relay_out(&self) {
        loop {
            self.0.outgoing.some.notified().await;
            let topics = std::mem::take(&mut *self.0.outgoing.topics.lock().unwrap_or_else(PoisonError::into_inner));
            for topic in topics {
                self.ask(Request::Publish { topic: &topic }).await;
            }
            // Gathers what comes meanwhile, so that a busy node publishes a hundred times a second at most.
            tokio::time::sleep(GATHER).await;
        }
    }

    fn wake_here(&self, topic: &str) {
        // Fails only when nobody listens, which is fine.
        let _ = self.0.wakeups.send(topic.to_owned());
    }
}

impl Wakeups {
    /// Waits for the next wake-up of the topic.
    pub async fn next(&mut self) {
        loop {
            match self.receiver.recv().await {
                Ok(topic) if topic == self.topic => return,
                Ok(_) => {}
                // Missed some: one of them may have been ours.
                Err(broadcast::error::RecvError::Lagged(_)) => return,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
