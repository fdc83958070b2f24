//! One change of a campaign: who did what, why, and what stood before. Rows are only ever added.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, Json,
    PrimaryKeyTrait,
};

use super::campaign::State;
use crate::types::{CampaignEventId, CampaignId, StaffId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CampaignEventId,
    pub campaign_id: CampaignId,
    /// Who; none when a rule did it.
    pub staff_id: Option<StaffId>,
    pub from_state: Option<State>,
    pub to_state: State,
    /// The version that it made.
    pub version: i32,
    pub reason: String,
    /// The terms before, when they were changed.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub before: Option<Json>,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
