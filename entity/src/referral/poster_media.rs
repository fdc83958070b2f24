//! A poster that was uploaded to WeChat, which keeps it for three days.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::AccountKey;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "poster_media")]
pub struct Model {
    /// Names what is drawn, as a digest.
    #[sea_orm(primary_key, auto_increment = false)]
    pub poster: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: AccountKey,
    pub media_id: String,
    pub expires_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
