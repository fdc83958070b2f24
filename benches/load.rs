//! The load: so many connections ask one request after the other, as quickly as they are answered or each at its own time.
//! Everything runs on one thread, so that the service and its database keep most of the machine.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::task::JoinSet;

use crate::latency::Latencies;

/// How requests follow one another.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// Each connection asks as soon as it has its answer.
    FlatOut,
    /// Request number `n` is due `n` times this after the start, whatever became of the others. Its latency counts from
    /// then.
    Every(Duration),
}

impl Pace {
    /// So many in a second.
    pub fn per_second(rate: f64) -> Self {
        Self::Every(Duration::from_secs_f64(1.0 / rate))
    }

    /// Waits until a request is due, and says since when it is.
    pub async fn due(self, start: Instant, number: usize) -> Result<Instant> {
        match self {
            Self::FlatOut => Ok(Instant::now()),
            Self::Every(step) => {
                let due = start + step * u32::try_from(number)?;
                tokio::time::sleep_until(due.into()).await;
                Ok(due)
            }
        }
    }
}

/// What came of a load.
#[derive(Debug)]
pub struct Outcome {
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// One for each request.
    pub latencies: Latencies,
}

impl Outcome {
    /// Answers per second.
    pub fn per_second(&self) -> Result<f64> {
        Ok(f64::from(self.latencies.count()?) / self.elapsed.as_secs_f64())
    }
}

/// Asks `count` requests, each by its number.
pub async fn each<F>(
    count: usize,
    connections: usize,
    pace: Pace,
    ask: impl Fn(usize) -> F + Clone + Send + 'static,
) -> Result<Outcome>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let next = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let mut asking = JoinSet::new();
    for _ in 0..connections {
        let (next, ask) = (Arc::clone(&next), ask.clone());
        asking.spawn(async move {
            let mut times = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return anyhow::Ok(times);
                }
                let due = pace.due(start, number).await?;
                ask(number).await?;
                times.push(due.elapsed());
            }
        });
    }
    let mut times = Vec::with_capacity(count);
    while let Some(some) = asking.join_next().await {
        times.extend(some??);
    }
    Ok(Outcome { elapsed: start.elapsed(), latencies: Latencies::of(times)? })
}

/// Asks them as quickly as they are answered, then as many again at half of that rate: what is served then is how it is on
/// an ordinary day. Gives that rate, and what came of it.
pub async fn at_half<F>(
    count: usize,
    connections: usize,
    ask: impl Fn(usize) -> F + Clone + Send + 'static,
) -> Result<(f64, Outcome)>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let rate = each(count, connections, Pace::FlatOut, ask.clone()).await?.per_second()? / 2.0;
    Ok((rate, each(count, connections, Pace::per_second(rate), ask).await?))
}

/// Asks each at its own time, however many are under way; gives when each was due.
pub async fn open<F>(count: usize, rate: u32, ask: impl Fn(usize) -> F) -> Result<Vec<Instant>>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    // Connections are made meanwhile.
    let start = Instant::now() + Duration::from_millis(100);
    let pace = Pace::per_second(f64::from(rate));
    let (mut due, mut asking) = (Vec::with_capacity(count), JoinSet::new());
    for number in 0..count {
        due.push(pace.due(start, number).await?);
        asking.spawn(ask(number));
    }
    while let Some(asked) = asking.join_next().await {
        asked??;
    }
    Ok(due)
}
