//! A campaign: what is given, to whom, when, and how much of it at most.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{CampaignId, StaffId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CampaignId,
    pub name: String,
    pub state: State,
    /// Counts every change; whoever changes a campaign names the version that they saw.
    pub version: i32,
    /// What it gives.
    pub what: What,
    /// The terms, as the domain writes them.
    #[sea_orm(column_type = "JsonBinary")]
    pub terms: Json,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Who wrote it first.
    pub written_by: StaffId,
    /// Who changed the terms last.
    pub changed_by: StaffId,
    pub approved_by: Option<StaffId>,
    pub approved_at: Option<DateTime<Utc>>,
    /// Why it is paused, in a word: by staff, or by which of the rules that stop leaks.
    pub paused_why: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// How far a campaign is.
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
#[schema(as = CampaignState)]
pub enum State {
    /// Being written.
    Draft,
    /// Approved, and not started by anybody yet.
    Approved,
    /// Gives.
    Running,
    /// Held: gives nothing until it runs again.
    Paused,
    /// Gives nothing any more.
    Ended,
}

/// What a campaign gives.
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
#[schema(as = CampaignGives)]
pub enum What {
    /// Points, at once.
    Points,
    /// A cash red packet of an official account.
    RedPacket,
    /// A red packet that is opened in a mini program.
    MiniRedPacket,
    /// A transfer that the person confirms.
    Transfer,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
