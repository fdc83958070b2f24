//! The session key that WeChat gave for a person's mini program, sealed. There is one at a time.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{AccountKey, OpenId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wechat_session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: AccountKey,
    #[sea_orm(primary_key, auto_increment = false)]
    pub open_id: OpenId,
    pub sealed: String,
    /// When WeChat gave it; a later one has taken the place of all before.
    pub given_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
