//! A member's wish to be forgotten, and what came of it. It stays as proof and names nobody.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{MemberErasureId, MemberId, StaffId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "member_erasure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MemberErasureId,
    pub member_id: MemberId,
    pub state: State,
    /// Who of the staff wrote it down for them; none when the member said it themselves.
    pub staff_id: Option<StaffId>,
    /// How staff know that it is the member's wish. Empty once it is done.
    pub reason: Option<String>,
    pub requested_at: DateTime<Utc>,
    /// When it will be done; known once it was confirmed.
    pub due_at: Option<DateTime<Utc>>,
    pub done_at: Option<DateTime<Utc>>,
    /// Rows deleted or blanked, by table.
    #[sea_orm(column_type = "JsonBinary")]
    pub deleted: Json,
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
#[schema(as = MemberErasureState)]
pub enum State {
    /// Waits for the member to say it again.
    Requested,
    /// Will be done when its time has come.
    Confirmed,
    /// Taken back.
    Cancelled,
    /// Nothing is left.
    Done,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
