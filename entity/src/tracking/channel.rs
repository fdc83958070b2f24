//! A member of staff, a store or an advertisement by whose code people come.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{ChannelId, StaffId, StoreId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChannelId,
    pub name: String,
    pub kind: Kind,
    /// What its codes carry.
    #[sea_orm(unique)]
    pub scene: String,
    /// The store whose it is; the brand's own have none.
    pub store_id: Option<StoreId>,
    pub written_by: StaffId,
    pub created_at: DateTime<Utc>,
}

/// What a channel is.
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
#[schema(as = ChannelKind)]
pub enum Kind {
    /// Somebody who works for the brand.
    Staff,
    /// A store.
    Store,
    /// An advertisement, wherever it is shown.
    Advertising,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
