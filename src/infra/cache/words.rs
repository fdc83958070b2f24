//! Words: short texts said under a topic, heard within the process at once and on the other nodes by Redis.
//!
//! They may be lost or doubled like wake-ups; whoever listens is told that some may have been missed, as far as that can be
//! known, and looks from time to time.

use std::sync::Arc;

use tokio::sync::broadcast::{
    self,
    error::{RecvError, TryRecvError},
};

use super::Cache;

/// How many texts a slow listener may fall behind.
pub(super) const KEPT: usize = 256;
/// How many different lines wait for the relay; when there are more, the other nodes hear that they missed some.
const WAITING: usize = 1000;

/// Something that was said: under which topic, and what. Nothing means that words may have been missed.
pub(super) type Said = (Arc<str>, Arc<str>);

/// Hears the words of one topic.
pub struct Words {
    topic: String,
    receiver: broadcast::Receiver<Said>,
}

/// What is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Words, in lines.
    Words(Arc<str>),
    /// Some may have been missed.
    Missed,
}

impl Cache {
    /// Says words, in lines, to everybody who listens to `topic`: on this node at once and on the others through the relay.
    pub fn say(&self, topic: &str, words: &str) {
        self.say_here(topic, words);
        if self.0.redis.is_some() {
            let mut outgoing = self.0.outgoing.add();
            let waiting = outgoing.entry(topic.to_owned()).or_default();
            if !waiting.contains("") {
                waiting.extend(words.lines().map(str::to_owned));
            }
            if waiting.len() > WAITING {
                waiting.clear();
                waiting.insert(String::new());
            }
        }
    }

    /// Begins to listen to `topic`. Words from this moment on are heard, also before the first wait.
    pub fn words(&self, topic: &str) -> Words {
        Words { topic: topic.to_owned(), receiver: self.0.words.subscribe() }
    }

    pub(super) fn say_here(&self, topic: &str, words: &str) {
        if self.0.words.receiver_count() > 0 {
            // Fails only when nobody listens any more, which is fine.
            let _ = self.0.words.send((topic.into(), words.into()));
        }
    }
}

impl Words {
    /// Waits for the next words.
    pub async fn next(&mut self) -> Heard {
        loop {
            match self.receiver.recv().await {
                Ok(said) => {
                    if let Some(heard) = self.about(said) {
                        return heard;
                    }
                }
                Err(RecvError::Lagged(_)) => return Heard::Missed,
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    /// The next words that are there already.
    pub fn at_once(&mut self) -> Option<Heard> {
        loop {
            match self.receiver.try_recv() {
                Ok(said) => {
                    if let Some(heard) = self.about(said) {
                        return Some(heard);
                    }
                }
                Err(TryRecvError::Lagged(_)) => return Some(Heard::Missed),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
            }
        }
    }

    fn about(&self, (topic, words): Said) -> Option<Heard> {
        if *topic != *self.topic {
            return None;
        }
        Some(if words.is_empty() { Heard::Missed } else { Heard::Words(words) })
    }
}
