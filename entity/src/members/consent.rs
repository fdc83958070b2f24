//! One answer of a member to what the brand may use their data for. Rows are only ever added; the latest one counts.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use super::profile::Source;
use crate::types::{AccountKey, ConsentId, MemberId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member_consent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsentId,
    pub member_id: MemberId,
    pub purpose: Purpose,
    pub granted: bool,
    /// The version of the text that was shown.
    pub version: String,
    /// Who says so.
    pub source: Source,
    /// The account in which it was said.
    pub account: Option<AccountKey>,
    pub at: DateTime<Utc>,
}

/// What data may be used for.
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
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[schema(as = Purpose)]
pub enum Purpose {
    /// Serving the member: what they ask for, and what must be told about it.
    Service,
    /// Offers and news.
    Marketing,
    /// Recommendations and offers that follow from what the member did.
    Personalisation,
    /// Use by partners of the brand for profiles of their own.
    ThirdPartyProfiling,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
