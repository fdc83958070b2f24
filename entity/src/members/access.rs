//! One reading of something that is not shown otherwise: who of the staff read what of whom, and why.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{AccessId, MemberId, StaffId};

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member_access")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessId,
    pub member_id: MemberId,
    pub staff_id: StaffId,
    /// What was read: `phone`, or the key of an attribute.
    pub what: String,
    /// The occasion for which it may be read.
    pub scene: String,
    /// Why, in the words of the reader.
    pub reason: String,
    pub at: DateTime<Utc>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Access({}, {} of {} by {})", self.id, self.what, self.member_id, self.staff_id)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
