//! What a member has in points, as one figure. It changes with every entry, in the same transaction.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{MemberId, Points};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "points_account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// What can be spent.
    pub balance: Points,
    /// What cannot be spent yet.
    pub pending: Points,
    /// When time next changes one of the lots, or earlier; far away when it changes none.
    pub next_due_at: DateTime<Utc>,
    /// Since when nothing is taken from it, because it does not add up.
    pub stopped_at: Option<DateTime<Utc>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
