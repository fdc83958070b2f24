//! What one member's shares have brought in one campaign: sums over visits, written anew whenever one of them changes.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{MemberId, ShareCampaignId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "share_value")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: ShareCampaignId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: MemberId,
    pub visits: i64,
    /// Visits to what visitors of theirs shared.
    pub second: i64,
    pub registered: i64,
    pub purchases: i64,
    pub value_fen: i64,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
