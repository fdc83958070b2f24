//! A file that a member of staff asked for.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{ExportRequestId, StaffId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "export_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExportRequestId,
    /// What is to stand in it.
    #[sea_orm(column_type = "JsonBinary")]
    pub what: Json,
    pub reason: String,
    /// Who asked, and alone gets it.
    pub staff_id: StaffId,
    /// By which name every line of it says so.
    pub login: String,
    pub state: State,
    /// Who agreed or refused.
    pub decided_by: Option<StaffId>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was refused, or could not be written.
    pub why: Option<String>,
    /// Lines that will stand in it, as they were counted when writing began.
    pub total: i64,
    /// Lines that stand in it.
    pub done: i64,
    /// Pieces that are written.
    pub parts: i32,
    /// Where the next piece begins.
    pub cursor: Option<String>,
    /// How often it was fetched.
    pub fetched: i32,
    pub created_at: DateTime<Utc>,
    pub ready_at: Option<DateTime<Utc>>,
    /// When it is forgotten.
    pub expires_at: Option<DateTime<Utc>>,
}

/// How far it is.
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
#[schema(as = ExportRequestState)]
pub enum State {
    /// Somebody else has to agree.
    Waiting,
    /// Is being written.
    Writing,
    /// Can be fetched by who asked.
    Ready,
    /// Somebody else did not agree.
    Refused,
    /// Who asked wants it no more.
    Withdrawn,
    /// Could not be written.
    Failed,
    /// Its time is over; the file is gone.
    Over,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
