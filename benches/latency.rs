//! How long requests took. Each counts from the moment it was due, so that a slow answer is not excused by the requests that
//! it held up.

use std::time::Duration;

use anyhow::{Context, Result};
use hdrhistogram::Histogram;
use serde::Serialize;

use crate::report::{Measure, rounded};

/// The shares of a hundred that a curve shows; the last one is the slowest of all.
pub const SHARES: [f64; 7] = [50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 100.0];

/// Latencies, exact to a thousandth.
#[derive(Clone, Debug)]
pub struct Latencies(Histogram<u64>);

/// How long a share of all requests took at most.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Point {
    /// The share in percent.
    pub percent: f64,
    /// The time in milliseconds.
    pub ms: f64,
}

impl Latencies {
    /// Of these times.
    pub fn of(times: impl IntoIterator<Item = Duration>) -> Result<Self> {
        let mut histogram = Histogram::new(3)?;
        for time in times {
            histogram.record(u64::try_from(time.as_micros())?)?;
        }
        Ok(Self(histogram))
    }

    /// How many there are.
    pub fn count(&self) -> Result<u32> {
        u32::try_from(self.0.len()).context("as many as fit")
    }

    /// What this share of a hundred did not exceed, in milliseconds.
    pub fn at(&self, percent: f64) -> f64 {
        Duration::from_micros(self.0.value_at_percentile(percent)).as_secs_f64() * 1000.0
    }

    /// All shares that are drawn.
    pub fn curve(&self) -> Vec<Point> {
        SHARES.into_iter().map(|percent| Point { percent, ms: rounded(self.at(percent)) }).collect()
    }

    /// A measure whose figure is what 99 of a hundred did not exceed, with median, slowest and the curve.
    pub fn p99(&self, name: impl Into<String>) -> Measure {
        Measure::new(name, self.at(99.0), "ms")
            .with("p50_ms", rounded(self.at(50.0)))
            .with("max_ms", rounded(self.at(100.0)))
            .along(self.curve())
    }
}
