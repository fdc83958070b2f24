use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let latest = Index::create()
            .name("referral_latest")
            .table("referral")
            .col("program_id")
            .col("created_at")
            .col("id")
            .to_owned();
        manager.create_index(latest).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("referral_latest").table("referral").to_owned()).await
    }
}
