//! One run of the follower synchronisation, with its progress.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, SyncId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follower_sync")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SyncId,
    pub account: AccountKey,
    pub state: State,
    /// WeChat's cursor: the last OpenID of the page that was done.
    pub cursor: Option<String>,
    /// How many followers WeChat counts.
    pub total: i64,
    /// How many have been read.
    pub done: i64,
    /// How many were new, changed or gone.
    pub changed: i64,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub error: Option<String>,
}

/// How far a run is.
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
#[schema(as = SyncState)]
pub enum State {
    /// Pages are being read.
    Running,
    /// All followers have been read.
    Done,
    /// WeChat refused; `error` says why.
    Failed,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
