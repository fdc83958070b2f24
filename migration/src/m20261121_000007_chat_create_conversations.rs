use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{flag, id, int, json, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("conversation")
                    .col(id("id").primary_key())
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(text("state"))
                    .col(text("preview"))
                    .col(int("unread"))
                    .col(maybe(time("last_in_at")))
                    .col(time("last_at"))
                    .col(time("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("conversation_person")
                    .table("conversation")
                    .col("account")
                    .col("open_id")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("conversation_recent").table("conversation").col("last_at").col("id").to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("message")
                    .col(id("id").primary_key())
                    .col(id("conversation_id"))
                    .col(text("author"))
                    .col(maybe(id("staff_id")))
                    .col(text("kind"))
                    .col(text("text"))
                    .col(json("content"))
                    .col(maybe(id("delivery_id")))
                    .col(maybe(text("push_key")))
                    .col(time("at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("message_thread").table("message").col("conversation_id").col("id").to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("reply_rule")
                    .col(id("id").primary_key())
                    .col(text("account"))
                    .col(maybe(text("config_key")))
                    .col(text("name"))
                    .col(json("condition"))
                    .col(json("action"))
                    .col(int("priority"))
                    .col(flag("enabled"))
                    .col(time("created_at"))
                    .col(time("updated_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("reply_rule_config")
                    .table("reply_rule")
                    .col("account")
                    .col("config_key")
                    .unique()
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["reply_rule", "message", "conversation"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
