use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{int, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("permit")
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(text("template_id"))
                    .col(int("available"))
                    .col(text("answer"))
                    .col(time("answered_at"))
                    .primary_key(Index::create().col("account").col("open_id").col("template_id"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("permit").to_owned()).await
    }
}
