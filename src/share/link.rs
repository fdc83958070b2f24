//! Links: one for each member and page, made when they first share it.

use std::collections::BTreeSet;

use entity::{
    share::link::{Column, Entity, Model},
    types::MemberId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, TryInsertResult,
    sea_query::OnConflict,
};

use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    identity::{names, own},
    infra::db::Tx,
    tracking::invitation::Code as Key,
};

/// How often another key is drawn when somebody has the first: with 50 bits once is never.
const DRAWS: usize = 4;

/// The link of a member for a page, made when there is none. The device is the one on which it is asked for.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member.
pub async fn mine(tx: &Tx, member: MemberId, page: &str, device: Option<&str>) -> Result<Model> {
    let member = own(tx, member).await?;
    for _ in 0..DRAWS {
        let known = Entity::find().filter(Column::Member.is_in(names(tx.db(), member).await?));
        let known = known.filter(Column::Page.eq(page)).order_by_asc(Column::At).order_by_asc(Column::Id);
        if let Some(known) = known.one(tx.db()).await? {
            return Ok(known);
        }
        let row = Model {
            id: tx.id(),
            key: Key::fresh(tx.random()).to_string(),
            member,
            page: page.to_owned(),
            device: device.map(str::to_owned),
            at: tx.now(),
        };
        // Whoever asks at the same moment gets the same link; a key that somebody has is drawn again.
        let insert =
            Entity::insert(row.clone().into_active_model()).on_conflict(OnConflict::new().do_nothing().to_owned());
        if matches!(insert.try_insert().exec_without_returning(tx.db()).await?, TryInsertResult::Inserted(1)) {
            return Ok(row);
        }
    }
    Err(Error::new(Code::Unavailable))
}

/// What a key stands for.
///
/// # Errors
/// [`Code::NotFound`] when nobody has it.
pub async fn get(db: &impl ConnectionTrait, key: &Key) -> Result<Model> {
    let row = Entity::find().filter(Column::Key.eq(key.as_str())).one(db).await?;
    row.ok_or_else(|| Error::new(Code::NotFound).detail("there is no such link"))
}

/// The links of these keys.
pub(super) async fn many(db: &impl ConnectionTrait, keys: BTreeSet<String>) -> Result<Vec<Model>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find().filter(Column::Key.is_in(keys)).order_by_asc(Column::Id).all(db).await?)
}

/// The links of a member, by whichever of their names, the latest first.
///
/// # Errors
/// When the cursor is not ours, or the database does not answer.
pub async fn list(db: &impl ConnectionTrait, member: MemberId, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(Column::Member.is_in(names(db, member).await?));
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::At, Column::Id));
    }
    Ok(rows.order_by_desc(Column::At).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// The devices on which a member asked for links.
pub(super) async fn devices(db: &impl ConnectionTrait, names: &[MemberId]) -> Result<BTreeSet<String>> {
    let rows = Entity::find().select_only().column(Column::Device).distinct();
    let rows = rows.filter(Column::Member.is_in(names.iter().copied())).filter(Column::Device.is_not_null());
    Ok(rows.into_tuple::<Option<String>>().all(db).await?.into_iter().flatten().collect())
}
