//! The one clock. Everything that asks for the time asks here, so that tests can move it.
//!
//! Times are UTC, cut to whole milliseconds so that a value reads back from either database as it was written.
//! Business days and month ends are computed in Asia/Shanghai, which has had no daylight saving time since 1991.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, Offset, SubsecRound, TimeDelta, TimeZone, Utc};

/// A moment in UTC with millisecond precision.
pub type Time = DateTime<Utc>;

/// The source of the current time: the system's clock, or one that a test moves.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

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
            Source::Manual(millis) => {
                DateTime::from_timestamp_millis(millis.load(Ordering::SeqCst)).unwrap_or(DateTime::UNIX_EPOCH)
            }
        }
    }

    /// Whether [`advance`](Self::advance) moves this clock.
    pub fn is_manual(&self) -> bool {
        matches!(self.0, Source::Manual(_))
    }

    /// Moves a manual clock forward (or back, by a negative step); the system clock cannot be moved.
    pub fn advance(&self, step: TimeDelta) {
        if let Source::Manual(millis) = &self.0 {
            millis.fetch_add(step.num_milliseconds(), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the seam that everything else goes through")]
fn system_now() -> Time {
    Utc::now()
}

/// Asia/Shanghai as a fixed offset of eight hours, exact for every date since 1991.
pub fn shanghai() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).unwrap_or_else(|| Utc.fix())
}

/// The business day of a moment: its date in Asia/Shanghai. Stored with every fact.
pub fn biz_day(at: Time) -> NaiveDate {
    at.with_timezone(&shanghai()).date_naive()
}

/// The time of day in Asia/Shanghai.
pub fn time_of_day(at: Time) -> NaiveTime {
    at.with_timezone(&shanghai()).time()
}

/// The first moment of the business day after `at`: when WeChat's daily quotas start anew (protocol section 3.5).
pub fn next_midnight(at: Time) -> Time {
    let tomorrow = biz_day(at).checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    midnight(tomorrow).unwrap_or(at)
}

/// The first moment of the business month after `at`: when monthly quotas start anew.
pub fn next_month(at: Time) -> Time {
    use chrono::Datelike;
    let day = biz_day(at);
    let (year, month) = if day.month() == 12 { (day.year() + 1, 1) } else { (day.year(), day.month() + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).and_then(midnight).unwrap_or(at)
}

fn midnight(day: NaiveDate) -> Option<Time> {
    let local = day.and_time(NaiveTime::MIN);
    shanghai().from_local_datetime(&local).single().map(|t| t.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn the_business_day_changes_at_midnight_in_shanghai() {
        assert_eq!(biz_day(at("2026-12-31T15:59:59.999Z")).to_string(), "2026-12-31");
        assert_eq!(biz_day(at("2026-12-31T16:00:00Z")).to_string(), "2027-01-01");
        assert_eq!(next_midnight(at("2026-12-31T15:59:59Z")), at("2026-12-31T16:00:00Z"));
        assert_eq!(next_midnight(at("2026-12-31T16:00:00Z")), at("2027-01-01T16:00:00Z"));
    }

    #[test]
    fn the_business_month_ends_in_shanghai() {
        assert_eq!(next_month(at("2026-12-31T15:00:00Z")), at("2026-12-31T16:00:00Z"));
        assert_eq!(next_month(at("2026-12-31T16:00:00Z")), at("2027-01-31T16:00:00Z"));
    }

    #[test]
    fn a_manual_clock_stands_still_until_it_is_moved() {
        let clock = Clock::manual(at("2026-11-21T00:00:00Z"));
        assert_eq!(clock.now(), clock.now());
        clock.advance(TimeDelta::hours(49));
        assert_eq!(clock.now(), at("2026-11-23T01:00:00Z"));
    }
}
