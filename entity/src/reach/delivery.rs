//! One handing of a message to WeChat: a reply to one person, or one try to tell a member something. It is sent at most
//! once.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, DeliveryId, OpenId, ReachMessageId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub account: AccountKey,
    pub open_id: OpenId,
    pub channel: Channel,
    /// The body of the message in WeChat's shape, without the addressee.
    #[sea_orm(column_type = "JsonBinary")]
    pub message: Json,
    pub state: State,
    /// WeChat's error code, or our own word for why it was not sent.
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub settled_at: Option<DateTime<Utc>>,
    /// What a member is to be told by it; none for a reply.
    pub message_id: Option<ReachMessageId>,
    /// The template, where it goes by one.
    pub template_id: Option<String>,
    /// WeChat's number of it, by which its outcome is told later.
    pub msg_id: Option<i64>,
    /// When the same way may be tried again after it was certainly not sent; never without it.
    pub again_at: Option<DateTime<Utc>>,
}

/// By which of WeChat's ways it goes.
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
#[schema(as = DeliveryChannel)]
pub enum Channel {
    /// As the answer to a push.
    Passive,
    /// As a customer-service message, in an open window.
    Custom,
    /// As a subscription message, by a permit.
    Subscription,
    /// As a template message, to a follower.
    Template,
}

/// What became of it.
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
#[schema(as = DeliveryState)]
pub enum State {
    /// Waits for its turn.
    Queued,
    /// Handed to WeChat; the outcome is not known yet.
    Sending,
    /// WeChat took it.
    Sent,
    /// WeChat says that it arrived.
    Delivered,
    /// It was not sent, and never will be; `reason` says why.
    Refused,
    /// WeChat did not answer: it may have arrived. It is not sent again.
    Unknown,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
