use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, Index, MigrationTrait, SchemaManager, async_trait};

const TABLE: &str = "member_profile";
const NAME: &str = "member_profile_name";
/// In the order of the name like the one before, and with all that a page is chosen by.
const NAME_JOINED: &str = "member_profile_name_joined";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::create();
        index.name(NAME_JOINED).table(TABLE).col("name").col("joined_at").col("member_id");
        manager.create_index(index).await?;
        manager.drop_index(Index::drop().name(NAME).table(TABLE).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(Index::create().name(NAME).table(TABLE).col("name").take()).await?;
        manager.drop_index(Index::drop().name(NAME_JOINED).table(TABLE).to_owned()).await
    }
}
