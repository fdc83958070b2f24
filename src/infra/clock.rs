//! The one clock. Everything that asks for the time asks here, so that tests can move it.
//!
//! Times are UTC, cut to whole milliseconds so that a value reads back from either database as it was written.
//! Days and months are those of the [calendar](super::calendar).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// A moment in UTC with millisecond precision.
pub type Time = DateTime<Utc>;

/// The source of the current time: the system's clock, or one that a test moves.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Movable(Arc<Mutex<Hands>>),
}

/// How a clock goes that can be moved.
#[derive(Clone, Copy, Debug)]
enum Hands {
    /// It stands at a moment.
    Stand(Time),
    /// It goes as the machine's, ahead of it by so much.
    Go(TimeDelta),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that goes as the machine's does, until [`advance`](Self::advance) sets it forward or back.
    pub fn adjustable() -> Self {
        Self::movable(Hands::Go(TimeDelta::zero()))
    }

    /// A clock that stands at `start` until [`advance`](Self::advance) moves it.
    pub fn manual(start: Time) -> Self {
        Self::movable(Hands::Stand(start))
    }

    fn movable(hands: Hands) -> Self {
        Self(Source::Movable(Arc::new(Mutex::new(hands))))
    }

    /// Now, in whole milliseconds.
    pub fn now(&self) -> Time {
        let now = match &self.0 {
            Source::System => system_now(),
            Source::Movable(shared) => match *hands(shared) {
                Hands::Stand(at) => at,
                Hands::Go(ahead) => system_now() + ahead,
            },
        };
        now.trunc_subsecs(3)
    }

    /// Whether only [`advance`](Self::advance) moves this clock.
    pub fn is_manual(&self) -> bool {
        matches!(&self.0, Source::Movable(shared) if matches!(*hands(shared), Hands::Stand(_)))
    }

    /// Moves the clock forward (or back, by a negative step); the system's cannot be moved.
    pub fn advance(&self, step: TimeDelta) {
        if let Source::Movable(shared) = &self.0 {
            match &mut *hands(shared) {
                Hands::Stand(at) => *at += step,
                Hands::Go(ahead) => *ahead += step,
            }
        }
    }

    /// Lets a manual clock go as the machine's does from now on: whoever was prepared in the past lives on in the present.
    pub fn run(&self) {
        if let Source::Movable(shared) = &self.0 {
            *hands(shared) = Hands::Go(TimeDelta::zero());
        }
    }
}

fn hands(shared: &Mutex<Hands>) -> MutexGuard<'_, Hands> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
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
