//! How many inviters stand within a range of figures, so that a rank is a short sum.

use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::ReferralProgramId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_place")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub program_id: ReferralProgramId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: String,
    /// `matured` or `value`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub board: String,
    /// The range.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bucket: i32,
    pub members: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
