//! Striking work in its middle.

use std::{cell::Cell, future::poll_fn, pin::pin, task::Poll};

/// Does `work`, and is struck when it has gone so many steps: `strike` says whether it ends there. Says whether it came
/// to its end without being struck.
pub async fn struck<T>(work: impl Future<Output = T>, steps: usize, strike: &dyn Fn() -> Strike) -> bool {
    let mut work = pin!(work);
    let gone = Cell::new(0);
    let ended = poll_fn(|context| {
        gone.set(gone.get() + 1);
        if gone.get() == steps && strike() == Strike::Deadly {
            return Poll::Ready(());
        }
        work.as_mut().poll(context).map(drop)
    });
    ended.await;
    gone.get() < steps
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    /// Nothing of the work goes on.
    Deadly,
    /// It goes on as it can.
    Hard,
}
