//! A person's withdrawal of data, or the end of their WeChat account, and what was deleted for it.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, Json,
    PrimaryKeyTrait,
};

use crate::types::{AccountKey, ErasureId, OpenId, UnionId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ErasureId,
    pub account: AccountKey,
    pub open_id: OpenId,
    pub union_id: Option<UnionId>,
    /// The named data (`RevokeInfo` codes), or `all`.
    #[sea_orm(column_type = "JsonBinary")]
    pub codes: Json,
    pub requested_at: DateTime<Utc>,
    pub done_at: Option<DateTime<Utc>>,
    /// Rows deleted or blanked, by table.
    #[sea_orm(column_type = "JsonBinary")]
    pub deleted: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
