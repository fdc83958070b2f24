//! By which channels a member registered and first bought something: derived from touches, profile and purchases.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{ChannelId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_person")]
pub struct Model {
    /// A member by one of their names; after a merge the rows of all names are asked.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: MemberId,
    /// When they first bought something under this name.
    pub first_bought_at: Option<DateTime<Utc>>,
    /// The day in Asia/Shanghai on which they registered, when a channel is credited with it.
    pub registered_day: Option<NaiveDate>,
    /// The channel of their first touch.
    pub registered_first: Option<ChannelId>,
    /// The channel of their last touch before.
    pub registered_last: Option<ChannelId>,
    /// The day in Asia/Shanghai on which they first bought something, when a channel is credited with it.
    pub bought_day: Option<NaiveDate>,
    pub bought_first: Option<ChannelId>,
    pub bought_last: Option<ChannelId>,
}

impl Model {
    /// A row that says nothing yet.
    pub fn of(member: MemberId) -> Self {
        Self {
            member,
            first_bought_at: None,
            registered_day: None,
            registered_first: None,
            registered_last: None,
            bought_day: None,
            bought_first: None,
            bought_last: None,
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
