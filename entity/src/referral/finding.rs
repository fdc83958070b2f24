//! What a rule of the guard found about one invitation. Rows are only ever added.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{MemberId, ReferralAlertId, ReferralFindingId, ReferralId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_finding")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralFindingId,
    pub referral_id: ReferralId,
    pub rule: String,
    pub alert_id: ReferralAlertId,
    pub stage: Stage,
    /// For whom it was looked at.
    pub inviter: MemberId,
    /// Whether it holds the invitation.
    pub holds: bool,
    /// What was seen, and what may be.
    #[sea_orm(column_type = "JsonBinary")]
    pub seen: Json,
    pub at: DateTime<Utc>,
}

/// When the guard looked.
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
#[schema(as = ReferralStage)]
pub enum Stage {
    /// When everything was done that the rules ask for.
    Qualified,
    /// When it had held long enough.
    Matured,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
