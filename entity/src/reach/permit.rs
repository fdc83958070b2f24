//! How many messages of one template a person still allows.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, OpenId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "permit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: AccountKey,
    #[sea_orm(primary_key, auto_increment = false)]
    pub open_id: OpenId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub template_id: String,
    /// Messages that may still be sent.
    pub available: i32,
    /// What the person answered last.
    pub answer: Answer,
    pub answered_at: DateTime<Utc>,
    /// Answers that the client told and WeChat has not confirmed yet; they are among the available ones.
    pub unconfirmed: i32,
    /// Whether WeChat itself tells of answers to this template: then the client's word adds nothing.
    pub pushed: bool,
}

/// What somebody answered when asked for a permit, in WeChat's words.
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
#[schema(as = PermitAnswer)]
pub enum Answer {
    /// One message more.
    Accept,
    /// No.
    Reject,
    /// WeChat has banned the template.
    Ban,
    /// Another template of the same title was asked for, too; WeChat left this one out.
    Filter,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
