//! A program of invitations: when it runs, and which version of its rules is in force.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{ReferralProgramId, StaffId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_program")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralProgramId,
    pub name: String,
    pub state: State,
    /// Counts every change; whoever changes a program names the version that they saw.
    pub version: i32,
    /// The version of the rules in force.
    pub rules: i32,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub written_by: StaffId,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// How far a program is.
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
#[schema(as = ReferralProgramState)]
pub enum State {
    /// Being written.
    Draft,
    /// Counts invitations.
    Running,
    /// Held: counts nothing new and gives nothing until it runs again.
    Paused,
    /// Counts none any more; what was promised is kept.
    Ended,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
