//! Who was forgotten and may still follow: nothing but a digest, so that reading WeChat's list brings nobody back.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "forgotten_follower")]
pub struct Model {
    /// SHA-256 of account and OpenID, base64url: it says nothing to who does not know them.
    #[sea_orm(primary_key, auto_increment = false)]
    pub digest: String,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
