use sea_orm_migration::prelude::{
    ColumnDef, ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager,
    Table, async_trait,
};

use crate::column::{big, day, id, int, json, maybe, text, time};

/// The tables, each with its key.
const TABLES: [(&str, &[&str]); 8] = [
    ("share_campaign", &["id"]),
    ("share_rules", &["campaign_id", "version"]),
    ("share_campaign_event", &["id"]),
    ("share_page", &["page", "campaign_id"]),
    ("share_link", &["id"]),
    ("share_visit", &["id"]),
    ("share_reward", &["id"]),
    ("share_value", &["campaign_id", "member"]),
];

/// The indexes, each with its columns and whether it is unique.
const INDEXES: [(&str, &str, &[&str], bool); 14] = [
    ("share_campaign", "recent", &["created_at", "id"], false),
    ("share_campaign_event", "campaign", &["campaign_id", "id"], false),
    ("share_link", "key", &["key"], true),
    ("share_link", "member", &["member", "page"], true),
    ("share_visit", "visitor", &["campaign_id", "visitor", "page"], true),
    ("share_visit", "of_visitor", &["visitor"], false),
    ("share_visit", "sharer", &["campaign_id", "sharer", "created_at", "id"], false),
    ("share_visit", "of_sharer", &["sharer"], false),
    ("share_visit", "of_second", &["second"], false),
    ("share_visit", "link", &["key", "created_at", "id"], false),
    ("share_visit", "recent", &["campaign_id", "created_at", "id"], false),
    ("share_reward", "key", &["key"], true),
    ("share_reward", "visit", &["visit_id", "role"], false),
    ("share_reward", "cap", &["member_id", "campaign_id", "role", "day"], false),
];

fn columns(table: &str) -> Vec<ColumnDef> {
    match table {
        "share_campaign" => vec![
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
        ],
        "share_rules" => {
            vec![id("campaign_id"), int("version"), json("rules"), id("staff_id"), text("reason"), time("at")]
        }
        "share_campaign_event" => vec![
            id("id"),
            id("campaign_id"),
            id("staff_id"),
            maybe(text("from_state")),
            text("to_state"),
            int("version"),
            text("reason"),
            time("at"),
        ],
        "share_page" => vec![text("page"), id("campaign_id")],
        "share_link" => vec![id("id"), text("key"), id("member"), text("page"), maybe(text("device")), time("at")],
        "share_visit" => vec![
            id("id"),
            id("campaign_id"),
            id("visitor"),
            text("page"),
            maybe(id("sharer")),
            maybe(id("second")),
            maybe(text("key")),
            maybe(id("touch_id")),
            int("rules"),
            text("state"),
            text("why"),
            json("seen"),
            maybe(time("opened_at")),
            maybe(time("counted_at")),
            maybe(time("registered_at")),
            maybe(time("purchased_at")),
            big("value_fen"),
            maybe(time("due_at")),
            int("version"),
            time("created_at"),
            time("updated_at"),
        ],
        "share_reward" => vec![
            id("id"),
            id("campaign_id"),
            id("visit_id"),
            text("link"),
            text("role"),
            id("member_id"),
            id("gives"),
            id("grant_id"),
            text("key"),
            int("generation"),
            day("day"),
            text("state"),
            big("amount"),
            big("back"),
            big("gone"),
            time("at"),
            maybe(time("ended_at")),
        ],
        _ => vec![
            id("campaign_id"),
            id("member"),
            big("visits"),
            big("second"),
            big("registered"),
            big("purchases"),
            big("value_fen"),
            time("updated_at"),
        ],
    }
}

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, key) in TABLES {
            let mut table = Table::create();
            table.table(name);
            for column in columns(name) {
                table.col(column);
            }
            let mut primary = Index::create();
            for column in key {
                primary.col(*column);
            }
            manager.create_table(table.primary_key(&mut primary).take()).await?;
        }
        for (table, name, columns, unique) in INDEXES {
            let mut index = Index::create();
            index.name(format!("{table}_{name}")).table(table);
            for column in columns {
                index.col(*column);
            }
            if unique {
                index.unique();
            }
            manager.create_index(index.take()).await?;
        }
        let due = Index::create()
            .name("share_visit_due")
            .table("share_visit")
            .col("due_at")
            .and_where(Expr::col("due_at").is_not_null())
            .to_owned();
        manager.create_index(due).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _) in TABLES.into_iter().rev() {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
