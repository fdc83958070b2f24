use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{id, int, json, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("reach_window")
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(text("trigger"))
                    .primary_key(Index::create().col("account").col("open_id").col("trigger"))
                    .col(time("opened_at"))
                    .col(time("closes_at"))
                    .col(int("allowed"))
                    .col(int("used"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("delivery")
                    .col(id("id").primary_key())
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(text("channel"))
                    .col(json("message"))
                    .col(text("state"))
                    .col(maybe(text("reason")))
                    .col(time("created_at"))
                    .col(maybe(time("settled_at")))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("delivery_person")
                    .table("delivery")
                    .col("account")
                    .col("open_id")
                    .col("created_at")
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["delivery", "reach_window"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
