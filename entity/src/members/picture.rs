//! A picture that a member wants to be seen with, and how far it is to being seen.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, MemberId, OpenId, PictureId};

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member_picture")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PictureId,
    pub member_id: MemberId,
    /// Where they sent it.
    pub account: AccountKey,
    pub open_id: OpenId,
    /// What its address ends with; cannot be guessed.
    #[sea_orm(unique)]
    pub key: String,
    pub state: State,
    /// A JPEG of our own making; empty when it was refused.
    pub bytes: Vec<u8>,
    pub at: DateTime<Utc>,
    pub settled_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}, {:?} of {})", self.id, self.state, self.member_id)
    }
}

/// How far a picture is.
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
#[schema(as = PictureState)]
pub enum State {
    /// WeChat looks at it.
    Checking,
    /// Staff must look at it.
    Review,
    /// Others see it.
    Shown,
    /// Nobody may see it.
    Refused,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
