//! How many points a rule has given a member in a day, a month, a year or ever.

use chrono::NaiveDate;
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{MemberId, Points, PointsCounterId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(table_name = "points_counter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PointsCounterId,
    pub member_id: MemberId,
    pub rule: String,
    pub period: Period,
    /// The first day of the period.
    pub starts_on: NaiveDate,
    pub given: Points,
}

/// For how long is counted, in days of Asia/Shanghai.
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
#[schema(as = CapPeriod)]
pub enum Period {
    Day,
    Month,
    Year,
    Ever,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
