//! How the client waits between tries. Injected, so that tests wait for nothing.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures_util::future::BoxFuture;

use crate::infra::{clock::Clock, random::Random};

/// A way to wait.
#[derive(Clone)]
pub struct Sleeper(Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>);

impl Sleeper {
    /// Waits in real time.
    pub fn real() -> Self {
        Self::new(|span| Box::pin(tokio::time::sleep(span)))
    }

    /// Waits as this clock passes: in real time, or by moving a clock that stands until it is moved.
    pub fn by(clock: &Clock) -> Self {
        if !clock.is_manual() {
            return Self::real();
        }
        let clock = clock.clone();
        Self::new(move |span| {
            clock.advance(TimeDelta::from_std(span).unwrap_or_default());
            Box::pin(std::future::ready(()))
        })
    }

    /// Waits as `wait` does.
    pub fn new(wait: impl Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        Self(Arc::new(wait))
    }

    /// Waits for about `span`.
    pub async fn sleep(&self, span: Duration) {
        (self.0)(span).await;
    }
}

/// `span` and up to a quarter more, so that nodes do not repeat in step.
pub(super) fn jittered(span: Duration, random: &Random) -> Duration {
    let quarter = usize::try_from(span.as_millis() / 4).unwrap_or(usize::MAX);
    let more = u64::try_from(random.below(quarter)).unwrap_or(0);
    span.saturating_add(Duration::from_millis(more))
}
