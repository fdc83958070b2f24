//! One look of WeChat at a picture. Which picture it is and what WeChat says of it arrive in either order.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::PictureId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "picture_check")]
pub struct Model {
    /// WeChat's name of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub trace_id: String,
    pub picture_id: Option<PictureId>,
    pub opinion: Option<Opinion>,
    pub at: DateTime<Utc>,
}

/// What WeChat thinks of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Opinion {
    /// Nothing is wrong with it.
    Pass,
    /// It is not sure, or could not look.
    Review,
    /// It must not be shown.
    Risky,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
