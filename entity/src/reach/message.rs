//! What a member is to be told, once, by whichever way WeChat allows then. Each try is a delivery.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{MemberId, ReachMessageId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reach_message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReachMessageId,
    pub member_id: MemberId,
    /// The named message of `wechat-config/messages`.
    pub kind: String,
    /// What stands in its places, by name.
    #[sea_orm(column_type = "JsonBinary")]
    pub values: Json,
    /// What it follows from. Unique: the same is told once.
    pub key: String,
    pub purpose: Purpose,
    pub state: State,
    /// WeChat's error code, or our own word for why it is not, or not yet, sent.
    pub reason: Option<String>,
    /// When it has lost its sense.
    pub expires_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    /// Not before this moment.
    pub due_at: DateTime<Utc>,
    /// When it was handed to WeChat; counts for the caps.
    pub left_at: Option<DateTime<Utc>>,
    pub settled_at: Option<DateTime<Utc>>,
}

/// Why somebody is told something.
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
#[schema(as = MessagePurpose)]
pub enum Purpose {
    /// It follows from something of theirs: money that waits, points that end.
    Transactional,
    /// The brand would like them to know.
    Marketing,
}

/// How far it is.
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
#[schema(as = MessageState)]
pub enum State {
    /// Waits for its turn, for the morning, or for WeChat.
    Queued,
    /// Handed to WeChat; the outcome is not known yet.
    Sending,
    /// WeChat took it.
    Sent,
    /// WeChat says that it arrived.
    Delivered,
    /// No way was open, or WeChat refused all of them.
    Refused,
    /// WeChat did not answer: it may have arrived. Nothing more is tried.
    Unknown,
    /// Our own rules hold it back: consent, caps, quiet hours.
    Suppressed,
    /// Its time was over before it could be sent.
    Expired,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
