//! Points that were given together, and what is left of them.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{MemberId, Points, PointsEntryId, PointsLotId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "points_lot")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PointsLotId,
    pub member_id: MemberId,
    /// The entry by which they were given.
    pub entry_id: PointsEntryId,
    /// How many there were.
    pub earned: Points,
    /// How many are left.
    pub remaining: Points,
    pub state: State,
    /// From when they can be spent; far away when somebody has to say so.
    pub available_at: DateTime<Utc>,
    /// The end of their last day; far away when they last for ever.
    pub expires_at: DateTime<Utc>,
    /// When time changes them next; far away when it does not.
    pub due_at: DateTime<Utc>,
    /// The end of which the member was told beforehand, if they were.
    pub reminded_for: Option<DateTime<Utc>>,
}

/// Whether they can be spent.
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
#[schema(as = PointsLotState)]
pub enum State {
    /// Pending until somebody releases or cancels them.
    Held,
    /// Pending until their time comes.
    Waiting,
    /// Can be spent.
    Open,
    /// Nothing is left of them; what is refunded makes them open again.
    Used,
    /// Their last day is over.
    Expired,
    /// They were taken away before anybody could spend them.
    Cancelled,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
