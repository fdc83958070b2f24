//! One step of a payout. Rows are only ever added.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use super::payout::State;
use crate::types::{PayoutEventId, PayoutId, StaffId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PayoutEventId,
    pub payout_id: PayoutId,
    pub from_state: State,
    pub to_state: State,
    pub cause: Cause,
    /// What was heard, in a word.
    pub code: String,
    pub attempt: i32,
    pub at: DateTime<Utc>,
    /// Who of the staff made it.
    pub staff_id: Option<StaffId>,
    /// Why staff or a rule made it.
    pub reason: Option<String>,
}

/// What made the step.
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
#[schema(as = PayoutCause)]
pub enum Cause {
    /// It begins, or is handed over.
    Order,
    /// The answer to handing it over.
    Answer,
    /// The answer to asking about it.
    Query,
    /// A notification of WeChat.
    Notice,
    /// The answer to taking it back.
    Cancel,
    /// A member of staff.
    Staff,
    /// A rule that takes back what it gave.
    Rule,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
