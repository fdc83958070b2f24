//! The link by which one member shares one page.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{MemberId, ShareLinkId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "share_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ShareLinkId,
    /// Ten characters of Crockford base32, in lower case.
    #[sea_orm(unique)]
    pub key: String,
    /// Who shares; after a merge it stands for whoever they have become. Unique with the page.
    pub member: MemberId,
    /// The path of the page.
    pub page: String,
    /// The device on which it was asked for, as a keyed hash.
    pub device: Option<String>,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
