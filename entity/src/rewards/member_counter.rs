//! How much a member got within a scope and a span of time. Caps are conditional updates of these rows.

use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::MemberId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(table_name = "member_reward_counter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// A campaign or a merchant: `cmp_…`, `merchant:brand`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// `all`, or a day in Asia/Shanghai.
    #[sea_orm(primary_key, auto_increment = false)]
    pub span: String,
    pub count: i64,
    pub amount: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
