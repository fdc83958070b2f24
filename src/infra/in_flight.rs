//! What a node is working on, so that it stops only when nothing is.

use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

/// Counts pieces of work that have begun and not ended. Cheap to clone.
#[derive(Clone)]
pub struct InFlight(watch::Sender<usize>);

/// One piece of work; it ends when this is dropped.
pub struct Work(watch::Sender<usize>);

/// Work that stands ready to be taken over: a connection whose first request has not been read yet.
pub struct Awaited(Mutex<Option<Work>>);

impl Default for InFlight {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl InFlight {
    /// Counts one more, as long as the result lives.
    pub fn begin(&self) -> Work {
        self.0.send_modify(|count| *count += 1);
        Work(self.0.clone())
    }

    /// Counts one more, until somebody takes it over and ends it.
    pub fn await_one(&self) -> Awaited {
        Awaited(Mutex::new(Some(self.begin())))
    }

    /// Waits until nothing is being worked on.
    pub async fn none(&self) {
        // The sender lives in `self`, so the channel cannot be closed.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Awaited {
    /// The work, for the first who asks.
    pub fn take(&self) -> Option<Work> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}
