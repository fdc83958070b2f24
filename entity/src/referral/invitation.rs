//! What an invitation is worth: one row for each invitee of a program, derived from what is known of them.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{MemberId, ReferralId, ReferralProgramId, TouchId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "referral")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralId,
    pub program_id: ReferralProgramId,
    /// Unique with the program.
    pub invitee: MemberId,
    /// Whom it is credited to; none when it is credited to nobody.
    pub inviter: Option<MemberId>,
    /// Who invited the inviter, where a second level is rewarded.
    pub second: Option<MemberId>,
    /// The code that decided.
    pub code: Option<String>,
    /// The touch that decided.
    pub touch_id: Option<TouchId>,
    /// The version of the rules that decided.
    pub rules: i32,
    pub state: State,
    /// How it was decided, in a word that never changes its meaning.
    pub why: String,
    /// The values that led to it.
    #[sea_orm(column_type = "JsonBinary")]
    pub seen: Json,
    /// When the touch happened that decided.
    pub seen_at: Option<DateTime<Utc>>,
    pub registered_at: Option<DateTime<Utc>>,
    pub phone_at: Option<DateTime<Utc>>,
    pub qualified_at: Option<DateTime<Utc>>,
    pub matured_at: Option<DateTime<Utc>>,
    pub rewarded_at: Option<DateTime<Utc>>,
    /// Since when it is held.
    pub held_at: Option<DateTime<Utc>>,
    /// When it was refused or reversed, by what is known.
    pub ended_at: Option<DateTime<Utc>>,
    /// When time alone may change it.
    pub due_at: Option<DateTime<Utc>>,
    /// When the guard has looked, for which inviter.
    #[sea_orm(column_type = "JsonBinary")]
    pub checks: Json,
    /// How the phone begins, as a keyed hash.
    pub prefix: Option<String>,
    /// The device of the touch, as a keyed hash.
    pub device: Option<String>,
    /// The network of the touch, as a keyed hash.
    pub network: Option<String>,
    /// What the invitee bought since, less what came back.
    pub value_fen: i64,
    /// The month in Asia/Shanghai in which it matured, while it counts for the inviter.
    pub month: Option<String>,
    /// Counts every look that changed it.
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// How far an invitation is.
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
#[schema(as = ReferralState)]
pub enum State {
    /// A code of an inviter was seen with them.
    Seen,
    /// They have done something of their own: followed, logged in, shown a number.
    Registered,
    /// WeChat has checked their phone.
    PhoneVerified,
    /// They have done all that the rules ask for.
    Qualified,
    /// And it has held as long as the rules ask for.
    Matured,
    /// What it earns is given.
    Rewarded,
    /// A rule of the guard holds it until staff have looked.
    Held,
    /// It had counted, and does not any more.
    Reversed,
    /// It never counted.
    Refused,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
