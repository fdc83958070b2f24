//! What a visit to a shared page is worth: one row for each visitor and page of a campaign, derived from what is known.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{MemberId, ShareCampaignId, ShareVisitId, TouchId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "share_visit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ShareVisitId,
    pub campaign_id: ShareCampaignId,
    /// Unique with the campaign and the page.
    pub visitor: MemberId,
    pub page: String,
    /// Whom it is credited to; none when it is credited to nobody.
    pub sharer: Option<MemberId>,
    /// Whose visitor the sharer was.
    pub second: Option<MemberId>,
    /// The key of the link that decided.
    pub key: Option<String>,
    /// The touch that decided.
    pub touch_id: Option<TouchId>,
    /// The version of the rules that decided.
    pub rules: i32,
    pub state: State,
    /// How it was decided, in a word that never changes its meaning.
    pub why: String,
    /// The values that led to it.
    #[sea_orm(column_type = "JsonBinary")]
    pub seen: Json,
    pub opened_at: Option<DateTime<Utc>>,
    /// When it had been looked at for long enough.
    pub counted_at: Option<DateTime<Utc>>,
    /// When the visitor registered, where that came of this visit.
    pub registered_at: Option<DateTime<Utc>>,
    /// When the visitor first bought something, where that came of this visit and was kept.
    pub purchased_at: Option<DateTime<Utc>>,
    /// What the visitor bought within the days of the rules, less what came back.
    pub value_fen: i64,
    /// When time alone may change it.
    pub due_at: Option<DateTime<Utc>>,
    /// Counts every look that changed it.
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// How far a visit is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[schema(as = ShareVisitState)]
pub enum State {
    /// A link was opened.
    Seen,
    /// It counts for whoever shared.
    Counted,
    /// And everything it earns is given.
    Rewarded,
    /// It never counted.
    Refused,
    /// It had earned something, and does not count any more.
    Reversed,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
