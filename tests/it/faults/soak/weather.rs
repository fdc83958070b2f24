//! How far the crowd is and whether something is broken just now: who cannot go on waits for calm, and a fault that holds
//! everybody up ends.

use tokio::sync::watch;

/// Shared between the crowd and the faults.
pub struct Weather {
    /// Acts that were begun.
    acts: watch::Sender<usize>,
    /// People who can still do something.
    going: watch::Sender<usize>,
    storm: watch::Sender<bool>,
}

impl Weather {
    pub fn fair() -> Self {
        Self { acts: watch::Sender::new(0), going: watch::Sender::new(0), storm: watch::Sender::new(false) }
    }

    /// So many people begin.
    pub fn join(&self, people: usize) {
        self.going.send_modify(|going| *going += people);
    }

    /// Somebody does something.
    pub fn act(&self) {
        self.acts.send_modify(|acts| *acts += 1);
    }

    /// Somebody cannot go on before it is calm.
    pub async fn calm(&self) {
        self.going.send_modify(|going| *going -= 1);
        let _ = self.storm.subscribe().wait_for(|storm| !storm).await;
        self.going.send_modify(|going| *going += 1);
    }

    /// Somebody has done everything.
    pub fn done(&self) {
        self.going.send_modify(|going| *going -= 1);
    }

    /// Until so many acts were begun, or nobody can go on.
    pub async fn until(&self, count: usize) {
        let (mut acts, mut going) = (self.acts.subscribe(), self.going.subscribe());
        tokio::select! {
            _ = acts.wait_for(|acts| *acts >= count) => {}
            _ = going.wait_for(|going| *going == 0) => {}
        }
    }

    pub fn break_out(&self) {
        self.storm.send_replace(true);
    }

    pub fn settle(&self) {
        self.storm.send_replace(false);
    }
}
