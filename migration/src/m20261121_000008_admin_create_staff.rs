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
                    .table("staff")
                    .col(id("id").primary_key())
                    .col(text("login").unique_key())
                    .col(text("name"))
                    .col(text("password"))
                    .col(text("role"))
                    .col(maybe(time("disabled_at")))
                    .col(time("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("staff_session")
                    .col(id("id").primary_key())
                    .col(id("staff_id"))
                    .col(text("token_digest").unique_key())
                    .col(time("created_at"))
                    .col(time("expires_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("staff_session_staff").table("staff_session").col("staff_id").to_owned())
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["staff_session", "staff"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
