//! Members of staff.

use entity::{
    admin::staff::{ActiveModel, Column, Entity, Model, Role},
    types::StaffId,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, TryInsertResult, sea_query::OnConflict,
};

use super::password;
use crate::{
    error::{Code, Error, Result},
    infra::db::{Db, Tx},
};

/// The shortest accepted password, in characters.
const SHORTEST: usize = 10;

/// Adds a member of staff.
///
/// # Errors
/// [`Code::Invalid`] for a login or password that will not do, [`Code::Conflict`] when the login is taken.
pub async fn add(db: &Db, login: &str, name: &str, password: String, role: Role) -> Result<StaffId> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    if !(2..=64).contains(&login.len()) || !login.chars().all(plain) {
        return Err(Error::invalid(
            "login",
            "must be 2 to 64 lower-case letters, digits, dots, dashes and underscores",
        ));
    }
    if password.chars().count() < SHORTEST || password.contains(login) {
        return Err(Error::invalid("password", "must have at least 10 characters and not contain the login"));
    }
    let hash = password::hash(password, db.random()).await?;
    db.tx(async |tx: &Tx| {
        let id: StaffId = tx.id();
        let row = ActiveModel {
            id: Set(id),
            login: Set(login.to_owned()),
            name: Set(name.to_owned()),
            password: Set(hash.clone()),
            role: Set(role),
            disabled_at: Set(None),
            created_at: Set(tx.now()),
        };
        let unless_taken = OnConflict::column(Column::Login).do_nothing().to_owned();
        match Entity::insert(row).on_conflict(unless_taken).try_insert().exec_without_returning(tx.db()).await? {
            TryInsertResult::Inserted(1) => Ok(id),
            _ => Err(Error::new(Code::Conflict).detail("there is a member of staff with this login")),
        }
    })
    .await
}

/// The member of staff of a login.
pub(super) async fn by_login(db: &impl ConnectionTrait, login: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Login.eq(login)).one(db).await?)
}
