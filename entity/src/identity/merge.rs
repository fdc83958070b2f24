//! Two members made one, by rule or by staff, and how it was undone.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{ConflictId, IdentityId, MemberId, MergeId, StaffId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "merge")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MergeId,
    pub winner: MemberId,
    pub loser: MemberId,
    pub cause: Cause,
    /// Why, in words: the kind of evidence, or what staff wrote.
    pub reason: String,
    /// The identity that joined them, when it was a rule.
    pub joined_by: Option<IdentityId>,
    /// The conflict that was decided.
    pub conflict_id: Option<ConflictId>,
    pub staff_id: Option<StaffId>,
    /// What was chosen for each field and why; no values.
    #[sea_orm(column_type = "JsonBinary")]
    pub decisions: Json,
    /// Rows moved, by table.
    #[sea_orm(column_type = "JsonBinary")]
    pub moved: Json,
    pub at: DateTime<Utc>,
    pub undone_at: Option<DateTime<Utc>>,
    pub undone_by: Option<StaffId>,
    /// What went back, what could not and what stayed.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub undo_report: Option<Json>,
}

/// Who wanted it.
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
#[schema(as = MergeCause)]
pub enum Cause {
    /// Evidence joined them and nothing spoke against it.
    Rule,
    /// A member of staff decided.
    Staff,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
