use sea_orm_migration::{
    prelude::{ConnectionTrait, DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait},
    sea_orm::DbBackend,
};

use crate::column::{day, flag, id, json, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_profiles(manager).await?;
        create_attributes(manager).await?;
        create_privacy(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "member_erasure",
            "member_export",
            "member_consent",
            "member_access",
            "member_value",
            "member_attribute",
            "member_profile",
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

async fn create_profiles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut name = maybe(text("name"));
    if manager.get_database_backend() == DbBackend::Postgres {
        // In the order of the bytes, as SQLite has it: names are looked up by how they begin.
        name.extra("COLLATE \"C\"");
    }
    manager
        .create_table(
            Table::create()
                .table("member_profile")
                .col(id("member_id").primary_key())
                .col(name)
                .col(maybe(text("nickname")))
                .col(maybe(text("sex")))
                .col(maybe(day("birthday")))
                .col(maybe(text("region")))
                .col(maybe(text("language")))
                .col(maybe(text("avatar")))
                .col(json("told"))
                .col(time("joined_at"))
                .col(text("joined_by"))
                .col(maybe(text("joined_account")))
                .col(maybe(text("joined_channel")))
                .col(time("updated_at"))
                .to_owned(),
        )
        .await?;
    // Whoever became a member before there were profiles.
    manager
        .get_connection()
        .execute_unprepared(
            "INSERT INTO member_profile (member_id, told, joined_at, joined_by, updated_at) \
             SELECT id, '{}', created_at, 'follow', updated_at FROM member WHERE state = 'active'",
        )
        .await?;
    index(manager, "member_profile", "name", &["name"]).await?;
    index(manager, "member_profile", "joined", &["joined_at", "member_id"]).await
}

async fn create_attributes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("member_attribute")
                .col(text("key").primary_key())
                .col(text("label_zh"))
                .col(text("label_en"))
                .col(text("kind"))
                .col(text("class"))
                .col(flag("sensitive"))
                .col(json("rule"))
                .col(flag("retired"))
                .col(time("created_at"))
                .col(time("updated_at"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("member_value")
                .col(id("id").primary_key())
                .col(id("member_id"))
                .col(text("key"))
                .col(maybe(json("value")))
                .col(maybe(text("sealed")))
                .col(text("source"))
                .col(time("at"))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("member_value_place")
                .table("member_value")
                .col("member_id")
                .col("key")
                .unique()
                .to_owned(),
        )
        .await
}

async fn create_privacy(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("member_access")
                .col(id("id").primary_key())
                .col(id("member_id"))
                .col(id("staff_id"))
                .col(text("what"))
                .col(text("scene"))
                .col(text("reason"))
                .col(time("at"))
                .to_owned(),
        )
        .await?;
    index(manager, "member_access", "member", &["member_id", "at"]).await?;
    index(manager, "member_access", "age", &["at"]).await?;
    manager
        .create_table(
            Table::create()
                .table("member_consent")
                .col(id("id").primary_key())
                .col(id("member_id"))
                .col(text("purpose"))
                .col(flag("granted"))
                .col(text("version"))
                .col(text("source"))
                .col(maybe(text("account")))
                .col(time("at"))
                .to_owned(),
        )
        .await?;
    index(manager, "member_consent", "latest", &["member_id", "purpose", "at"]).await?;
    manager
        .create_table(
            Table::create()
                .table("member_export")
                .col(id("id").primary_key())
                .col(id("member_id"))
                .col(text("state"))
                .col(maybe(text("sealed")))
                .col(time("requested_at"))
                .col(maybe(time("ready_at")))
                .col(maybe(time("expires_at")))
                .to_owned(),
        )
        .await?;
    index(manager, "member_export", "member", &["member_id", "requested_at"]).await?;
    index(manager, "member_export", "age", &["requested_at"]).await?;
    manager
        .create_table(
            Table::create()
                .table("member_erasure")
                .col(id("id").primary_key())
                .col(id("member_id"))
                .col(text("state"))
                .col(time("requested_at"))
                .col(maybe(time("due_at")))
                .col(maybe(time("done_at")))
                .col(json("deleted"))
                .to_owned(),
        )
        .await?;
    index(manager, "member_erasure", "member", &["member_id", "requested_at"]).await
}
