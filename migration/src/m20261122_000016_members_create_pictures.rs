use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
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
                    .table("member_picture")
                    .col(id("id").primary_key())
                    .col(id("member_id"))
                    .col(text("account"))
                    .col(text("open_id"))
                    .col(text("key").unique_key())
                    .col(text("state"))
                    .col(ColumnDef::new("bytes").blob().not_null())
                    .col(time("at"))
                    .col(maybe(time("settled_at")))
                    .to_owned(),
            )
            .await?;
        for (name, column) in [("member_picture_member", "member_id"), ("member_picture_state", "state")] {
            let index = Index::create().name(name).table("member_picture").col(column).col("id").to_owned();
            manager.create_index(index).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("picture_check")
                    .col(text("trace_id").primary_key())
                    .col(maybe(id("picture_id")))
                    .col(maybe(text("opinion")))
                    .col(time("at"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["picture_check", "member_picture"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
