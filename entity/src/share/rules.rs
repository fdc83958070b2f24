//! One version of the rules of a share campaign. Rows are only ever added.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, Json,
    PrimaryKeyTrait,
};

use crate::types::{ShareCampaignId, StaffId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "share_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: ShareCampaignId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// The rules, as the domain writes them.
    #[sea_orm(column_type = "JsonBinary")]
    pub rules: Json,
    pub staff_id: StaffId,
    pub reason: String,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
