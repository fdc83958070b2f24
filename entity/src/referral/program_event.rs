//! One act upon a program: what counts as running at which moment follows from them. Rows are only ever added.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use super::program::State;
use crate::types::{ReferralEventId, ReferralProgramId, StaffId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_program_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralEventId,
    pub program_id: ReferralProgramId,
    pub staff_id: StaffId,
    pub from_state: Option<State>,
    pub to_state: State,
    /// The version that it made.
    pub version: i32,
    pub reason: String,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
