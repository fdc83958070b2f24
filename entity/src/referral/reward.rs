//! What an invitation, or a number of them, has earned somebody: one row for each time it was given.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{CampaignId, GrantId, MemberId, ReferralId, ReferralProgramId, ReferralRewardId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_reward")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralRewardId,
    pub program_id: ReferralProgramId,
    /// None for a step of the ladder.
    pub referral_id: Option<ReferralId>,
    pub role: Role,
    /// How many invitations the step asks for; 0 for the other roles.
    pub step: i32,
    pub member_id: MemberId,
    pub campaign_id: CampaignId,
    pub grant_id: GrantId,
    /// The key of the grant. Unique.
    pub key: String,
    /// Rises only after it was taken back.
    pub generation: i32,
    pub state: State,
    /// In the unit of the campaign.
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
#[schema(as = ReferralRole)]
pub enum Role {
    /// For having invited.
    Inviter,
    /// For having come.
    Invitee,
    /// For having invited the inviter.
    Second,
    /// For a number of invitations.
    Step,
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
#[schema(as = ReferralRewardState)]
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
