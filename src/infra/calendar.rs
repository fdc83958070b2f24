//! Business days, months and years: those of Asia/Shanghai, which has had no daylight saving time since 1991.
//!
//! An end is the first moment that is no longer within, so that `start <= at < end`, and the end of one day is the start
//! of the next.

use chrono::{Datelike, Days, FixedOffset, Months, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};

use super::clock::Time;

/// A business day: a date in Asia/Shanghai.
pub type Day = NaiveDate;

/// Asia/Shanghai as a fixed offset of eight hours, exact for every date since 1991.
pub fn shanghai() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).unwrap_or_else(|| Utc.fix())
}

/// Whether people can mean a moment or a day. What is further away is somebody's slip, or an attack on sums and databases.
pub fn is_of_our_era(at: &impl Datelike) -> bool {
    (1900..3000).contains(&at.year())
}

/// The rule of a field that names a moment or a day.
///
/// # Errors
/// When nobody can mean it.
pub fn of_our_era(at: &impl Datelike, _: &()) -> garde::Result {
    if is_of_our_era(at) { Ok(()) } else { Err(garde::Error::new("must be between the years 1900 and 2999")) }
}

/// The business day of a moment. Stored with every fact.
pub fn day_of(at: Time) -> Day {
    at.with_timezone(&shanghai()).date_naive()
}

/// The time of day in Asia/Shanghai.
pub fn time_of_day(at: Time) -> NaiveTime {
    at.with_timezone(&shanghai()).time()
}

/// The first moment of a day. Days beyond what times can tell begin at the end of time.
pub fn start_of(day: Day) -> Time {
    let local = day.and_time(NaiveTime::MIN);
    shanghai().from_local_datetime(&local).single().map_or(Time::MAX_UTC, |at| at.with_timezone(&Utc))
}

/// The end of a day: the first moment of the next.
pub fn end_of(day: Day) -> Time {
    start_of(days_after(day, 1))
}

/// The last day of what ends at `end`.
pub fn last_day_before(end: Time) -> Day {
    day_of(end - TimeDelta::milliseconds(1))
}

/// A day as Chinese people write it and WeChat's keywords take it, such as `2026年12月31日`.
pub fn day_in_words(day: Day) -> String {
    day.format("%Y年%-m月%-d日").to_string()
}

/// A moment in Asia/Shanghai, such as `2026年12月31日 10:30`.
pub fn moment_in_words(at: Time) -> String {
    format!("{} {}", day_in_words(day_of(at)), time_of_day(at).format("%H:%M"))
}

/// The day so many days later.
pub fn days_after(day: Day, days: u32) -> Day {
    day.checked_add_days(Days::new(days.into())).unwrap_or(Day::MAX)
}

/// The first day of the month of a day.
pub fn first_of_month(day: Day) -> Day {
    day.with_day(1).unwrap_or(day)
}

/// The first day of the month so many months after the month of a day.
pub fn months_after(day: Day, months: u32) -> Day {
    first_of_month(day).checked_add_months(Months::new(months)).unwrap_or(Day::MAX)
}

/// The first day of the year of a day.
pub fn first_of_year(day: Day) -> Day {
    day.with_ordinal(1).unwrap_or(day)
}

/// The end of the day so many days after the day of `at`; 0 is the end of the same day.
pub fn end_of_day_after(at: Time, days: u32) -> Time {
    end_of(days_after(day_of(at), days))
}

/// The end of the month so many months after the month of `at`; 0 is the end of the same month.
pub fn end_of_month_after(at: Time, months: u32) -> Time {
    start_of(months_after(day_of(at), months.saturating_add(1)))
}

/// The first moment of the business day after `at`: when WeChat's daily quotas start anew (protocol section 3.5).
pub fn next_midnight(at: Time) -> Time {
    end_of_day_after(at, 0)
}

/// The first moment of the business month after `at`: when monthly quotas start anew.
pub fn next_month(at: Time) -> Time {
    end_of_month_after(at, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn the_business_day_changes_at_midnight_in_shanghai() {
        assert_eq!(day_of(at("2026-12-31T15:59:59.999Z")), day("2026-12-31"));
        assert_eq!(day_of(at("2026-12-31T16:00:00Z")), day("2027-01-01"));
        assert_eq!(next_midnight(at("2026-12-31T15:59:59Z")), at("2026-12-31T16:00:00Z"));
        assert_eq!(next_midnight(at("2026-12-31T16:00:00Z")), at("2027-01-01T16:00:00Z"));
        assert_eq!((start_of(day("2027-01-01")), end_of(day("2026-12-31"))).0, end_of(day("2026-12-31")));
        assert_eq!(last_day_before(end_of(day("2026-12-31"))), day("2026-12-31"));
    }

    #[test]
    fn the_business_month_ends_in_shanghai() {
        assert_eq!(next_month(at("2026-12-31T15:00:00Z")), at("2026-12-31T16:00:00Z"));
        assert_eq!(next_month(at("2026-12-31T16:00:00Z")), at("2027-01-31T16:00:00Z"));
    }

    #[test]
    fn months_later_end_on_their_own_last_day() {
        for (from, months, last) in [
            ("2026-11-22T04:00:00Z", 12, "2027-11-30"),
            ("2026-12-31T15:59:59Z", 2, "2027-02-28"),
            ("2027-12-31T15:59:59Z", 2, "2028-02-29"),
            ("2026-12-31T16:00:00Z", 0, "2027-01-31"),
        ] {
            assert_eq!(end_of_month_after(at(from), months), end_of(day(last)), "{from} and {months} months");
        }
        assert_eq!(end_of_day_after(at("2026-11-22T17:00:00Z"), 30), end_of(day("2026-12-23")));
        assert_eq!(months_after(day("2026-01-31"), 1), day("2026-02-01"));
        assert_eq!(first_of_year(day("2026-11-22")), day("2026-01-01"));
    }

    #[test]
    fn days_and_moments_are_written_as_people_do() {
        assert_eq!(day_in_words(day("2026-02-03")), "2026年2月3日");
        assert_eq!(moment_in_words(at("2026-12-31T16:05:00Z")), "2027年1月1日 00:05");
    }

    #[test]
    fn there_is_an_end_of_time() {
        assert_eq!(end_of_month_after(at("2026-11-22T04:00:00Z"), u32::MAX), start_of(Day::MAX));
        assert_eq!(end_of_day_after(at("2026-11-22T04:00:00Z"), u32::MAX), start_of(Day::MAX));
    }
}
