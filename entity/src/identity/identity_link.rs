//! The journal of identities: every link, move, strengthening and ending. Rows are only ever added.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use super::identity::{Source, Strength};
use crate::types::{IdentityId, LinkId, MemberId, MergeId, StaffId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LinkId,
    pub identity_id: IdentityId,
    pub from_member: Option<MemberId>,
    pub to_member: Option<MemberId>,
    pub why: Why,
    pub source: Source,
    pub strength: Strength,
    /// The merge that moved it, or whose undoing did.
    pub merge_id: Option<MergeId>,
    /// The member of staff who decided.
    pub staff_id: Option<StaffId>,
    pub at: DateTime<Utc>,
}

/// Why it changed.
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
#[schema(as = LinkWhy)]
pub enum Why {
    /// Somebody new came with it, or it came with something known.
    Claimed,
    /// Better evidence for the same person.
    Strengthened,
    /// Moved with its member.
    Merged,
    /// Moved back when the merge was undone.
    Unmerged,
    /// A number that somebody else has now.
    Recycled,
    /// It was only asserted, and somebody else proved it.
    Outranked,
    /// Staff took it out of a member.
    Split,
    /// Staff decided so in a conflict.
    Decided,
    /// The import that it came by was taken back.
    TakenBack,
    /// Deleted on request.
    Erased,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
