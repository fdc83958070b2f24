//! What a power cut leaves.

use std::{future::poll_fn, pin::pin, task::Poll};

/// Does `work` for so many steps, and drops it there. Gives what came of it when it was over before.
pub async fn cut<T>(work: impl Future<Output = T>, steps: usize) -> Option<T> {
    let mut work = pin!(work);
    let mut left = steps;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}
