//! One seen scan, visit or open: the raw material of attribution. Append-only.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, OpenId, TouchId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "touch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TouchId,
    pub account: AccountKey,
    pub open_id: OpenId,
    pub kind: Kind,
    /// The scene of the code, or the address or key of the menu item.
    pub scene: Option<String>,
    /// The ticket of the QR code.
    pub ticket: Option<String>,
    /// The code of an invitation, when the scene or what was typed is one.
    pub code: Option<String>,
    /// By what the code came.
    pub carrier: Option<Carrier>,
    /// The device, as a keyed hash.
    pub device: Option<String>,
    /// The network, as a keyed hash of its prefix.
    pub network: Option<String>,
    /// When the visit began of which it is a part, when it is a part of one.
    pub began_at: Option<DateTime<Utc>>,
    /// When WeChat says it happened.
    pub at: DateTime<Utc>,
    /// The date in Asia/Shanghai.
    pub biz_day: NaiveDate,
}

/// What was seen.
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
pub enum Kind {
    /// Followed the account, by a code when there is a scene.
    Follow,
    /// Scanned a code while already following.
    Scan,
    /// Left the account.
    Unfollow,
    /// Tapped a menu item.
    Menu,
    /// Opened the chat of the mini program.
    Enter,
    /// Came by an invitation to a page or the mini program, or typed its code.
    Visit,
}

/// By what the code of an invitation came.
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
pub enum Carrier {
    /// A QR code of an official account.
    Qr,
    /// A code of the mini program.
    MiniCode,
    /// A link to a page.
    Link,
    /// Typed by hand.
    Typed,
    /// A page that somebody shared.
    Share,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
