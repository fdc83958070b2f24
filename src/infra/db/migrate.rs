//! Bringing the schema up to date at every start.

use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::DatabaseConnection;

use crate::error::Result;

/// Tries in all: nodes that start together migrate together, and all but one fail once.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// Applies the migrations that are missing. Each commits on its own on PostgreSQL, so a try that lost to another node
/// leaves nothing half done.
///
/// # Errors
/// When a migration fails although nobody is in its way.
pub async fn migrate(connection: &DatabaseConnection) -> Result<()> {
    for _ in 1..TRIES {
        match Migrator::up(connection, None).await {
            Ok(()) => return Ok(()),
            Err(error) => tracing::warn!(%error, "the schema could not be brought up to date; trying again"),
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(Migrator::up(connection, None).await?)
}
