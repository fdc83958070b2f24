//! One look at all accounts: whether each adds up.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{MemberId, PointsCheckId, StaffId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "points_check")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PointsCheckId,
    /// Who of the staff asked for it; nobody when it was the night's.
    pub staff_id: Option<StaffId>,
    pub started_at: DateTime<Utc>,
    pub done_at: Option<DateTime<Utc>>,
    /// How far it is.
    pub reached: Option<MemberId>,
    pub accounts: i64,
    /// Accounts that do not add up.
    pub differences: i64,
    /// All balances together.
    pub balance: i64,
    pub pending: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
