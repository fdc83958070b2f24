//! Which failures mean that the database is away or cannot work now. The same unit of work may succeed later, and what
//! failed so says nothing about the unit itself.

use sea_orm::{DbErr, RuntimeErr, sqlx};

use crate::error::{Code, Error};

/// Beginnings of SQLSTATE of PostgreSQL: connection lost, server stopping or starting or in recovery (read only), out of
/// disk, memory or connections, races lost too often, cancelled for taking too long, failing system.
const POSTGRES: [&str; 10] = ["08", "25006", "40001", "40P01", "53", "55P03", "57014", "57P0", "58", "XX001"];
/// Result codes of SQLite without their extensions: busy, locked, failing disk, full disk, file not there.
const SQLITE: [u32; 5] = [5, 6, 10, 13, 14];

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_away(&error) { Self::new(Code::Unavailable).because(error) } else { Self::internal(error) }
    }
}

fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            match cause.as_ref() {
                sqlx::Error::Database(answer) => answer.code().is_some_and(|code| says_away(&code)),
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => true,
                _ => false,
            }
        }
        _ => false,
    }
}

/// SQLSTATE has five characters, SQLite's numbers have fewer.
fn says_away(code: &str) -> bool {
    if code.len() == 5 {
        return POSTGRES.iter().any(|beginning| code.starts_with(beginning));
    }
    code.parse::<u32>().is_ok_and(|number| SQLITE.contains(&(number & 0xff)))
}

/// Whether a connection had died while it waited in the pool. Its first use finds out, before anything was done.
pub(super) fn was_dead(error: &DbErr) -> bool {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            matches!(cause.as_ref(), sqlx::Error::Io(_))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_engines_are_told_apart_from_broken_rules() {
        for away in ["08006", "25006", "40001", "53300", "57P01", "5", "517", "261", "6", "3338", "13"] {
            assert!(says_away(away), "{away}");
        }
        for rule in ["23505", "P0001", "22P02", "42P01", "19", "1811", "2067", "787", "1"] {
            assert!(!says_away(rule), "{rule}");
        }
    }
}
