//! The budget of a campaign as an account. What is free is `total - reserved - sent - received`, and never negative.
//! It changes by conditional updates only, each with its entry.

use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::CampaignId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: CampaignId,
    pub unit: Unit,
    /// What was put in.
    pub total: i64,
    /// Promised, and certainly not on its way yet as far as anybody knows.
    pub reserved: i64,
    /// With WeChat, waiting for the person.
    pub sent: i64,
    /// With the person.
    pub received: i64,
}

/// What is counted.
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
#[schema(as = BudgetUnit)]
pub enum Unit {
    /// Money, in fen.
    Fen,
    /// Points.
    Points,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
