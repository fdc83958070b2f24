//! One purchase of a member, in a shop or elsewhere.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{MemberId, OrderId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "purchase")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderId,
    /// Which system says so.
    pub source: String,
    /// Its number there; unique with the source.
    pub number: String,
    pub member_id: MemberId,
    /// What was paid.
    pub amount_fen: i64,
    pub paid_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    /// The day in Asia/Shanghai on which it was paid.
    pub biz_day: NaiveDate,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
