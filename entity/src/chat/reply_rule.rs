//! What the robot answers to what.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, Json,
    PrimaryKeyTrait,
};

use crate::types::{AccountKey, ReplyRuleId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reply_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReplyRuleId,
    pub account: AccountKey,
    /// The key of the rule in `wechat-config`, when it came from there.
    pub config_key: Option<String>,
    pub name: String,
    /// When the rule applies.
    #[sea_orm(column_type = "JsonBinary")]
    pub condition: Json,
    /// What it says and does.
    #[sea_orm(column_type = "JsonBinary")]
    pub action: Json,
    /// Rules are tried from the highest priority down; equal ones from the oldest.
    pub priority: i32,
    pub enabled: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
