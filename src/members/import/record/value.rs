//! Single cells as values.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};

use entity::members::profile::Sex;

use super::Flaw;
use crate::infra::clock::{Time, biz_day, shanghai};

/// The first year in which somebody can have been born.
const FIRST: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
/// More points than anybody has.
const MOST_POINTS: i64 = 1_000_000_000;

/// Words of one's own without what makes a spreadsheet take them for a formula.
pub(super) fn free(cell: &str) -> Option<String> {
    let text = cell.trim_start_matches(|letter: char| {
        matches!(letter, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') || letter.is_whitespace()
    });
    (!text.is_empty()).then(|| text.to_owned())
}

/// A number that names somebody, as it was typed: not one that a spreadsheet has rounded.
pub(super) fn identifier(cell: &str) -> Result<&str, Flaw> {
    let mut rest = cell.bytes().skip_while(|byte| byte.is_ascii_digit() || *byte == b'.');
    let scientific = rest.next().is_some_and(|byte| byte.eq_ignore_ascii_case(&b'e'))
        && cell.contains(['.', '+'])
        && rest.all(|byte| byte.is_ascii_digit() || byte == b'+')
        && cell.as_bytes().first().is_some_and(u8::is_ascii_digit);
    if scientific { Err(Flaw::CutNumber) } else { Ok(cell.strip_suffix(".0").unwrap_or(cell)) }
}

pub(super) fn sex(cell: &str) -> Result<Option<Sex>, Flaw> {
    match cell.to_lowercase().as_str() {
        "男" | "男性" | "男士" | "先生" | "m" | "male" | "man" | "1" => Ok(Some(Sex::Male)),
        "女" | "女性" | "女士" | "小姐" | "f" | "female" | "woman" | "2" => Ok(Some(Sex::Female)),
        "未知" | "保密" | "不详" | "无" | "u" | "unknown" | "0" | "-" => Ok(None),
        _ => Err(Flaw::Sex),
    }
}

/// A day as people and systems write it: `2001-02-03`, `2001/2/3`, `2001.2.3`, `20010203`, `2001年2月3日`, with or without
/// a time behind it.
fn moment(cell: &str) -> Option<(NaiveDate, NaiveTime)> {
    let cell = cell.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(cell) {
        let local = at.with_timezone(&shanghai());
        return Some((local.date_naive(), local.time()));
    }
    let (day, time) = match cell.split_once(['T', ' ']) {
        Some((day, time)) => (day, time.trim()),
        None => (cell, ""),
    };
    let parts: Vec<&str> = day.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    let day = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => {
            NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?
        }
        [whole] if whole.len() == 8 => NaiveDate::parse_from_str(whole, "%Y%m%d").ok()?,
        _ => return None,
    };
    if time.is_empty() {
        return Some((day, NaiveTime::MIN));
    }
    let formats = ["%H:%M:%S%.f", "%H:%M:%S", "%H:%M"];
    let time = formats.iter().find_map(|format| NaiveTime::parse_from_str(time, format).ok())?;
    Some((day, time))
}

/// A day, whatever time stands behind it.
pub(super) fn day(cell: &str) -> Option<NaiveDate> {
    moment(cell).map(|(day, _)| day)
}

pub(super) fn birthday(cell: &str, now: Time) -> Result<NaiveDate, Flaw> {
    let (day, _) = moment(cell).ok_or(Flaw::Birthday)?;
    if (FIRST..=biz_day(now)).contains(&day) { Ok(day) } else { Err(Flaw::Birthday) }
}

/// A moment in the time of the shops, which is that of Shanghai.
pub(super) fn joined_at(cell: &str, now: Time) -> Result<Time, Flaw> {
    let (day, time) = moment(cell).ok_or(Flaw::JoinedAt)?;
    let local = shanghai().from_local_datetime(&NaiveDateTime::new(day, time)).single().ok_or(Flaw::JoinedAt)?;
    let at = local.with_timezone(&Utc);
    let today = FIRST <= day && day <= biz_day(now);
    if today { Ok(at) } else { Err(Flaw::JoinedAt) }
}

/// A whole number, perhaps with commas between thousands or zeros after a point.
pub(super) fn points(cell: &str) -> Result<i64, Flaw> {
    let (whole, rest) = cell.split_once('.').unwrap_or((cell, ""));
    let digits: String = whole.chars().filter(|letter| *letter != ',').collect();
    let points: i64 = digits.parse().map_err(|_invalid| Flaw::Points)?;
    let fits = (0..=MOST_POINTS).contains(&points) && rest.bytes().all(|byte| byte == b'0');
    if fits { Ok(points) } else { Err(Flaw::Points) }
}
