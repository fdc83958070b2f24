use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, MigrationTrait, Query, SchemaManager, Table, async_trait,
};

use crate::column::{big, id, int, maybe, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("audit_entry")
                    .col(id("id").primary_key())
                    .col(big("place").unique_key())
                    .col(time("at"))
                    .col(id("staff_id"))
                    .col(text("action"))
                    .col(text("path"))
                    .col(text("request_id"))
                    .col(maybe(int("status")))
                    .col(text("digest"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("audit_chain")
                    .col(int("id").primary_key())
                    .col(big("length"))
                    .col(text("digest"))
                    .to_owned(),
            )
            .await?;
        let mut begin = Query::insert();
        begin.into_table("audit_chain").columns(["id", "length", "digest"]).values_panic([
            1.into(),
            0_i64.into(),
            "".into(),
        ]);
        manager.execute(begin).await?;
        // Rows that code of before writes during a deploy have none.
        for column in
            [maybe(text("second_factor")), maybe(time("second_factor_at")), big("second_factor_step").default(0).take()]
        {
            manager.alter_table(Table::alter().table("staff").add_column(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["second_factor_step", "second_factor_at", "second_factor"] {
            manager.alter_table(Table::alter().table("staff").drop_column(column).take()).await?;
        }
        for table in ["audit_chain", "audit_entry"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
