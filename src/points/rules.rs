//! Pure decisions: times of lots, and periods of caps.

use chrono::NaiveDate;
use entity::points::{counter::Period, lot::State};

use super::give::Available;
use crate::{
    error::{Error, Result},
    infra::{
        calendar::{Day, day_of, end_of, first_of_month, first_of_year, last_day_before, start_of},
        clock::Time,
    },
};

/// A moment that never comes: of lots that last for ever, or that nothing but a decision makes available.
pub(super) fn never() -> Time {
    start_of(NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(Day::MAX))
}

/// Whether such a moment comes.
pub(super) fn comes(at: Time) -> Option<Time> {
    (at < never()).then_some(at)
}

/// When a new lot can be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) state: State,
    pub(super) available_at: Time,
    pub(super) expires_at: Time,
}

impl Times {
    /// Of a lot that is given at `now`. It lasts to the end of the day in which `expires_at` falls.
    ///
    /// # Errors
    /// When it would end before it can be spent.
    pub(super) fn new(now: Time, available: Available, expires_at: Option<Time>) -> Result<Self> {
        let expires_at = expires_at.map_or_else(never, |end| end_of(last_day_before(end)).min(never()));
        let (state, available_at) = match available {
            Available::Now => (State::Open, now),
            Available::At(at) if at <= now => (State::Open, now),
            Available::At(at) => (State::Waiting, at),
            Available::Held => (State::Held, never()),
        };
        let first = if state == State::Held { now } else { available_at };
        if expires_at <= first {
            return Err(Error::invalid("expires_at", "must be after the points can be spent"));
        }
        Ok(Self { state, available_at, expires_at })
    }

    /// When time changes such a lot next.
    pub(super) fn due_at(self) -> Time {
        due_at(self.state, self.available_at, self.expires_at)
    }
}

/// When time changes a lot next.
pub(super) fn due_at(state: State, available_at: Time, expires_at: Time) -> Time {
    match state {
        State::Waiting => available_at.min(expires_at),
        State::Held | State::Open => expires_at,
        State::Used | State::Expired | State::Cancelled => never(),
    }
}

/// The first day of the period in which `at` falls.
pub(super) fn starts_on(period: Period, at: Time) -> Day {
    let day = day_of(at);
    match period {
        Period::Day => day,
        Period::Month => first_of_month(day),
        Period::Year => first_of_year(day),
        Period::Ever => NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or(Day::MIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn a_lot_lasts_to_the_end_of_its_last_day_in_shanghai() {
        let now = at("2026-11-22T04:00:00Z");
        let ends = |end| Times::new(now, Available::Now, Some(at(end))).map(|times| times.expires_at);
        for end in ["2026-12-31T01:00:00Z", "2026-12-31T15:59:59.999Z", "2026-12-31T16:00:00Z"] {
            assert_eq!(ends(end).unwrap(), at("2026-12-31T16:00:00Z"), "{end}");
        }
        assert!(ends("2026-11-21T16:00:00Z").is_err(), "yesterday");
        assert_eq!(ends("2026-11-22T04:00:00Z").unwrap(), at("2026-11-22T16:00:00Z"), "today");
        assert_eq!(comes(Times::new(now, Available::Now, None).unwrap().expires_at), None);
    }

    #[test]
    fn a_lot_that_ends_before_it_begins_is_refused() {
        let now = at("2026-11-22T04:00:00Z");
        let later = Available::At(at("2026-12-01T00:00:00Z"));
        assert!(Times::new(now, later, Some(at("2026-11-30T00:00:00Z"))).is_err());
        let times = Times::new(now, later, Some(at("2026-12-31T00:00:00Z"))).unwrap();
        assert_eq!((times.state, times.due_at()), (State::Waiting, at("2026-12-01T00:00:00Z")));
        let held = Times::new(now, Available::Held, Some(at("2026-12-31T00:00:00Z"))).unwrap();
        assert_eq!((held.state, held.due_at()), (State::Held, at("2026-12-31T16:00:00Z")));
        assert_eq!(Times::new(now, Available::At(now), None).unwrap().state, State::Open);
    }

    #[test]
    fn periods_begin_in_shanghai() {
        let late = at("2026-12-31T16:00:00Z");
        for (period, first) in
            [(Period::Day, "2027-01-01"), (Period::Month, "2027-01-01"), (Period::Year, "2027-01-01")]
        {
            assert_eq!(starts_on(period, late).to_string(), first);
        }
        assert_eq!(starts_on(Period::Month, at("2026-12-31T15:59:59Z")).to_string(), "2026-12-01");
        assert_eq!(starts_on(Period::Ever, late), starts_on(Period::Ever, at("2020-01-01T00:00:00Z")));
    }
}
