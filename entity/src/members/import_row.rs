//! What became of one row of a file: the journal by which a row is taken over once, and taken back.

use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{ImportId, ImportRowId, MemberId};

#[derive(Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportRowId,
    pub import_id: ImportId,
    /// Its line in the file, headings being line 1. Unique with the import.
    pub row: i32,
    pub outcome: Outcome,
    /// Whom it told of; nobody when it was rejected, or erased.
    pub member_id: Option<MemberId>,
    /// What it did, so that it can be taken back; or why it was rejected.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub detail: Option<Json>,
    /// The cells of a rejected row, sealed, until the import expires.
    pub sealed: Option<String>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({} of {}, {:?})", self.row, self.import_id, self.outcome)
    }
}

/// What became of a row.
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
#[schema(as = ImportOutcome)]
pub enum Outcome {
    /// Somebody nobody knew.
    Created,
    /// Somebody who was known.
    Matched,
    /// It showed that members are one person.
    Merged,
    /// Something speaks against it; staff decide. What nothing speaks against was taken over.
    Conflict,
    /// It is not valid.
    Rejected,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
