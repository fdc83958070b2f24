use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{big, id, int, json, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("export_request")
                    .col(id("id").primary_key())
                    .col(json("what"))
                    .col(text("reason"))
                    .col(id("staff_id"))
                    .col(text("login"))
                    .col(text("state"))
                    .col(maybe(id("decided_by")))
                    .col(maybe(time("decided_at")))
                    .col(maybe(text("why")))
                    .col(big("total"))
                    .col(big("done"))
                    .col(int("parts"))
                    .col(maybe(text("cursor")))
                    .col(int("fetched"))
                    .col(time("created_at"))
                    .col(maybe(time("ready_at")))
                    .col(maybe(time("expires_at")))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("export_part")
                    .col(id("request_id"))
                    .col(int("part"))
                    .col(text("sealed"))
                    .primary_key(Index::create().col("request_id").col("part"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["export_part", "export_request"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
