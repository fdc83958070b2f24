//! The schema, brought up to date by one node at a time.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, TransactionTrait};

use crate::error::Result;

/// Waits for the lock that every node takes before it looks at the schema; its number means nothing.
const TAKE_TURN: &str = "SELECT pg_advisory_xact_lock(7599102476)";

/// Applies the migrations that are missing. Nodes that start together wait for each other.
///
/// # Errors
/// When the database does not answer or a migration fails.
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
    Migrator::up(connection, None).await?;
    if let Some(turn) = turn {
        turn.commit().await?;
    }
    Ok(())
}
