//! A signed-in device of a consumer. The token itself is not stored.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, OpenId, SessionId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    /// The account by which the person came in.
    pub account: AccountKey,
    /// The person; which member they are, their identity says.
    pub open_id: OpenId,
    pub entrance: Entrance,
    /// SHA-256 of the token, base64url.
    #[sea_orm(unique)]
    pub token_digest: String,
    /// The token before the last rotation.
    pub previous_digest: Option<String>,
    /// Until when that one is still good.
    pub previous_until: Option<DateTime<Utc>>,
    /// What the device calls itself.
    pub device: String,
    pub created_at: DateTime<Utc>,
    /// About when it was last used.
    pub seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// How somebody signed in.
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
#[schema(as = SessionEntrance)]
pub enum Entrance {
    /// In a mini program; the token travels as `Authorization: Bearer`.
    MiniProgram,
    /// By web authorisation inside WeChat; the token is a cookie.
    WebPage,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
