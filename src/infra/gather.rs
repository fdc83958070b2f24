//! What the threads of the server bring one by one, worked off together: what comes while a batch is under way goes with
//! the next one, so the cost of a durable commit is shared.

use std::time::Duration;

use actix_rt::Arbiter;
use futures_util::stream::{FuturesUnordered, StreamExt};
use sea_orm::DbBackend;
use tokio::sync::{mpsc, oneshot};

use super::db::Db;
use crate::error::{Code, Error, Result};

/// How items become batches.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Items that one batch takes at most.
    pub batch: usize,
    /// Batches that may be under way at the same time.
    pub at_once: usize,
    /// Items for which a further batch begins while one is under way: a commit has a price of its own, which few items
    /// should not pay when the next one could take them along.
    pub enough: usize,
    /// Items that may wait; beyond that callers are asked to come again.
    pub waiting: usize,
}

impl Pace {
    /// The pace of short commits to a database; SQLite has one writer.
    pub fn of_commits(db: &Db) -> Self {
        let at_once = if db.backend() == DbBackend::Sqlite { 1 } else { 2 };
        Self { batch: 128, at_once, enough: 24, waiting: 2048 }
    }
}

/// An item whose caller waits for an answer.
pub struct Waiting<T, A> {
    /// What was brought.
    pub item: T,
    /// Where the answer goes; nobody may be waiting there any more.
    pub answer: oneshot::Sender<Result<A>>,
}

/// The entrance, for all threads. Cheap to clone.
pub struct Gather<T, A>(mpsc::Sender<Waiting<T, A>>);

impl<T, A> Clone for Gather<T, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Send + 'static, A: Send + 'static> Gather<T, A> {
    /// Starts to work batches off on `thread`, by what `worker` makes there.
    pub fn start<W: AsyncFn(Vec<Waiting<T, A>>) + 'static>(
        thread: &Arbiter,
        pace: Pace,
        worker: impl FnOnce() -> W + Send + 'static,
    ) -> Self {
        let (queue, receiver) = mpsc::channel(pace.waiting);
        thread.spawn_fn(move || {
            let work = worker();
            actix_web::rt::spawn(async move { run(receiver, pace, work).await });
        });
        Self(queue)
    }

    /// Brings an item, and gives what became of it.
    ///
    /// # Errors
    /// What the work says; [`Code::Unavailable`] when too many wait or it takes longer than `within`, and then it may still
    /// be done.
    pub async fn ask(&self, item: T, within: Duration) -> Result<A> {
        let (answer, waiting) = oneshot::channel();
        let full = |_| Error::new(Code::Unavailable).because("too many are waiting");
        self.0.try_send(Waiting { item, answer }).map_err(full)?;
        match tokio::time::timeout(within, waiting).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(closed)) => Err(Error::new(Code::Unavailable).because(closed)),
            Err(elapsed) => Err(Error::new(Code::Unavailable).because(elapsed)),
        }
    }
}

async fn run<T, A>(mut queue: mpsc::Receiver<Waiting<T, A>>, pace: Pace, work: impl AsyncFn(Vec<Waiting<T, A>>)) {
    let mut batch = Vec::new();
    let mut running = FuturesUnordered::new();
    loop {
        let room = pace.batch - batch.len();
        tokio::select! {
            taken = queue.recv_many(&mut batch, room), if room > 0 => {
                if taken == 0 {
                    break;
                }
            }
            Some(()) = running.next() => {}
        }
        let enough = match running.len() {
            0 => 1,
            few if few < pace.at_once => pace.enough,
            _ => usize::MAX,
        };
        if batch.len() >= enough {
            running.push(work(std::mem::take(&mut batch)));
        }
    }
    if !batch.is_empty() {
        running.push(work(batch));
    }
    while running.next().await.is_some() {}
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// Work that says that it has begun, waits until it may go on, and answers how many were worked off together.
    fn gather(thread: &Arbiter) -> (Gather<u8, usize>, mpsc::UnboundedReceiver<usize>, Arc<Semaphore>) {
        let (begun, begins) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(0));
        let held = Arc::clone(&gate);
        let pace = Pace { batch: 3, at_once: 1, enough: 1, waiting: 8 };
        let gather = Gather::start(thread, pace, move || {
            async move |batch: Vec<Waiting<u8, usize>>| {
                let size = batch.len();
                begun.send(size).expect("somebody listens");
                held.acquire().await.expect("the gate stands").forget();
                for waiting in batch {
                    let _ = waiting.answer.send(Ok(size));
                }
            }
        });
        (gather, begins, gate)
    }

    #[actix_web::test]
    async fn what_comes_while_a_batch_is_under_way_goes_with_the_next_one() {
        let thread = Arbiter::new();
        let (gather, mut begins, gate) = gather(&thread);
        let first = async {
            let (asked, begun) = tokio::join!(gather.ask(0, LONG), async {
                let begun = begins.recv().await;
                let others = join_all((1..=5).map(|item| gather.ask(item, LONG)));
                let (others, ()) = tokio::join!(others, async { gate.add_permits(3) });
                (begun, others)
            });
            (asked, begun)
        };
        let (first, (begun, others)) = first.await;
        assert_eq!((first.expect("an answer"), begun), (1, Some(1)));
        let sizes: Vec<usize> = others.into_iter().map(|answer| answer.expect("an answer")).collect();
        assert_eq!(sizes, [3, 3, 3, 2, 2], "three at most go together");
        thread.stop();
    }

    #[actix_web::test]
    async fn who_cannot_wait_is_asked_to_come_again_and_holds_up_nobody() {
        let thread = Arbiter::new();
        let (gather, mut begins, gate) = gather(&thread);
        let refused = gather.ask(0, Duration::ZERO).await.expect_err("nothing is answered yet");
        assert_eq!(refused.code(), Code::Unavailable);
        assert_eq!(begins.recv().await, Some(1), "it is worked off all the same");
        gate.add_permits(2);
        assert_eq!(gather.ask(1, LONG).await.expect("an answer"), 1);
        thread.stop();
    }
}
