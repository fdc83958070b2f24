//! One message or event in a thread.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{ConversationId, DeliveryId, MessageId, StaffId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub author: Author,
    /// Set when staff wrote it.
    pub staff_id: Option<StaffId>,
    /// The type of the message, such as `text` or `event:subscribe`.
    pub kind: String,
    /// What it says in one line, for people.
    pub text: String,
    /// The whole content in WeChat's fields.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    /// Set when it goes out by itself and not as the answer to a push.
    pub delivery_id: Option<DeliveryId>,
    /// The key of the push that brought it, or that it answers.
    pub push_key: Option<String>,
    pub at: DateTime<Utc>,
}

/// Who said it.
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
pub enum Author {
    /// The follower or mini-program user.
    Person,
    /// A reply rule.
    Robot,
    /// A message that members are told, such as that money has arrived.
    Notice,
    /// A member of staff.
    Staff,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
