use sea_orm_migration::prelude::{
    ColumnDef, ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager,
    Table, async_trait,
};

use crate::column::{big, day, id, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_accounts(manager).await?;
        create_entries(manager).await?;
        create_counters(manager).await?;
        create_checks(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "points_check",
            "points_difference",
            "points_counter",
            "points_draw",
            "points_lot",
            "points_entry",
            "points_account",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn index(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    columns: &[&str],
    unique: bool,
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(format!("{table}_{name}")).table(table.to_owned());
    for column in columns {
        index.col((*column).to_owned());
    }
    if unique {
        index.unique();
    }
    manager.create_index(index.take()).await
}

/// A number of points, of which there are never fewer than none.
fn points(name: &'static str) -> ColumnDef {
    big(name).check(Expr::col(name).gte(0)).take()
}

async fn create_accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("points_account")
                .col(id("member_id").primary_key())
                .col(points("balance"))
                .col(points("pending"))
                .col(time("next_due_at"))
                .col(maybe(time("stopped_at")))
                .to_owned(),
        )
        .await?;
    index(manager, "points_account", "due", &["next_due_at", "member_id"], false).await?;
    manager
        .create_table(
            Table::create()
                .table("points_lot")
                .col(id("id").primary_key())
                .col(id("member_id"))
                .col(id("entry_id"))
                .col(points("earned"))
                .col(points("remaining"))
                .col(text("state"))
                .col(time("available_at"))
                .col(time("expires_at"))
                .col(time("due_at"))
                .check(Expr::col("remaining").lte(Expr::col("earned")))
                .to_owned(),
        )
        .await?;
    index(manager, "points_lot", "entry", &["entry_id"], true).await?;
    index(manager, "points_lot", "member", &["member_id", "state", "expires_at", "id"], false).await
}

async fn create_entries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("points_entry")
                .col(id("id").primary_key())
                .col(id("member_id"))
                .col(text("source_key"))
                .col(text("kind"))
                .col(big("delta"))
                .col(big("pending"))
                .col(points("asked"))
                .col(text("because_zh"))
                .col(text("because_en"))
                .col(maybe(text("rule")))
                .col(maybe(id("refers_to")))
                .col(maybe(id("staff_id")))
                .col(maybe(text("note")))
                .col(time("at"))
                .col(day("biz_day"))
                .to_owned(),
        )
        .await?;
    index(manager, "points_entry", "source", &["source_key"], true).await?;
    index(manager, "points_entry", "member", &["member_id", "at", "id"], false).await?;
    manager
        .create_index(
            Index::create()
                .name("points_entry_refers")
                .table("points_entry")
                .col("refers_to")
                .and_where(Expr::col("refers_to").is_not_null())
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("points_draw")
                .col(id("id").primary_key())
                .col(id("member_id"))
                .col(id("entry_id"))
                .col(id("lot_id"))
                .col(big("delta"))
                .col(big("pending"))
                .to_owned(),
        )
        .await?;
    index(manager, "points_draw", "entry", &["entry_id"], false).await?;
    index(manager, "points_draw", "member", &["member_id"], false).await
}

async fn create_counters(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("points_counter")
                .col(id("id").primary_key())
                .col(id("member_id"))
                .col(text("rule"))
                .col(text("period"))
                .col(day("starts_on"))
                .col(points("given"))
                .to_owned(),
        )
        .await?;
    index(manager, "points_counter", "place", &["member_id", "rule", "period", "starts_on"], true).await
}

async fn create_checks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("points_difference")
                .col(id("id").primary_key())
                .col(id("member_id"))
                .col(big("balance"))
                .col(big("balance_lots"))
                .col(big("balance_entries"))
                .col(big("pending"))
                .col(big("pending_lots"))
                .col(big("pending_entries"))
                .col(time("found_at"))
                .col(maybe(time("resolved_at")))
                .to_owned(),
        )
        .await?;
    index(manager, "points_difference", "member", &["member_id", "resolved_at"], false).await?;
    index(manager, "points_difference", "open", &["resolved_at", "found_at"], false).await?;
    manager
        .create_table(
            Table::create()
                .table("points_check")
                .col(id("id").primary_key())
                .col(maybe(id("staff_id")))
                .col(time("started_at"))
                .col(maybe(time("done_at")))
                .col(maybe(id("reached")))
                .col(big("accounts"))
                .col(big("differences"))
                .col(big("balance"))
                .col(big("pending"))
                .to_owned(),
        )
        .await?;
    index(manager, "points_check", "age", &["started_at"], false).await
}
