//! Which failures of a unit of work are worth another try: lost races, never lost rules.

use std::{error::Error as _, time::Duration};

use sea_orm::{DbErr, RuntimeErr, sqlx};

use crate::{error::Error, infra::random::Random};

/// Tries in all.
pub(super) const TRIES: u32 = 6;

/// SQLSTATE of PostgreSQL and result codes of SQLite (with their extended forms) that mean "lost a race".
const LOST_RACES: [&str; 6] = ["40001", "40P01", "5", "261", "517", "6"];

/// Whether the unit of work failed only because another one was in its way.
pub(super) fn lost_a_race(error: &Error) -> bool {
    let Some(DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) =
        error.source().and_then(|source| source.downcast_ref::<DbErr>())
    else {
        return false;
    };
    match cause.as_ref() {
        sqlx::Error::Database(database) => database.code().is_some_and(|code| LOST_RACES.contains(&code.as_ref())),
        _ => false,
    }
}

/// How long to wait before try number `attempt` (from 1): doubles from 2 ms, with jitter.
pub(super) fn pause(attempt: u32, random: &Random) -> Duration {
    let ceiling = 2_usize.saturating_pow(attempt).saturating_mul(2).min(200);
    Duration::from_millis(u64::try_from(random.below(ceiling)).unwrap_or(0))
}
