//! Why somebody thinks that an invitation should not be held: once for each time it is.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{MemberId, ReferralAppealId, ReferralId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_appeal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferralAppealId,
    pub referral_id: ReferralId,
    /// Since when it was held; unique with the invitation.
    pub held_at: DateTime<Utc>,
    /// Who says so.
    pub by: MemberId,
    pub words: String,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
