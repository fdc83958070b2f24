//! What staff decided about an invitation that was held. Rows are only ever added.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{ReferralId, ReferralReviewId, StaffId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_review")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralReviewId,
    pub referral_id: ReferralId,
    pub decision: Decision,
    pub reason: String,
    pub staff_id: StaffId,
    pub at: DateTime<Utc>,
}

/// What staff decided.
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
#[schema(as = ReferralDecision)]
pub enum Decision {
    /// It is all right.
    Release,
    /// It is not real.
    Reject,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
