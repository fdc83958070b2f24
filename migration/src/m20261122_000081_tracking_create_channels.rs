use sea_orm_migration::prelude::{
    ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager, Table,
    async_trait,
};

use crate::column::{day, id, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let channel = Table::create()
            .table("channel")
            .col(id("id").primary_key())
            .col(text("name"))
            .col(text("kind"))
            .col(text("scene").unique_key())
            .col(id("written_by"))
            .col(time("created_at"))
            .to_owned();
        manager.create_table(channel).await?;
        let recent = Index::create().name("channel_recent").table("channel").col("created_at").col("id").to_owned();
        manager.create_index(recent).await?;
        let qr = Table::create()
            .table("channel_qr")
            .col(id("channel_id"))
            .col(text("account"))
            .col(text("ticket"))
            .col(text("url"))
            .col(time("made_at"))
            .primary_key(Index::create().col("channel_id").col("account"))
            .to_owned();
        manager.create_table(qr).await?;
        let follow = Table::create()
            .table("channel_follow")
            .col(id("touch_id").primary_key())
            .col(id("channel_id"))
            .col(day("biz_day"))
            .col(time("stays_at"))
            .col(maybe(time("left_at")))
            .to_owned();
        manager.create_table(follow).await?;
        let days = Index::create()
            .name("channel_follow_day")
            .table("channel_follow")
            .col("channel_id")
            .col("biz_day")
            .to_owned();
        manager.create_index(days).await?;
        let person = Table::create()
            .table("channel_person")
            .col(id("member").primary_key())
            .col(maybe(time("first_bought_at")))
            .col(maybe(day("registered_day")))
            .col(maybe(id("registered_first")))
            .col(maybe(id("registered_last")))
            .col(maybe(day("bought_day")))
            .col(maybe(id("bought_first")))
            .col(maybe(id("bought_last")))
            .to_owned();
        manager.create_table(person).await?;
        for (credited, day) in [
            ("registered_first", "registered_day"),
            ("registered_last", "registered_day"),
            ("bought_first", "bought_day"),
            ("bought_last", "bought_day"),
        ] {
            let index = Index::create()
                .name(format!("channel_person_{credited}"))
                .table("channel_person")
                .col(credited)
                .col(day)
                .and_where(Expr::col(credited).is_not_null())
                .to_owned();
            manager.create_index(index).await?;
        }
        let scenes = Index::create()
            .name("touch_scene_day")
            .table("touch")
            .col("scene")
            .col("biz_day")
            .and_where(Expr::col("scene").is_not_null())
            .to_owned();
        manager.create_index(scenes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("touch_scene_day").table("touch").to_owned()).await?;
        for table in ["channel_person", "channel_follow", "channel_qr", "channel"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
