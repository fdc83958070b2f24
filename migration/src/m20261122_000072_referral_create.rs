use sea_orm_migration::prelude::{
    ColumnDef, ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager,
    Table, async_trait,
};

use crate::column::{big, flag, id, int, json, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_programs(manager).await?;
        create_referrals(manager).await?;
        create_guard(manager).await?;
        create_rewards(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "referral_proof",
            "referral_place",
            "referral_standing",
            "referral_reward",
            "referral_finding",
            "referral_alert",
            "referral_appeal",
            "referral_review",
            "referral",
            "referral_code",
            "referral_program_event",
            "referral_rules",
            "referral_program",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn table(
    manager: &SchemaManager<'_>,
    name: &'static str,
    columns: Vec<ColumnDef>,
    key: &[&'static str],
) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table(name);
    for column in columns {
        table.col(column);
    }
    let mut primary = Index::create();
    for column in key {
        primary.col(*column);
    }
    table.primary_key(&mut primary);
    manager.create_table(table).await
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

async fn create_programs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        id("id"),
        text("name"),
        text("state"),
        int("version"),
        int("rules"),
        time("starts_at"),
        time("ends_at"),
        id("written_by"),
        time("created_at"),
        time("updated_at"),
    ];
    table(manager, "referral_program", columns, &["id"]).await?;
    index(manager, "referral_program", "recent", &["created_at", "id"], false).await?;
    let columns = vec![id("program_id"), int("version"), json("rules"), id("staff_id"), text("reason"), time("at")];
    table(manager, "referral_rules", columns, &["program_id", "version"]).await?;
    let columns = vec![
        id("id"),
        id("program_id"),
        id("staff_id"),
        maybe(text("from_state")),
        text("to_state"),
        int("version"),
        text("reason"),
        time("at"),
    ];
    table(manager, "referral_program_event", columns, &["id"]).await?;
    index(manager, "referral_program_event", "program", &["program_id", "id"], false).await?;
    let columns = vec![text("code"), id("program_id"), id("member"), maybe(text("device")), time("at")];
    table(manager, "referral_code", columns, &["code"]).await?;
    index(manager, "referral_code", "member", &["program_id", "member"], true).await?;
    index(manager, "referral_code", "owner", &["member"], false).await
}

async fn create_referrals(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        id("id"),
        id("program_id"),
        id("invitee"),
        maybe(id("inviter")),
        maybe(id("second")),
        maybe(text("code")),
        maybe(id("touch_id")),
        int("rules"),
        text("state"),
        text("why"),
        json("seen"),
        maybe(time("seen_at")),
        maybe(time("registered_at")),
        maybe(time("phone_at")),
        maybe(time("qualified_at")),
        maybe(time("matured_at")),
        maybe(time("rewarded_at")),
        maybe(time("held_at")),
        maybe(time("ended_at")),
        maybe(time("due_at")),
        json("checks"),
        maybe(text("prefix")),
        maybe(text("device")),
        maybe(text("network")),
        big("value_fen"),
        maybe(text("month")),
        int("version"),
        time("created_at"),
        time("updated_at"),
    ];
    table(manager, "referral", columns, &["id"]).await?;
    index(manager, "referral", "invitee", &["program_id", "invitee"], true).await?;
    index(manager, "referral", "of_invitee", &["invitee"], false).await?;
    index(manager, "referral", "inviter", &["program_id", "inviter", "created_at", "id"], false).await?;
    index(manager, "referral", "of_inviter", &["inviter"], false).await?;
    index(manager, "referral", "state", &["program_id", "state", "created_at", "id"], false).await?;
    for (name, columns) in [("device", ["program_id", "device"]), ("network", ["program_id", "network"])] {
        index(manager, "referral", name, &columns, false).await?;
    }
    let due = Index::create()
        .name("referral_due")
        .table("referral")
        .col("due_at")
        .and_where(Expr::col("due_at").is_not_null())
        .to_owned();
    manager.create_index(due).await?;
    let columns = vec![id("id"), id("referral_id"), text("decision"), text("reason"), id("staff_id"), time("at")];
    table(manager, "referral_review", columns, &["id"]).await?;
    index(manager, "referral_review", "referral", &["referral_id", "id"], false).await?;
    let columns = vec![id("id"), id("referral_id"), time("held_at"), id("by"), text("words"), time("at")];
    table(manager, "referral_appeal", columns, &["id"]).await?;
    index(manager, "referral_appeal", "once", &["referral_id", "held_at"], true).await
}

async fn create_guard(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        id("id"),
        id("program_id"),
        text("rule"),
        text("fingerprint"),
        text("severity"),
        big("count"),
        time("first_at"),
        time("last_at"),
        text("state"),
        maybe(id("staff_id")),
        maybe(text("reason")),
        maybe(time("decided_at")),
    ];
    table(manager, "referral_alert", columns, &["id"]).await?;
    index(manager, "referral_alert", "fingerprint", &["program_id", "rule", "fingerprint"], true).await?;
    index(manager, "referral_alert", "recent", &["state", "last_at", "id"], false).await?;
    let columns = vec![
        id("id"),
        id("referral_id"),
        text("rule"),
        id("alert_id"),
        text("stage"),
        id("inviter"),
        flag("holds"),
        json("seen"),
        time("at"),
    ];
    table(manager, "referral_finding", columns, &["id"]).await?;
    index(manager, "referral_finding", "referral", &["referral_id", "id"], false).await?;
    index(manager, "referral_finding", "alert", &["alert_id", "id"], false).await
}

async fn create_rewards(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        id("id"),
        id("program_id"),
        maybe(id("referral_id")),
        text("role"),
        int("step"),
        id("member_id"),
        id("campaign_id"),
        id("grant_id"),
        text("key"),
        int("generation"),
        text("state"),
        big("amount"),
        big("back"),
        big("gone"),
        time("at"),
        maybe(time("ended_at")),
    ];
    table(manager, "referral_reward", columns, &["id"]).await?;
    index(manager, "referral_reward", "key", &["key"], true).await?;
    index(manager, "referral_reward", "referral", &["referral_id", "role"], false).await?;
    index(manager, "referral_reward", "member", &["member_id", "program_id", "role"], false).await?;
    let columns =
        vec![id("program_id"), text("period"), id("member"), big("matured"), big("value_fen"), time("reached_at")];
    table(manager, "referral_standing", columns, &["program_id", "period", "member"]).await?;
    let by_count = ["program_id", "period", "matured", "reached_at", "member"];
    index(manager, "referral_standing", "matured", &by_count, false).await?;
    let by_value = ["program_id", "period", "value_fen", "reached_at", "member"];
    index(manager, "referral_standing", "value", &by_value, false).await?;
    let columns = vec![id("program_id"), text("period"), text("board"), int("bucket"), big("members")];
    table(manager, "referral_place", columns, &["program_id", "period", "board", "bucket"]).await?;
    let columns = vec![
        id("id"),
        id("program_id"),
        time("started_at"),
        maybe(time("done_at")),
        maybe(id("reached")),
        big("referrals"),
        big("differences"),
        json("found"),
    ];
    table(manager, "referral_proof", columns, &["id"]).await?;
    index(manager, "referral_proof", "program", &["program_id", "id"], false).await
}
