//! Evidence that contradicts what is known. Nothing was changed by it; staff decide.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use super::identity;
use crate::types::{ConflictId, MemberId, StaffId};

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conflict")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConflictId,
    pub kind: Kind,
    /// Who came with the evidence.
    pub member_a: MemberId,
    /// Whom it would join; the same member again when the evidence only contradicts what that one holds.
    pub member_b: MemberId,
    /// What they would be joined by, as in `identity`; none when staff separated two members.
    pub claim_kind: Option<identity::Kind>,
    pub claim_realm: String,
    pub claim_key: String,
    pub claim_sealed: Option<String>,
    pub source: identity::Source,
    pub state: State,
    pub decided_by: Option<StaffId>,
    pub decided_at: Option<DateTime<Utc>>,
    pub note: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_seen: DateTime<Utc>,
    pub times_seen: i32,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, kind, state, member_a, member_b, .. } = self;
        write!(f, "Conflict({id}, {kind:?} of {member_a} and {member_b}, {state:?})")
    }
}

/// What speaks against one person.
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
#[schema(as = ConflictKind)]
pub enum Kind {
    /// Both members have a phone that was checked.
    TwoPhones,
    /// The OpenID was known with another UnionID.
    OtherUnionId,
    /// The phone belongs to a provably different WeChat user.
    RecycledNumber,
    /// Something else than a phone joins provably different WeChat users.
    DifferentPeople,
    /// Staff took the members apart before.
    Separated,
}

/// How it was decided.
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
#[schema(as = ConflictState)]
pub enum State {
    /// Waits for staff.
    Open,
    /// One person after all.
    Merged,
    /// Two people; the same evidence does not ask again.
    KeptApart,
    /// The number was given to who claimed it.
    Moved,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
