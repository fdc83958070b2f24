use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{flag, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("pay_notification")
                    .col(text("merchant"))
                    .col(text("id"))
                    .col(text("kind"))
                    .col(text("body"))
                    .col(time("received_at"))
                    .col(flag("handled"))
                    .primary_key(Index::create().col("merchant").col("id"))
                    .to_owned(),
            )
            .await?;
        let age = Index::create().name("pay_notification_age").table("pay_notification").col("received_at").to_owned();
        manager.create_index(age).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("pay_notification").to_owned()).await
    }
}
