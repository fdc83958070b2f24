//! How many customer-service messages an action of a person still allows, and until when.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, OpenId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reach_window")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: AccountKey,
    #[sea_orm(primary_key, auto_increment = false)]
    pub open_id: OpenId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub trigger: Trigger,
    /// When the action happened.
    pub opened_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    /// Messages the action allows in all.
    pub allowed: i32,
    /// Messages sent since.
    pub used: i32,
}

/// The action of the person that opened the window (protocol section 7.1).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Trigger {
    /// Wrote to the account.
    Message,
    /// Tapped a menu item or an item of a menu message.
    Menu,
    /// Followed.
    Follow,
    /// Scanned a code.
    Scan,
    /// Opened the chat of the mini program.
    Enter,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
