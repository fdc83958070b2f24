//! A picture that staff put behind posters. Rows are only ever added.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::{PosterPictureId, StaffId};

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "poster_picture")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PosterPictureId,
    /// A JPEG of our own making, of the size of a poster.
    pub bytes: Vec<u8>,
    pub staff_id: StaffId,
    pub at: DateTime<Utc>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PosterPicture({} of {})", self.id, self.staff_id)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
