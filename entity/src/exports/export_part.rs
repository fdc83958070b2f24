//! A piece of a file that staff take with them.

use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::ExportRequestId;

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_part")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: ExportRequestId,
    /// The how many-th piece, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: i32,
    /// Lines of the file, sealed.
    pub sealed: String,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExportPart({}, {})", self.request_id, self.part)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
