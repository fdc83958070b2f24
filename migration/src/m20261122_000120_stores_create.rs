use sea_orm_migration::prelude::{
    ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager, Table,
    async_trait,
};

use crate::column::{id, maybe, text, time};

/// What has a store.
const OF_STORES: [&str; 3] = ["staff", "channel", "member"];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let store = Table::create()
            .table("store")
            .col(id("id").primary_key())
            .col(text("code").unique_key())
            .col(text("name"))
            .col(maybe(time("closed_at")))
            .col(time("created_at"))
            .to_owned();
        manager.create_table(store).await?;
        for table in OF_STORES {
            let column = maybe(id("store_id"));
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let homes = Index::create()
            .name("member_store")
            .table("member")
            .col("store_id")
            .col("id")
            .and_where(Expr::col("store_id").is_not_null())
            .to_owned();
        manager.create_index(homes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("member_store").table("member").to_owned()).await?;
        for table in OF_STORES {
            manager.alter_table(Table::alter().table(table).drop_column("store_id").to_owned()).await?;
        }
        manager.drop_table(Table::drop().table("store").to_owned()).await
    }
}
