//! Which WeChat is whose: one for each colleague, and one colleague for each.

use std::collections::HashSet;

use entity::{
    admin::{
        staff,
        staff_wechat::{ActiveModel, Column, Entity},
    },
    types::{AccountKey, OpenId, StaffId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, TryInsertResult,
    sea_query::OnConflict,
};

use crate::{
    error::{Code, Error, Result},
    infra::db::{Db, Tx},
};

/// Links the WeChat of somebody who has none.
///
/// # Errors
/// [`Code::Conflict`] when they have one, or it is somebody else's.
pub(super) async fn add(db: &Db, staff: StaffId, account: &AccountKey, open_id: &OpenId) -> Result<()> {
    let linked = db.tx(async |tx: &Tx| {
        let row = ActiveModel {
            staff_id: Set(staff),
            account: Set(account.clone()),
            open_id: Set(open_id.clone()),
            linked_at: Set(tx.now()),
        };
        let unless_taken = Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
        Ok(unless_taken.try_insert().exec_without_returning(tx.db()).await?)
    });
    match linked.await? {
        TryInsertResult::Inserted(1) => Ok(()),
        _ => Err(Error::new(Code::Conflict).detail("one of the two is linked already; unlink it first")),
    }
}

/// Unlinks the WeChat of somebody, if they have one.
pub(in crate::admin) async fn remove(db: &Db, staff: StaffId) -> Result<()> {
    db.tx(async |tx: &Tx| {
        Entity::delete_by_id(staff).exec(tx.db()).await?;
        Ok(())
    })
    .await
}

/// Whether somebody has linked a WeChat.
pub(in crate::admin) async fn is_there(db: &impl ConnectionTrait, staff: StaffId) -> Result<bool> {
    Ok(Entity::find_by_id(staff).one(db).await?.is_some())
}

/// Everybody who has.
pub(in crate::admin) async fn everybody(db: &impl ConnectionTrait) -> Result<HashSet<StaffId>> {
    let theirs = Entity::find().select_only().column(Column::StaffId).into_tuple();
    Ok(theirs.all(db).await?.into_iter().collect())
}

/// The member of staff whose WeChat this is, and who may sign in.
pub(super) async fn whose(
    db: &impl ConnectionTrait,
    account: &AccountKey,
    open_id: &OpenId,
) -> Result<Option<staff::Model>> {
    let theirs = Entity::find().filter(Column::Account.eq(account.clone())).filter(Column::OpenId.eq(open_id.clone()));
    let Some(link) = theirs.one(db).await? else { return Ok(None) };
    let person = staff::Entity::find_by_id(link.staff_id).one(db).await?;
    Ok(person.filter(|person| person.disabled_at.is_none()))
}

/// Whether this WeChat is linked to anybody, whether they may sign in or not.
pub(super) async fn is_taken(db: &impl ConnectionTrait, account: &AccountKey, open_id: &OpenId) -> Result<bool> {
    let theirs = Entity::find().filter(Column::Account.eq(account.clone())).filter(Column::OpenId.eq(open_id.clone()));
    Ok(theirs.one(db).await?.is_some())
}
