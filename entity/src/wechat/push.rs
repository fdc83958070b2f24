//! One message or event that WeChat delivered, kept as it came. Its key makes a repeated delivery harmless.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{AccountKey, OpenId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "push")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    /// Digest of what WeChat's retries of one push have in common.
    pub key: String,
    pub account: AccountKey,
    pub kind: String,
    pub open_id: OpenId,
    /// The decrypted body.
    pub body: String,
    /// When WeChat made it.
    pub sent_at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    /// False while a push that could not be handled at once waits for its job.
    pub handled: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
