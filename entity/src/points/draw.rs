//! How an entry changed a lot after it was given.

use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{MemberId, PointsChange, PointsDrawId, PointsEntryId, PointsLotId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "points_draw")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PointsDrawId,
    pub member_id: MemberId,
    pub entry_id: PointsEntryId,
    pub lot_id: PointsLotId,
    /// How what can be spent of the lot changed.
    pub delta: PointsChange,
    /// How what cannot be spent yet changed.
    pub pending: PointsChange,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
