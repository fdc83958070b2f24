//! `audit_entry`: what staff did, each entry sealed to the one before it.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{AuditEntryId, StaffId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEntryId,
    /// The how many-th entry it is, from 1 without a gap.
    #[sea_orm(unique)]
    pub place: i64,
    pub at: DateTime<Utc>,
    pub staff_id: StaffId,
    /// Method and pattern of the call, such as `POST /api/admin/v1/merges/{id}/undo`.
    pub action: String,
    /// The path that was called.
    pub path: String,
    pub request_id: String,
    /// The HTTP status of the answer; none in the entry that is written before anything happens.
    pub status: Option<i32>,
    /// HMAC of all of this and of the digest of the entry before.
    pub digest: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
