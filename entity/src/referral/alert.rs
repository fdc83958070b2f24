//! Findings of one rule of the guard that belong together.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{ReferralAlertId, ReferralProgramId, StaffId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_alert")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralAlertId,
    pub program_id: ReferralProgramId,
    pub rule: String,
    /// What they have in common; unique with program and rule.
    pub fingerprint: String,
    pub severity: Severity,
    /// How many findings.
    pub count: i64,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    pub state: State,
    /// Who decided.
    pub staff_id: Option<StaffId>,
    pub reason: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// What staff think of it.
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
#[schema(as = ReferralAlertState)]
pub enum State {
    /// Nobody has looked yet.
    Open,
    /// It is all right, and what comes of the same kind is not held.
    Released,
    /// It is not real.
    Rejected,
}

/// How grave it is.
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
#[schema(as = ReferralSeverity)]
pub enum Severity {
    /// To be known.
    Watch,
    /// What it concerns is held.
    Hold,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
