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
                    .table("push")
                    .col(text("key").primary_key())
                    .col(text("account"))
                    .col(text("kind"))
                    .col(text("open_id"))
                    .col(text("body"))
                    .col(time("sent_at"))
                    .col(time("received_at"))
                    .col(flag("handled"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(Index::create().name("push_age").table("push").col("received_at").to_owned()).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["push"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
