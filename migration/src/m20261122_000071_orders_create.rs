use sea_orm_migration::prelude::{
    DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{big, day, id, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("purchase")
                    .col(id("id").primary_key())
                    .col(text("source"))
                    .col(text("number"))
                    .col(id("member_id"))
                    .col(big("amount_fen").check(Expr::col("amount_fen").gte(0)).take())
                    .col(time("paid_at"))
                    .col(time("created_at"))
                    .col(day("biz_day"))
                    .to_owned(),
            )
            .await?;
        let number =
            Index::create().name("purchase_number").table("purchase").col("source").col("number").unique().take();
        manager.create_index(number).await?;
        let member = Index::create().name("purchase_member").table("purchase").col("member_id").col("paid_at").take();
        manager.create_index(member).await?;
        manager
            .create_table(
                Table::create()
                    .table("purchase_refund")
                    .col(id("id").primary_key())
                    .col(text("source"))
                    .col(text("order_number"))
                    .col(text("number"))
                    .col(big("amount_fen").check(Expr::col("amount_fen").gt(0)).take())
                    .col(time("refunded_at"))
                    .col(time("created_at"))
                    .to_owned(),
            )
            .await?;
        let mut number = Index::create();
        number.name("purchase_refund_number").table("purchase_refund").col("source").col("number").unique();
        manager.create_index(number).await?;
        let mut order = Index::create();
        order.name("purchase_refund_order").table("purchase_refund").col("source").col("order_number");
        manager.create_index(order).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["purchase_refund", "purchase"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
