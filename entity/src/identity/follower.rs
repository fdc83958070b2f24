//! An OpenID that follows, or once followed, an official account; or that has used a mini program.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, FollowerId, OpenId, UnionId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "follower")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FollowerId,
    pub account: AccountKey,
    pub open_id: OpenId,
    pub union_id: Option<UnionId>,
    pub state: State,
    /// When WeChat says the present state began; an older event does not change it.
    pub state_at: DateTime<Utc>,
    pub first_followed_at: Option<DateTime<Utc>>,
    /// Follows so far; more than one means somebody came back.
    pub follows: i32,
    /// WeChat's word for how the person came (`ADD_SCENE_…`), an open set.
    pub subscribe_scene: Option<String>,
    /// The scene of the QR code of the present follow.
    pub scene: Option<String>,
    /// The brand's own note on the person, kept at WeChat.
    pub remark: Option<String>,
    /// Ids of the account's tags at WeChat.
    #[sea_orm(column_type = "JsonBinary")]
    pub tag_ids: Json,
    /// When WeChat was last asked about the person.
    pub synced_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Whether the person can be reached as a follower.
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
#[schema(as = FollowerState)]
pub enum State {
    /// Has been in touch, but is not known to follow.
    Known,
    /// Follows the account.
    Following,
    /// Followed once and left.
    Gone,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
