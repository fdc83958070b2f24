//! How much was given within a scope and a span of time. Caps are conditional updates of these rows.

use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reward_counter")]
pub struct Model {
    /// A campaign, a merchant, or everything: `cmp_…`, `merchant:brand`, `all`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// `all`, a day in Asia/Shanghai, or a minute.
    #[sea_orm(primary_key, auto_increment = false)]
    pub span: String,
    pub count: i64,
    pub amount: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
