use sea_orm_migration::prelude::{
    ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager, Table,
    async_trait,
};

use crate::column::{day, id, int, json, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("job")
                    .col(id("id").primary_key())
                    .col(text("kind"))
                    .col(json("payload"))
                    .col(text("state"))
                    .col(time("due_at"))
                    .col(int("attempts"))
                    .col(maybe(text("order_key")))
                    .col(maybe(text("unique_key")))
                    .col(time("created_at"))
                    .col(maybe(text("cause")))
                    .col(maybe(text("error")))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("job_due")
                    .table("job")
                    .col("due_at")
                    .and_where(Expr::col("state").eq("live"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("job_order")
                    .table("job")
                    .col("order_key")
                    .col("id")
                    .and_where(Expr::col("order_key").is_not_null())
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("job_unique").table("job").col("unique_key").unique().to_owned())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("event")
                    .col(id("id").primary_key())
                    .col(text("kind"))
                    .col(maybe(text("subject")))
                    .col(json("payload"))
                    .col(time("occurred_at"))
                    .col(day("biz_day"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("event_subject").table("event").col("subject").col("occurred_at").to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create().table("schedule").col(text("name").primary_key()).col(time("next_at")).to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["schedule", "event", "job"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
