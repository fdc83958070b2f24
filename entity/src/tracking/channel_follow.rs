//! What became of a follow that came by a channel. It names the touch and nobody.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{ChannelId, TouchId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_follow")]
pub struct Model {
    /// The follow.
    #[sea_orm(primary_key, auto_increment = false)]
    pub touch_id: TouchId,
    pub channel_id: ChannelId,
    /// The day of the follow in Asia/Shanghai.
    pub biz_day: NaiveDate,
    /// It has stayed when it still holds then.
    pub stays_at: DateTime<Utc>,
    /// When it ended.
    pub left_at: Option<DateTime<Utc>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
