//! The code by which one member invites in one program.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{MemberId, ReferralProgramId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_code")]
pub struct Model {
    /// Ten characters of Crockford base32, in lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub program_id: ReferralProgramId,
    /// Who got it; after a merge it stands for whoever they have become.
    pub member: MemberId,
    /// The device on which it was asked for, as a keyed hash.
    pub device: Option<String>,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
