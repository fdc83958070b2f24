use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{day, id, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("touch")
                    .col(id("id").primary_key())
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(text("kind"))
                    .col(maybe(text("scene")))
                    .col(maybe(text("ticket")))
                    .col(time("at"))
                    .col(day("biz_day"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("touch_person").table("touch").col("account").col("open_id").col("at").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("touch_scene").table("touch").col("account").col("scene").col("at").to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["touch"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
