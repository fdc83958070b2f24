//! What a visit has earned somebody: one row for each time it was given.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{CampaignId, GrantId, MemberId, ShareCampaignId, ShareRewardId, ShareVisitId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "share_reward")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ShareRewardId,
    pub campaign_id: ShareCampaignId,
    pub visit_id: ShareVisitId,
    /// The key of the link.
    pub link: String,
    pub role: Role,
    pub member_id: MemberId,
    /// The campaign of the door "value" that gives it.
    pub gives: CampaignId,
    pub grant_id: GrantId,
    /// The key of the grant. Unique.
    pub key: String,
    /// Rises only after it was taken back.
    pub generation: i32,
    /// The date in Asia/Shanghai of what earned it, of whose cap it is a part.
    pub day: NaiveDate,
    pub state: State,
    /// In points.
    pub amount: i64,
    /// How much was taken back.
    pub back: i64,
    /// How much could not be.
    pub gone: i64,
    pub at: DateTime<Utc>,
    /// When it was taken back.
    pub ended_at: Option<DateTime<Utc>>,
}

/// For what.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[schema(as = ShareRole)]
pub enum Role {
    /// Somebody looked at the page.
    Visit,
    /// And registered.
    Registered,
    /// And bought something for the first time.
    Purchase,
}

/// What became of it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[schema(as = ShareRewardState)]
pub enum State {
    /// It was given.
    Given,
    /// The campaign refused it.
    Refused,
    /// It was taken back.
    TakenBack,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
