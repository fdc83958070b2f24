//! One thing that somebody did in a mini program or on a page. Append-only.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, BehaviourId, OpenId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "behaviour")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BehaviourId,
    pub account: AccountKey,
    pub open_id: OpenId,
    /// The client's own name of the event, as a digest with the person: the same event sent twice is stored once.
    #[sea_orm(unique)]
    pub key: String,
    pub kind: Kind,
    /// The path of the page.
    pub page: String,
    /// What was clicked or looked at there.
    pub target: Option<String>,
    /// How long it was looked at.
    pub millis: Option<i32>,
    /// When the client says it happened.
    pub at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    /// The date in Asia/Shanghai.
    pub biz_day: NaiveDate,
}

/// What somebody did.
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
#[schema(as = BehaviourKind)]
pub enum Kind {
    /// Opened a page.
    PageView,
    /// Stayed on a page; `millis` says how long.
    Dwell,
    /// Tapped something; `target` says what.
    Click,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
