use sea_orm_migration::prelude::{
    ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager, Table,
    async_trait,
};

use crate::column::{big, day, flag, id, int, json, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_campaigns(manager).await?;
        create_budgets(manager).await?;
        create_grants(manager).await?;
        create_counters(manager).await?;
        create_payouts(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "payout_stop",
            "payout_event",
            "payout",
            "reward_block",
            "member_reward_counter",
            "reward_counter",
            "reward_share",
            "reward_grant",
            "budget_entry",
            "budget_account",
            "campaign_event",
            "campaign",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn index(manager: &SchemaManager<'_>, table: &str, name: &str, columns: &[&str]) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(format!("{table}_{name}")).table(table.to_owned());
    for column in columns {
        index.col((*column).to_owned());
    }
    manager.create_index(index.take()).await
}

async fn unique(manager: &SchemaManager<'_>, table: &str, name: &str, columns: &[&str]) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(format!("{table}_{name}")).table(table.to_owned()).unique();
    for column in columns {
        index.col((*column).to_owned());
    }
    manager.create_index(index.take()).await
}

async fn create_campaigns(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("campaign")
                .col(id("id").primary_key())
                .col(text("name"))
                .col(text("state"))
                .col(int("version"))
                .col(text("what"))
                .col(json("terms"))
                .col(time("starts_at"))
                .col(time("ends_at"))
                .col(id("written_by"))
                .col(id("changed_by"))
                .col(maybe(id("approved_by")))
                .col(maybe(time("approved_at")))
                .col(maybe(text("paused_why")))
                .col(time("created_at"))
                .col(time("updated_at"))
                .to_owned(),
        )
        .await?;
    index(manager, "campaign", "recent", &["created_at", "id"]).await?;
    manager
        .create_table(
            Table::create()
                .table("campaign_event")
                .col(id("id").primary_key())
                .col(id("campaign_id"))
                .col(maybe(id("staff_id")))
                .col(maybe(text("from_state")))
                .col(text("to_state"))
                .col(int("version"))
                .col(text("reason"))
                .col(maybe(json("before")))
                .col(time("at"))
                .to_owned(),
        )
        .await?;
    index(manager, "campaign_event", "campaign", &["campaign_id", "id"]).await
}

async fn create_budgets(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("budget_account")
                .col(id("campaign_id").primary_key())
                .col(text("unit"))
                .col(big("total"))
                .col(big("reserved"))
                .col(big("sent"))
                .col(big("received"))
                .check(Expr::cust("reserved >= 0 AND sent >= 0 AND received >= 0"))
                .check(Expr::cust("reserved + sent + received <= total"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("budget_entry")
                .col(id("id").primary_key())
                .col(id("campaign_id"))
                .col(text("key"))
                .col(text("movement"))
                .col(big("amount"))
                .col(maybe(id("grant_id")))
                .col(maybe(id("payout_id")))
                .col(time("at"))
                .col(day("biz_day"))
                .to_owned(),
        )
        .await?;
    unique(manager, "budget_entry", "key", &["key"]).await?;
    index(manager, "budget_entry", "campaign", &["campaign_id", "id"]).await
}

async fn create_grants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("reward_grant")
                .col(id("id").primary_key())
                .col(text("key"))
                .col(id("campaign_id"))
                .col(id("member_id"))
                .col(text("state"))
                .col(text("code"))
                .col(big("amount"))
                .col(maybe(int("share")))
                .col(json("because"))
                .col(json("decision"))
                .col(maybe(time("claim_until")))
                .col(time("created_at"))
                .col(day("biz_day"))
                .col(maybe(time("settled_at")))
                .to_owned(),
        )
        .await?;
    unique(manager, "reward_grant", "key", &["key"]).await?;
    index(manager, "reward_grant", "member", &["member_id", "created_at", "id"]).await?;
    index(manager, "reward_grant", "campaign", &["campaign_id", "created_at", "id"]).await?;
    index(manager, "reward_grant", "recent", &["created_at", "id"]).await?;
    manager
        .create_index(
            Index::create()
                .name("reward_grant_unclaimed")
                .table("reward_grant")
                .col("claim_until")
                .and_where(Expr::col("state").eq("claimable"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("reward_share")
                .col(id("campaign_id"))
                .col(int("number"))
                .primary_key(Index::create().col("campaign_id").col("number"))
                .col(big("amount"))
                .col(maybe(id("grant_id")))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("reward_share_free")
                .table("reward_share")
                .col("campaign_id")
                .col("number")
                .and_where(Expr::col("grant_id").is_null())
                .to_owned(),
        )
        .await
}

async fn create_counters(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("reward_counter")
                .col(text("scope"))
                .col(text("span"))
                .primary_key(Index::create().col("scope").col("span"))
                .col(big("count"))
                .col(big("amount"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("member_reward_counter")
                .col(id("member_id"))
                .col(text("scope"))
                .col(text("span"))
                .primary_key(Index::create().col("member_id").col("scope").col("span"))
                .col(big("count"))
                .col(big("amount"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("reward_block")
                .col(id("member_id").primary_key())
                .col(text("code"))
                .col(text("reason"))
                .col(maybe(id("staff_id")))
                .col(time("at"))
                .to_owned(),
        )
        .await
}

async fn create_payouts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("payout")
                .col(id("id").primary_key())
                .col(id("grant_id"))
                .col(id("campaign_id"))
                .col(id("member_id"))
                .col(text("provider"))
                .col(text("merchant"))
                .col(text("account"))
                .col(text("open_id"))
                .col(text("out_no"))
                .col(big("amount"))
                .col(json("request"))
                .col(text("state"))
                .col(int("attempts"))
                .col(int("asked"))
                .col(maybe(text("code")))
                .col(maybe(text("provider_no")))
                .col(maybe(text("package")))
                .col(big("refunded"))
                .col(maybe(time("sent_at")))
                .col(maybe(time("expires_at")))
                .col(maybe(time("next_at")))
                .col(flag("cancel"))
                .col(maybe(text("review")))
                .col(maybe(id("replaces_id")))
                .col(time("created_at"))
                .col(day("biz_day"))
                .col(maybe(time("settled_at")))
                .to_owned(),
        )
        .await?;
    unique(manager, "payout", "number", &["merchant", "out_no"]).await?;
    // Only one payout takes the place of another; the first one of a grant takes nobody's.
    unique(manager, "payout", "replaces", &["replaces_id"]).await?;
    manager
        .create_index(
            Index::create()
                .name("payout_first")
                .table("payout")
                .col("grant_id")
                .unique()
                .and_where(Expr::col("replaces_id").is_null())
                .to_owned(),
        )
        .await?;
    index(manager, "payout", "grant", &["grant_id"]).await?;
    index(manager, "payout", "member", &["member_id", "id"]).await?;
    index(manager, "payout", "person", &["account", "open_id"]).await?;
    index(manager, "payout", "campaign", &["campaign_id", "created_at", "id"]).await?;
    index(manager, "payout", "recent", &["created_at", "id"]).await?;
    manager
        .create_index(
            Index::create()
                .name("payout_open")
                .table("payout")
                .col("next_at")
                .and_where(Expr::col("next_at").is_not_null())
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("payout_event")
                .col(id("id").primary_key())
                .col(id("payout_id"))
                .col(text("from_state"))
                .col(text("to_state"))
                .col(text("cause"))
                .col(text("code"))
                .col(int("attempt"))
                .col(time("at"))
                .to_owned(),
        )
        .await?;
    index(manager, "payout_event", "payout", &["payout_id", "id"]).await?;
    manager
        .create_table(
            Table::create()
                .table("payout_stop")
                .col(text("scope"))
                .col(text("cause"))
                .primary_key(Index::create().col("scope").col("cause"))
                .col(text("reason"))
                .col(maybe(time("until")))
                .col(maybe(id("staff_id")))
                .col(time("at"))
                .to_owned(),
        )
        .await
}
