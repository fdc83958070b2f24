//! What another system said of a member's standing there: their store, tier and points. One row for each card, or other
//! name that the person had there.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{MemberId, StandingId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(table_name = "member_standing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StandingId,
    pub member_id: MemberId,
    /// By which name the other system knew the person, as a fingerprint. Unique.
    #[sea_orm(unique)]
    pub origin: String,
    pub store: Option<String>,
    pub tier: Option<String>,
    pub points: Option<i64>,
    /// When it was told.
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
