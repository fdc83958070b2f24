use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{big, flag, id, int, json, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("reach_message")
                    .col(id("id").primary_key())
                    .col(id("member_id"))
                    .col(text("kind"))
                    .col(json("values"))
                    .col(text("key"))
                    .col(text("purpose"))
                    .col(text("state"))
                    .col(maybe(text("reason")))
                    .col(time("expires_at"))
                    .col(time("created_at"))
                    .col(time("due_at"))
                    .col(maybe(time("left_at")))
                    .col(maybe(time("settled_at")))
                    .to_owned(),
            )
            .await?;
        for (name, columns, unique) in [
            ("reach_message_key", ["key"].as_slice(), true),
            ("reach_message_member", ["member_id", "created_at", "id"].as_slice(), false),
        ] {
            let mut index = Index::create();
            index.name(name).table("reach_message");
            for column in columns {
                index.col(*column);
            }
            if unique {
                index.unique();
            }
            manager.create_index(index.take()).await?;
        }
        for column in
            [maybe(id("message_id")), maybe(text("template_id")), maybe(big("msg_id")), maybe(time("again_at"))]
        {
            manager.alter_table(Table::alter().table("delivery").add_column(column).take()).await?;
        }
        for (name, columns) in
            [("delivery_message", ["message_id"].as_slice()), ("delivery_msg_id", ["account", "msg_id"].as_slice())]
        {
            let mut index = Index::create();
            index.name(name).table("delivery");
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index.take()).await?;
        }
        // Rows that code of before writes during a deploy have neither.
        for column in [int("unconfirmed").default(0).take(), flag("pushed").default(false).take()] {
            manager.alter_table(Table::alter().table("permit").add_column(column).take()).await?;
        }
        let reminded = maybe(time("reminded_for"));
        manager.alter_table(Table::alter().table("points_lot").add_column(reminded).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["delivery_message", "delivery_msg_id"] {
            manager.drop_index(Index::drop().name(name).table("delivery").to_owned()).await?;
        }
        for (table, columns) in [
            ("points_lot", ["reminded_for"].as_slice()),
            ("permit", ["unconfirmed", "pushed"].as_slice()),
            ("delivery", ["message_id", "template_id", "msg_id", "again_at"].as_slice()),
        ] {
            for column in columns {
                manager.alter_table(Table::alter().table(table).drop_column(*column).take()).await?;
            }
        }
        manager.drop_table(Table::drop().table("reach_message").to_owned()).await
    }
}
