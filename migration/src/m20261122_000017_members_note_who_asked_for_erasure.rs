use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, Table, async_trait};

use crate::column::{id, maybe, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in [maybe(id("staff_id")), maybe(text("reason"))] {
            manager.alter_table(Table::alter().table("member_erasure").add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["reason", "staff_id"] {
            manager.alter_table(Table::alter().table("member_erasure").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
