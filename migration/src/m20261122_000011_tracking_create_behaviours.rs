use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{day, id, int, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("behaviour")
                    .col(id("id").primary_key())
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(text("key").unique_key())
                    .col(text("kind"))
                    .col(text("page"))
                    .col(maybe(text("target")))
                    .col(maybe(int("millis")))
                    .col(time("at"))
                    .col(time("received_at"))
                    .col(day("biz_day"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("behaviour_person")
                    .table("behaviour")
                    .col("account")
                    .col("open_id")
                    .col("at")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("behaviour").to_owned()).await
    }
}
