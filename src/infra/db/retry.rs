//! Which failures of a unit of work are worth another try: lost races, never lost rules.

use std::{error::Error as _, time::Duration};

use sea_orm::{DbErr, RuntimeErr, sqlx};

use crate::{error::Error, infra::random::Random};

/// Tries in all.
pub(super) const TRIES: u32 = 6;

/// How a unit of work failed only because another one was in its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Race {
    /// The other one was first.
    Lost,
    /// Each waited for the other; the server gave this one up after a second.
    Circle,
}

impl Race {
    /// The race that a failure tells of.
    pub(super) fn of(error: &Error) -> Option<Self> {
        let Some(DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) =
            error.source().and_then(|source| source.downcast_ref::<DbErr>())
        else {
            return None;
        };
        let sqlx::Error::Database(database) = cause.as_ref() else { return None };
        // SQLSTATE of PostgreSQL, and result codes of SQLite with their extended forms.
        match database.code()?.as_ref() {
            "40P01" => Some(Self::Circle),
            "40001" | "5" | "261" | "517" | "6" => Some(Self::Lost),
            _ => None,
        }
    }

    /// How long to wait before try number `attempt` (from 1): doubles, with jitter. Whoever ran in circles stays away for as
    /// long as the others need to pass, or the next second begins as the last one did.
    pub(super) fn pause(self, attempt: u32, random: &Random) -> Duration {
        let (first, most) = match self {
            Self::Lost => (4, 200),
            Self::Circle => (200, 2000),
        };
        let ceiling = 2_usize.saturating_pow(attempt.saturating_sub(1)).saturating_mul(first).min(most);
        Duration::from_millis(u64::try_from(random.below(ceiling)).unwrap_or(0))
    }
}
