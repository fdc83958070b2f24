//! One thing that happened to a member's points. Rows are only ever added; what they say of why may be blanked when a
//! member is forgotten.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{MemberId, Points, PointsChange, PointsEntryId, StaffId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "points_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PointsEntryId,
    pub member_id: MemberId,
    /// What it follows from. There is one entry for each, however often it is asked for.
    pub source_key: String,
    pub kind: Kind,
    /// How the balance changed.
    pub delta: PointsChange,
    /// How much more or less cannot be spent yet.
    pub pending: PointsChange,
    /// How many points were asked for, which may be more than were there.
    pub asked: Points,
    /// Why, as the member reads it.
    pub because_zh: String,
    pub because_en: String,
    /// The rule that wanted it.
    pub rule: Option<String>,
    /// The entry that it takes further or takes back.
    pub refers_to: Option<PointsEntryId>,
    /// The member of staff who wanted it.
    pub staff_id: Option<StaffId>,
    /// Why, as staff wrote it.
    pub note: Option<String>,
    pub at: DateTime<Utc>,
    pub biz_day: NaiveDate,
}

/// What happened.
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
#[schema(as = PointsEntryKind)]
pub enum Kind {
    /// Points were given, to be spent now or later.
    Given,
    /// Points that were pending can be spent.
    Available,
    /// Points that were pending will not come.
    Cancelled,
    /// Points were spent.
    Spent,
    /// Spent points came back.
    Refunded,
    /// Points were not spent in time.
    Expired,
    /// Points were taken back, because what they were given for did not hold.
    TakenBack,
    /// Staff corrected the account.
    Adjusted,
    /// Two members had been one, and what happened meanwhile to points of one of them is settled between them.
    Parted,
    /// The member is forgotten, and what was left is nobody's.
    Forfeited,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
