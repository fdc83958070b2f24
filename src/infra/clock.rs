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

/// The source of the current time: the system's clock, or one that a test moves.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Milliseconds, or [`RUNS`].
    Manual(Arc<AtomicI64>),
}

/// What a manual clock holds that goes as the machine's does.
const RUNS: i64 = i64::MAX;

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until [`advance`](Self::advance) moves it.
    pub fn manual(start: Time) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(start.timestamp_millis()))))
    }

    /// Now, in whole milliseconds.
    pub fn now(&self) -> Time {
        match &self.0 {
            Source::System => system_now().trunc_subsecs(3),
            Source::Manual(millis) => match millis.load(Ordering::SeqCst) {
                RUNS => system_now().trunc_subsecs(3),
                millis => DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH),
            },
        }
    }

    /// Whether [`advance`](Self::advance) moves this clock.
    pub fn is_manual(&self) -> bool {
        matches!(&self.0, Source::Manual(millis) if millis.load(Ordering::SeqCst) != RUNS)
    }

    /// Moves a manual clock forward (or back, by a negative step); the system clock cannot be moved.
    pub fn advance(&self, step: TimeDelta) {
        if let Source::Manual(millis) = &self.0 {
            let moved = |millis| (millis != RUNS).then_some(millis + step.num_milliseconds());
            // It fails only for a clock that runs.
            let _ = millis.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
        }
    }

    /// Lets a manual clock go as the machine's does from now on: whoever was prepared in the past lives on in the present.
    pub fn run(&self) {
        if let Source::Manual(millis) = &self.0 {
            millis.store(RUNS, Ordering::SeqCst);
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
    fn a_manual_clock_can_be_let_go() {
        let clock = Clock::manual(at("2001-01-01T00:00:00Z"));
        let before = Clock::system().now();
        clock.clone().run();
        assert!(clock.now() >= before && !clock.is_manual());
        clock.advance(TimeDelta::days(365));
        assert!(clock.now() < before + TimeDelta::days(1), "what runs is not moved");
    }
}
