use sea_orm_migration::prelude::{
    ColumnDef, ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager,
    Table, async_trait,
};

use crate::column::{maybe, text, time};

const TEXTS: [&str; 4] = ["code", "carrier", "device", "network"];

#[derive(DeriveMigrationName)]
pub struct Migration;

fn columns() -> Vec<ColumnDef> {
    TEXTS.into_iter().map(|name| maybe(text(name))).chain([maybe(time("began_at"))]).collect()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            manager.alter_table(Table::alter().table("touch").add_column(column).to_owned()).await?;
        }
        let index = Index::create()
            .name("touch_code")
            .table("touch")
            .col("code")
            .col("at")
            .and_where(Expr::col("code").is_not_null())
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("touch_code").table("touch").to_owned()).await?;
        for name in TEXTS.into_iter().chain(["began_at"]) {
            manager.alter_table(Table::alter().table("touch").drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}
