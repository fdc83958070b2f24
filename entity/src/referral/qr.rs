//! The QR code of an official account that carries the code of an invitation. It lapses.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::AccountKey;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_qr")]
pub struct Model {
    /// The code that it carries.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: AccountKey,
    /// Names it at WeChat.
    pub ticket: String,
    /// What the picture says.
    pub url: String,
    pub made_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// When somebody last asked for it.
    pub asked_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
