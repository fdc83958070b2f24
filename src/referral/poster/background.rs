//! Pictures that staff put behind posters. What is stored is a picture of our own making, of the size of a poster, so that
//! nothing else that was in the file comes along. Rows are only added: versions of rules name them for ever.

use entity::{
    referral::poster_picture::{Column, Entity, Model},
    types::{PosterPictureId, StaffId},
};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QuerySelect};

use super::{HEIGHT, WIDTH};
use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
    members::picture,
};

/// The picture as it is stored: a JPEG, cut to the shape of a poster around its middle.
///
/// # Errors
/// [`Code::Invalid`] when it is no PNG or JPEG, or too large.
pub fn cut(file: &[u8]) -> Result<Vec<u8>> {
    picture::cut(file, (WIDTH, HEIGHT))
}

/// Keeps what [`cut`] made.
///
/// # Errors
/// When the database does not answer.
pub async fn keep(tx: &Tx, jpeg: Vec<u8>, staff: StaffId) -> Result<Model> {
    let row = Model { id: tx.id(), bytes: jpeg, staff_id: staff, at: tx.now() };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(row)
}

/// The picture of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: PosterPictureId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Whether there is such a picture.
pub(in crate::referral) async fn exists(db: &impl ConnectionTrait, id: PosterPictureId) -> Result<bool> {
    let found = Entity::find_by_id(id).select_only().column(Column::Id).into_tuple::<PosterPictureId>();
    Ok(found.one(db).await?.is_some())
}
