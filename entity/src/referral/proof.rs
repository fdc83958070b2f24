//! One look at whether every invitation of a program is what its log says.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, Json,
    PrimaryKeyTrait,
};

use crate::types::{ReferralId, ReferralProgramId, ReferralProofId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_proof")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralProofId,
    pub program_id: ReferralProgramId,
    pub started_at: DateTime<Utc>,
    pub done_at: Option<DateTime<Utc>>,
    /// How far it came.
    pub reached: Option<ReferralId>,
    pub referrals: i64,
    pub differences: i64,
    /// The first differences, each named.
    #[sea_orm(column_type = "JsonBinary")]
    pub found: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
