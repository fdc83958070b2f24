//! The one clock. Everything that asks for the time asks here, so that tests can move it.
//!
//! Times are UTC, cut to whole milliseconds so that a value reads back from either database as it was written.
//! Days and months are those of the [calendar](super::calendar).

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// A moment in UTC with millisecond precision.
pub type Time = DateTime<Utc>;

/// The source of the current time: the system's clock, one that is set otherwise, or one that a test moves.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// How far it is ahead of the system's, in milliseconds.
    Offset(Arc<AtomicI64>),
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that runs as the machine's does, until [`advance`](Self::advance) sets it forward or back.
    pub fn adjustable() -> Self {
        Self(Source::Offset(Arc::new(AtomicI64::new(0))))
    }

    /// A clock that stands at `start` until [`advance`](Self::advance) moves it.
    pub fn manual(start: Time) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(start.timestamp_millis()))))
    }

    /// Now, in whole milliseconds.
    pub fn now(&self) -> Time {
        match &self.0 {
            Source::System => system_now().trunc_subsecs(3),
            Source::Offset(millis) => {
                (system_now() + TimeDelta::milliseconds(millis.load(Ordering::SeqCst))).trunc_subsecs(3)
            }
            Source::Manual(millis) => {
                DateTime::from_timestamp_millis(millis.load(Ordering::SeqCst)).unwrap_or(DateTime::UNIX_EPOCH)
            }
        }
    }

    /// Whether only [`advance`](Self::advance) moves this clock.
    pub fn is_manual(&self) -> bool {
        matches!(self.0, Source::Manual(_))
    }

    /// Moves the clock forward (or back, by a negative step); the system's cannot be moved.
    pub fn advance(&self, step: TimeDelta) {
        if let Source::Manual(millis) | Source::Offset(millis) = &self.0 {
            millis.fetch_add(step.num_milliseconds(), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the seam that everything else goes through")]
fn system_now() -> Time {
    Utc::now()
}

/// Days and months are those of the calendar; facts store theirs as `biz_day`.
pub use super::calendar::{day_of as biz_day, next_midnight, next_month, shanghai, time_of_day};

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn a_manual_clock_stands_still_until_it_is_moved() {
        let clock = Clock::manual(at("2026-11-21T00:00:00Z"));
        assert_eq!(clock.now(), clock.now());
        clock.advance(TimeDelta::hours(49));
        assert_eq!(clock.now(), at("2026-11-23T01:00:00Z"));
    }

    #[test]
    fn an_adjustable_clock_runs_with_the_machines_and_jumps() {
        let (clock, machine) = (Clock::adjustable(), Clock::system());
        let before = machine.now();
        let now = clock.now();
        assert!((before..=machine.now()).contains(&now));
        clock.advance(TimeDelta::hours(-3));
        assert!(clock.now() < before - TimeDelta::hours(2));
    }
}
