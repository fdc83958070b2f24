use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{id, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("session")
                    .col(id("id").primary_key())
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(text("entrance"))
                    .col(text("token_digest").unique_key())
                    .col(maybe(text("previous_digest").unique_key().take()))
                    .col(maybe(time("previous_until")))
                    .col(text("device"))
                    .col(time("created_at"))
                    .col(time("seen_at"))
                    .col(time("expires_at"))
                    .to_owned(),
            )
            .await?;
        for (name, columns) in [("session_person", ["account", "open_id"].as_slice()), ("session_end", &["expires_at"])]
        {
            let mut index = Index::create();
            index.name(name).table("session");
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("wechat_session")
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(text("sealed"))
                    .col(time("given_at"))
                    .primary_key(Index::create().col("account").col("open_id"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["wechat_session", "session"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
