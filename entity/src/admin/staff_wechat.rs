//! By whose WeChat a member of staff signs in beside the password.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{AccountKey, OpenId, StaffId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff_wechat")]
pub struct Model {
    /// Nobody has two.
    #[sea_orm(primary_key, auto_increment = false)]
    pub staff_id: StaffId,
    /// The official account that knows them by the OpenID; unique together with it.
    pub account: AccountKey,
    pub open_id: OpenId,
    pub linked_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
