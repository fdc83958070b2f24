use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{big, id, int, json, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("follower")
                    .col(id("id").primary_key())
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(maybe(text("union_id")))
                    .col(text("state"))
                    .col(time("state_at"))
                    .col(maybe(time("first_followed_at")))
                    .col(int("follows"))
                    .col(maybe(text("subscribe_scene")))
                    .col(maybe(text("scene")))
                    .col(maybe(text("remark")))
                    .col(json("tag_ids"))
                    .col(maybe(time("synced_at")))
                    .col(time("created_at"))
                    .col(time("updated_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("follower_open_id")
                    .table("follower")
                    .col("account")
                    .col("open_id")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("follower_union_id").table("follower").col("union_id").to_owned())
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("follower_created")
                    .table("follower")
                    .col("account")
                    .col("created_at")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("follower_sync")
                    .col(id("id").primary_key())
                    .col(text("account"))
                    .col(text("state"))
                    .col(maybe(text("cursor")))
                    .col(big("total"))
                    .col(big("done"))
                    .col(big("changed"))
                    .col(time("started_at"))
                    .col(maybe(time("finished_at")))
                    .col(maybe(text("error")))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("follower_sync_account")
                    .table("follower_sync")
                    .col("account")
                    .col("started_at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("erasure")
                    .col(id("id").primary_key())
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(maybe(text("union_id")))
                    .col(json("codes"))
                    .col(time("requested_at"))
                    .col(maybe(time("done_at")))
                    .col(json("deleted"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("erasure_open_id").table("erasure").col("account").col("open_id").to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["erasure", "follower_sync", "follower"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
