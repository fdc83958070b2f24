//! What a rule gave to a member, or refused, and why. One row for each cause.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{CampaignId, GrantId, MemberId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reward_grant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GrantId,
    /// The cause, said once by whoever asks. Unique.
    pub key: String,
    pub campaign_id: CampaignId,
    pub member_id: MemberId,
    pub state: State,
    /// The rule that decided, in a word that never changes its meaning.
    pub code: String,
    /// How much, in the unit of the campaign; 0 when it was refused.
    pub amount: i64,
    /// The number of the share of a campaign that was split beforehand.
    pub share: Option<i32>,
    /// Why it was asked for, as the rule that asked says it.
    #[sea_orm(column_type = "JsonBinary")]
    pub because: Json,
    /// Every rule that was looked at, with the values that it saw.
    #[sea_orm(column_type = "JsonBinary")]
    pub decision: Json,
    /// Until when it can be claimed.
    pub claim_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// The day in Asia/Shanghai.
    pub biz_day: NaiveDate,
    pub settled_at: Option<DateTime<Utc>>,
    /// How much of what was given at once was taken back.
    pub came_back: i64,
    /// Why and when it was taken back, as far as that was possible: rule, what, at.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub taken_back: Option<Json>,
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
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[schema(as = GrantState)]
pub enum State {
    /// Nothing is given.
    Refused,
    /// Waits for the person to claim it.
    Claimable,
    /// On its way.
    Paying,
    /// The person has it.
    Given,
    /// It came back, or could not be paid.
    Returned,
    /// Nobody claimed it in time, or it was taken back before it was paid.
    Lapsed,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
