use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{id, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("staff_wechat")
                    .col(id("staff_id").primary_key())
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(time("linked_at"))
                    .to_owned(),
            )
            .await?;
        let mut index = Index::create();
        let index = index.name("staff_wechat_person").table("staff_wechat").col("account").col("open_id").unique();
        manager.create_index(index.take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("staff_wechat").to_owned()).await
    }
}
