//! The schema, brought up to date by one node at a time.

use std::collections::BTreeSet;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, TransactionTrait};

use crate::error::{Error, Result};

/// Waits for the lock that every node takes before it looks at the schema; its number means nothing.
const TAKE_TURN: &str = "SELECT pg_advisory_xact_lock(7599102476)";

/// Applies the migrations that are missing. Nodes that start together wait for each other.
///
/// A schema that is ahead of this program is left as it is: a newer version has begun to take over, and while it does, nodes
/// of this one start again or come back. Migrations only ever add (see `deploy/UPGRADE.md`), so this program fits it.
///
/// # Errors
/// When the database does not answer, a migration fails, or the schema has taken another way than this program knows.
pub async fn update_schema(connection: &DatabaseConnection) -> Result<()> {
    // Held by a transaction of its own, so that the lock ends with this function, however it ends.
    let turn = match connection.get_database_backend() {
        DbBackend::Postgres => {
            let turn = connection.begin().await?;
            turn.execute_unprepared(TAKE_TURN).await?;
            Some(turn)
        }
        _ => None,
    };
    if !is_ahead(connection).await? {
        Migrator::up(connection, None).await?;
    }
    if let Some(turn) = turn {
        turn.commit().await?;
    }
    Ok(())
}

/// Whether the schema has everything that this program knows, and more.
async fn is_ahead(connection: &DatabaseConnection) -> Result<bool> {
    let known: BTreeSet<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let applied = Migrator::get_migration_models(connection).await?;
    let applied: BTreeSet<String> = applied.into_iter().map(|row| row.version).collect();
    let strange: Vec<&String> = applied.difference(&known).collect();
    if strange.is_empty() {
        return Ok(false);
    }
    if let Some(missing) = known.difference(&applied).next() {
        // A branch that was never released, or two that were: somebody has to look.
        return Err(Error::internal(format!(
            "the schema holds {strange:?}, which this program does not know, and lacks {missing}"
        )));
    }
    tracing::info!(?strange, "the schema is ahead of this program");
    Ok(true)
}
