use sea_orm_migration::prelude::{
    ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager, Table,
    async_trait,
};

use crate::column::{big, day, id, int, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_reconciliations(manager).await?;
        create_lines(manager).await?;
        create_cases(manager).await?;
        index_payouts(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in ["payout_settled", "payout_provider_number"] {
            manager.drop_index(Index::drop().name(index).table("payout").to_owned()).await?;
        }
        for table in ["reconciliation_case", "bill_line", "reconciliation"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn create_reconciliations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("reconciliation")
        .col(id("id").primary_key())
        .col(text("merchant"))
        .col(day("day"))
        .col(text("state"))
        .col(maybe(text("code")))
        .col(int("runs"))
        .col(int("attempts"))
        .col(maybe(time("next_at")));
    for figure in [
        "there_count",
        "there_out",
        "there_in",
        "here_count",
        "here_out",
        "here_in",
        "other_count",
        "other_out",
        "other_in",
    ] {
        table.col(big(figure));
    }
    table.col(time("created_at")).col(maybe(time("fetched_at"))).col(maybe(time("done_at")));
    manager.create_table(table.take()).await?;
    let mut index = Index::create();
    index.name("reconciliation_day").table("reconciliation").unique().col("merchant").col("day");
    manager.create_index(index.take()).await?;
    let mut index = Index::create();
    index.name("reconciliation_recent").table("reconciliation").col("created_at").col("id");
    manager.create_index(index.take()).await
}

async fn create_lines(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("bill_line")
                .col(text("merchant"))
                .col(day("day"))
                .col(int("line"))
                .primary_key(Index::create().col("merchant").col("day").col("line"))
                .col(text("number"))
                .col(text("direction"))
                .col(big("amount"))
                .col(time("at"))
                .col(text("wechat_number"))
                .col(text("flow_number"))
                .col(text("business"))
                .to_owned(),
        )
        .await?;
    let mut index = Index::create();
    index.name("bill_line_number").table("bill_line").col("merchant").col("number");
    manager.create_index(index.take()).await
}

async fn create_cases(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("reconciliation_case")
        .col(id("id").primary_key())
        .col(text("merchant"))
        .col(day("day"))
        .col(text("kind"))
        .col(text("number"))
        .col(maybe(id("payout_id")))
        .col(maybe(text("payout_state")))
        .col(int("movements"))
        .col(int("lines"));
    for figure in ["here_out", "here_in", "there_out", "there_in"] {
        table.col(big(figure));
    }
    table
        .col(text("state"))
        .col(maybe(text("reason")))
        .col(maybe(id("staff_id")))
        .col(time("found_at"))
        .col(maybe(time("closed_at")));
    manager.create_table(table.take()).await?;
    let mut index = Index::create();
    index.name("reconciliation_case_finding").table("reconciliation_case").unique();
    manager.create_index(index.col("merchant").col("day").col("kind").col("number").take()).await?;
    let mut index = Index::create();
    index.name("reconciliation_case_open").table("reconciliation_case").col("merchant").col("id");
    manager.create_index(index.and_where(Expr::col("state").eq("open")).take()).await
}

/// By what payouts are looked for: the day of their end, and WeChat's number where a bill has not ours.
async fn index_payouts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name("payout_settled").table("payout").col("merchant").col("settled_at");
    manager.create_index(index.and_where(Expr::col("settled_at").is_not_null()).take()).await?;
    let mut index = Index::create();
    index.name("payout_provider_number").table("payout").col("provider_no");
    manager.create_index(index.and_where(Expr::col("provider_no").is_not_null()).take()).await
}
