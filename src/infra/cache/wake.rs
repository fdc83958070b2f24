//! Wake-ups: "there is something new under this topic", within the process at once and to the other nodes by Redis.
//!
//! A wake-up carries nothing and may be lost or doubled; whoever waits also looks from time to time.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::broadcast;

use super::{Cache, Request};

/// How long to wait before listening to Redis again after the connection was lost.
const RECONNECT: Duration = Duration::from_secs(1);

/// Hears the wake-ups of one topic.
pub struct Wakeups {
    topic: String,
    receiver: broadcast::Receiver<String>,
}

impl Cache {
    /// Wakes everybody who waits for `topic`, on this node and on the others.
    pub async fn wake(&self, topic: &str) {
        self.wake_here(topic);
        if self.0.redis.is_some() {
            self.ask(Request::Publish { topic }).await;
        }
    }

    /// Begins to listen for `topic`. Wake-ups from this moment on are heard, also before the first wait.
    pub fn wakeups(&self, topic: &str) -> Wakeups {
        Wakeups { topic: topic.to_owned(), receiver: self.0.wakeups.subscribe() }
    }

    /// Passes the wake-ups of other nodes on to this one, until dropped. Ends at once without Redis.
    pub async fn relay(&self, topic: &str) {
        let Some(redis) = &self.0.redis else { return };
        loop {
            if let Ok(mut pubsub) = redis.listen(topic).await {
                let mut messages = pubsub.on_message();
                while messages.next().await.is_some() {
                    self.wake_here(topic);
                }
            }
            tokio::time::sleep(RECONNECT).await;
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
