//! How many invitations of an inviter count in a period, and what they brought. Derived from the invitations.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{MemberId, ReferralProgramId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_standing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub program_id: ReferralProgramId,
    /// `all`, or a month in Asia/Shanghai such as `2026-11`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: String,
    /// The inviter.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: MemberId,
    pub matured: i64,
    pub value_fen: i64,
    /// When the last of them matured: of two who have as many, who reached it first stands first.
    pub reached_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
