//! The value of one attribute of one member.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, Json,
    PrimaryKeyTrait,
};

use super::profile::Source;
use crate::types::{MemberId, ValueId};

#[derive(Clone, PartialEq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(table_name = "member_value")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ValueId,
    pub member_id: MemberId,
    /// The attribute.
    pub key: String,
    /// What it is; none when it is sealed.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub value: Option<Json>,
    /// What it is, sealed, of sensitive attributes.
    pub sealed: Option<String>,
    pub source: Source,
    /// When it was told.
    pub at: DateTime<Utc>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Value({}, {} of {})", self.id, self.key, self.member_id)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
