use sea_orm_migration::prelude::{
    ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager, Table,
    async_trait,
};

use crate::column::{big, id, int, json, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_imports(manager).await?;
        create_rows(manager).await?;
        create_standings(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["member_standing", "import_mapping", "import_row", "import_part", "import"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn create_imports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("import")
                .col(id("id").primary_key())
                .col(text("name"))
                .col(text("digest"))
                .col(big("bytes"))
                .col(json("format"))
                .col(json("columns"))
                .col(maybe(json("mapping")))
                .col(text("state"))
                .col(int("rows"))
                .col(int("done"))
                .col(json("counts"))
                .col(maybe(json("report")))
                .col(maybe(json("undo_report")))
                .col(maybe(id("staff_id")))
                .col(time("created_at"))
                .col(maybe(time("began_at")))
                .col(maybe(time("ended_at")))
                .col(time("expires_at"))
                .col(maybe(text("error")))
                .to_owned(),
        )
        .await?;
    for (name, column) in [("import_recent", "created_at"), ("import_end", "expires_at")] {
        manager.create_index(Index::create().name(name).table("import").col(column).col("id").to_owned()).await?;
    }
    manager
        .create_table(
            Table::create()
                .table("import_mapping")
                .col(text("headings").primary_key())
                .col(json("mapping"))
                .col(maybe(id("staff_id")))
                .col(time("at"))
                .to_owned(),
        )
        .await
}

async fn create_rows(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("import_part")
                .col(id("import_id"))
                .col(int("part"))
                .primary_key(Index::create().col("import_id").col("part"))
                .col(int("rows"))
                .col(text("sealed"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("import_row")
                .col(id("id").primary_key())
                .col(id("import_id"))
                .col(int("row"))
                .col(text("outcome"))
                .col(maybe(id("member_id")))
                .col(maybe(json("detail")))
                .col(maybe(text("sealed")))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create().name("import_row_once").table("import_row").col("import_id").col("row").unique().to_owned(),
        )
        .await?;
    // By whom, for merges and erasure.
    manager
        .create_index(
            Index::create()
                .name("import_row_member")
                .table("import_row")
                .col("member_id")
                .and_where(Expr::col("member_id").is_not_null())
                .to_owned(),
        )
        .await
}

async fn create_standings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("member_standing")
                .col(id("id").primary_key())
                .col(id("member_id"))
                .col(text("origin").unique_key())
                .col(maybe(text("store")))
                .col(maybe(text("tier")))
                .col(maybe(big("points")))
                .col(time("at"))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create().name("member_standing_member").table("member_standing").col("member_id").to_owned(),
        )
        .await
}
