use sea_orm_migration::prelude::{
    ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager, Table,
    async_trait,
};

use crate::column::{flag, id, int, json, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_members(manager).await?;
        create_conflicts(manager).await?;
        create_merges(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["merge_move", "merge", "conflict", "identity_link", "identity", "member"] {
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

async fn create_members(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("member")
                .col(id("id").primary_key())
                .col(maybe(id("merged_into")))
                .col(text("state"))
                .col(time("created_at"))
                .col(time("updated_at"))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("member_alias")
                .table("member")
                .col("merged_into")
                .and_where(Expr::col("merged_into").is_not_null())
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("identity")
                .col(id("id").primary_key())
                .col(text("kind"))
                .col(text("realm"))
                .col(text("key"))
                .col(maybe(text("sealed")))
                .col(id("member_id"))
                .col(text("source"))
                .col(text("strength"))
                .col(time("since"))
                .col(maybe(time("verified_at")))
                .col(flag("current"))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("identity_key")
                .table("identity")
                .col("kind")
                .col("realm")
                .col("key")
                .unique()
                .to_owned(),
        )
        .await?;
    index(manager, "identity", "member", &["member_id"]).await?;
    manager
        .create_table(
            Table::create()
                .table("identity_link")
                .col(id("id").primary_key())
                .col(id("identity_id"))
                .col(maybe(id("from_member")))
                .col(maybe(id("to_member")))
                .col(text("why"))
                .col(text("source"))
                .col(text("strength"))
                .col(maybe(id("merge_id")))
                .col(maybe(id("staff_id")))
                .col(time("at"))
                .to_owned(),
        )
        .await?;
    index(manager, "identity_link", "identity", &["identity_id", "id"]).await?;
    index(manager, "identity_link", "from", &["from_member", "id"]).await?;
    index(manager, "identity_link", "to", &["to_member", "id"]).await
}

async fn create_conflicts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("conflict")
                .col(id("id").primary_key())
                .col(text("kind"))
                .col(id("member_a"))
                .col(id("member_b"))
                .col(maybe(text("claim_kind")))
                .col(text("claim_realm"))
                .col(text("claim_key"))
                .col(maybe(text("claim_sealed")))
                .col(text("source"))
                .col(text("state"))
                .col(maybe(id("decided_by")))
                .col(maybe(time("decided_at")))
                .col(maybe(text("note")))
                .col(time("created_at"))
                .col(time("last_seen"))
                .col(int("times_seen"))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("conflict_evidence")
                .table("conflict")
                .col("member_a")
                .col("member_b")
                .col("kind")
                .col("claim_key")
                .unique()
                .to_owned(),
        )
        .await?;
    index(manager, "conflict", "other", &["member_b", "member_a"]).await?;
    index(manager, "conflict", "recent", &["state", "created_at", "id"]).await
}

async fn create_merges(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("merge")
                .col(id("id").primary_key())
                .col(id("winner"))
                .col(id("loser"))
                .col(text("cause"))
                .col(text("reason"))
                .col(maybe(id("joined_by")))
                .col(maybe(id("conflict_id")))
                .col(maybe(id("staff_id")))
                .col(json("decisions"))
                .col(json("moved"))
                .col(time("at"))
                .col(maybe(time("undone_at")))
                .col(maybe(id("undone_by")))
                .col(maybe(json("undo_report")))
                .to_owned(),
        )
        .await?;
    index(manager, "merge", "winner", &["winner", "id"]).await?;
    index(manager, "merge", "loser", &["loser", "id"]).await?;
    index(manager, "merge", "recent", &["at", "id"]).await?;
    manager
        .create_table(
            Table::create()
                .table("merge_move")
                .col(id("merge_id"))
                .col(text("table_name"))
                .col(id("row_id"))
                .primary_key(Index::create().col("merge_id").col("table_name").col("row_id"))
                .col(maybe(json("before")))
                .to_owned(),
        )
        .await
}
