use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, Table, async_trait};

use crate::column::{big, id, json, maybe, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for (table, column) in [
            ("payout_event", maybe(id("staff_id"))),
            ("payout_event", maybe(text("reason"))),
            ("reward_grant", big("came_back").default(0).take()),
            ("reward_grant", maybe(json("taken_back"))),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("reward_grant", "taken_back"),
            ("reward_grant", "came_back"),
            ("payout_event", "reason"),
            ("payout_event", "staff_id"),
        ] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
