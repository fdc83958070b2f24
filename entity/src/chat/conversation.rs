//! The thread between one person and one account.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, ConversationId, OpenId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationId,
    pub account: AccountKey,
    pub open_id: OpenId,
    pub state: State,
    /// The last words in either direction, for lists.
    pub preview: String,
    /// Messages of the person since staff last looked.
    pub unread: i32,
    pub last_in_at: Option<DateTime<Utc>>,
    /// Since when words of the person stand without an answer, where staff answer.
    pub waiting_since: Option<DateTime<Utc>>,
    /// When anything was last said, in either direction; lists are ordered by it.
    pub last_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

/// Who answers.
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
#[schema(as = ConversationState)]
pub enum State {
    /// The reply rules.
    Robot,
    /// Staff; the rules are silent.
    Human,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
