//! How the schema of Huilian grew. Migrations write columns by name and never depend on `entity`, so that history
//! stays as it was. Every change is expand, move, contract, because old and new code overlap during a deploy.

use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait, async_trait};

mod column;
mod m20261121_000001_jobs_create;
mod m20261121_000002_http_create_idempotency_keys;

/// All migrations in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_jobs_create::Migration),
            Box::new(m20261121_000002_http_create_idempotency_keys::Migration),
        ]
    }
}
