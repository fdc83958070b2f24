//! Somebody who works for the brand.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{StaffId, StoreId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StaffId,
    #[sea_orm(unique)]
    pub login: String,
    pub name: String,
    /// argon2id in PHC form.
    pub password: String,
    pub role: Role,
    /// Where they work; headquarters have none.
    pub store_id: Option<StoreId>,
    /// The secret that the codes of an authenticator follow from, sealed; none until one is set up.
    pub second_factor: Option<String>,
    /// Since when a code is asked for; none while it is being set up.
    pub second_factor_at: Option<DateTime<Utc>>,
    /// The step of time whose code was used last: a code counts once.
    pub second_factor_step: i64,
    pub disabled_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// How much a member of staff may see and do.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Role {
    /// 店员: the customer at hand.
    Clerk,
    /// 店长: the own store.
    Manager,
    /// 总部: everything.
    Headquarters,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
