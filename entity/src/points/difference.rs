//! An account that was found not to add up. The figures are what stood there, whatever they were.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{MemberId, PointsDifferenceId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "points_difference")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PointsDifferenceId,
    pub member_id: MemberId,
    /// What the account says can be spent, what is left of its lots, and what its entries come to.
    pub balance: i64,
    pub balance_lots: i64,
    pub balance_entries: i64,
    /// The same of what cannot be spent yet.
    pub pending: i64,
    pub pending_lots: i64,
    pub pending_entries: i64,
    pub found_at: DateTime<Utc>,
    /// When it was found to add up again.
    pub resolved_at: Option<DateTime<Utc>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
