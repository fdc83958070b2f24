//! One act upon a share campaign: what counts as running at which moment follows from them. Rows are only ever added.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use super::campaign::State;
use crate::types::{ShareCampaignId, ShareEventId, StaffId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "share_campaign_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ShareEventId,
    pub campaign_id: ShareCampaignId,
    pub staff_id: StaffId,
    pub from_state: Option<State>,
    pub to_state: State,
    /// The version that it made.
    pub version: i32,
    pub reason: String,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
