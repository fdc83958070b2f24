use sea_orm_migration::prelude::{
    ColumnDef, DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, Table, async_trait,
};

use crate::column::{id, text, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let qr = Table::create()
            .table("referral_qr")
            .col(text("code"))
            .col(text("account"))
            .col(text("ticket"))
            .col(text("url"))
            .col(time("made_at"))
            .col(time("expires_at"))
            .col(time("asked_at"))
            .primary_key(Index::create().col("code").col("account"))
            .to_owned();
        manager.create_table(qr).await?;
        let media = Table::create()
            .table("poster_media")
            .col(text("poster"))
            .col(text("account"))
            .col(text("media_id"))
            .col(time("expires_at"))
            .primary_key(Index::create().col("poster").col("account"))
            .to_owned();
        manager.create_table(media).await?;
        for table in ["referral_qr", "poster_media"] {
            let name = format!("{table}_expires");
            manager.create_index(Index::create().name(name).table(table).col("expires_at").to_owned()).await?;
        }
        let picture = Table::create()
            .table("poster_picture")
            .col(id("id").primary_key())
            .col(ColumnDef::new("bytes").blob().not_null())
            .col(id("staff_id"))
            .col(time("at"))
            .to_owned();
        manager.create_table(picture).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["poster_picture", "poster_media", "referral_qr"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
