//! What the columns of files with these headings mean, as staff said it the last time.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, Json,
    PrimaryKeyTrait,
};

use crate::types::StaffId;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import_mapping")]
pub struct Model {
    /// SHA-256 of the headings in their order, base64url.
    #[sea_orm(primary_key, auto_increment = false)]
    pub headings: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub mapping: Json,
    pub staff_id: Option<StaffId>,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
