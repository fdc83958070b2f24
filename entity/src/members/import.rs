//! A file of members from another system: what is in it, what its columns mean, how far it is, what came of it.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{ImportId, StaffId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportId,
    /// The name of the file.
    pub name: String,
    /// SHA-256 of the file, base64url.
    pub digest: String,
    pub bytes: i64,
    /// How the file was read: kind, encoding, separator.
    #[sea_orm(column_type = "JsonBinary")]
    pub format: Json,
    /// Its columns: heading, how many cells are filled, what they seem to be.
    #[sea_orm(column_type = "JsonBinary")]
    pub columns: Json,
    /// What each column means, once staff have said so.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub mapping: Option<Json>,
    pub state: State,
    /// Rows in the file, without headings.
    pub rows: i32,
    /// Rows that the present pass has been through.
    pub done: i32,
    /// What has become of them, by outcome.
    #[sea_orm(column_type = "JsonBinary")]
    pub counts: Json,
    /// What the last dry run found.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub report: Option<Json>,
    /// What undoing it did.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub undo_report: Option<Json>,
    /// Who brought it; nobody when it came by the command line.
    pub staff_id: Option<StaffId>,
    pub created_at: DateTime<Utc>,
    /// When the present pass began.
    pub began_at: Option<DateTime<Utc>>,
    /// When the last pass ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// When what is left of the file itself is forgotten.
    pub expires_at: DateTime<Utc>,
    /// Why it cannot go on.
    pub error: Option<String>,
}

/// How far it is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[schema(as = ImportState)]
pub enum State {
    /// The file is being read.
    Reading,
    /// Waits for what its columns mean, or for the order to begin.
    Ready,
    /// A dry run: nothing is changed.
    Checking,
    /// Members are being written.
    Running,
    /// Every row has been through.
    Done,
    /// Being taken back.
    Undoing,
    /// Taken back as far as that was possible.
    Undone,
    /// Given up; `error` says why.
    Failed,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
