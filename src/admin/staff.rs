//! Members of staff.

use entity::{
    admin::staff::{ActiveModel, Column, Entity, Model, Role},
    types::{StaffId, StaffSessionId, StoreId},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, TryInsertResult,
    sea_query::{Expr, OnConflict},
};

use super::{password, post::Post, session};
use crate::{
    error::{Code, Error, Result},
    infra::db::{Db, Tx},
    stores,
};

/// The shortest accepted password, in characters.
const SHORTEST: usize = 10;

/// Adds a member of staff.
///
/// # Errors
/// [`Code::Invalid`] for a login or password that will not do, or a store that takes nobody; [`Code::Conflict`] when the
/// login is taken.
pub async fn add(db: &Db, login: &str, name: &str, password: String, post: Post) -> Result<StaffId> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    if !(2..=64).contains(&login.len()) || !login.chars().all(plain) {
        return Err(Error::invalid(
            "login",
            "must be 2 to 64 lower-case letters, digits, dots, dashes and underscores",
        ));
    }
    check_password(login, &password)?;
    let hash = password::hash(password, db.random()).await?;
    db.tx(async |tx: &Tx| {
        if let Some(store) = post.store() {
            stores::takes(tx.db(), store).await?;
        }
        let id: StaffId = tx.id();
        let row = ActiveModel {
            id: Set(id),
            login: Set(login.to_owned()),
            name: Set(name.to_owned()),
            password: Set(hash.clone()),
            role: Set(post.role()),
            store_id: Set(post.store()),
            second_factor: Set(None),
            second_factor_at: Set(None),
            second_factor_step: Set(0),
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

/// Whether somebody has this login.
///
/// # Errors
/// When the database does not answer.
pub async fn is_there(db: &impl ConnectionTrait, login: &str) -> Result<bool> {
    Ok(by_login(db, login).await?.is_some())
}

/// Whether anybody can sign in.
///
/// # Errors
/// When the database does not answer.
pub async fn anybody(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(Entity::find().one(db).await?.is_some())
}

/// Everybody, by their logins.
pub(super) async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::Login).all(db).await?)
}

/// A member of staff.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn get(db: &impl ConnectionTrait, id: StaffId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// What is to be different about somebody.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) name: Option<String>,
    pub(super) role: Option<Role>,
    /// Where they work from now on; who becomes headquarters leaves their store.
    pub(super) store: Option<StoreId>,
    /// Whether they may sign in no more.
    pub(super) disabled: Option<bool>,
}

/// Changes somebody. Who may sign in no more, or may do or see other things than before, is signed out.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Invalid`] when role and store do not go together, or the store takes nobody.
pub(super) async fn change(db: &Db, id: StaffId, change: &Change) -> Result<Model> {
    db.tx(async |tx: &Tx| {
        let before = get(tx.db(), id).await?;
        let mut after = before.clone();
        if let Some(name) = &change.name {
            after.name.clone_from(name);
        }
        after.role = change.role.unwrap_or(before.role);
        let stays = before.store_id.filter(|_| after.role != Role::Headquarters);
        after.store_id = Post::of(after.role, change.store.or(stays))?.store();
        if let Some(store) = after.store_id.filter(|_| after.store_id != before.store_id) {
            stores::takes(tx.db(), store).await?;
        }
        after.disabled_at = match change.disabled {
            Some(true) => before.disabled_at.or(Some(tx.now())),
            Some(false) => None,
            None => before.disabled_at,
        };
        let changed = Entity::update_many()
            .col_expr(Column::Name, Expr::value(after.name.as_str()))
            .col_expr(Column::Role, Expr::value(after.role))
            .col_expr(Column::StoreId, Expr::value(after.store_id))
            .col_expr(Column::DisabledAt, Expr::value(after.disabled_at));
        changed.filter(Column::Id.eq(id)).exec(tx.db()).await?;
        let elsewhere = (after.role, after.store_id) != (before.role, before.store_id);
        if elsewhere || after.disabled_at.is_some() {
            session::end_all(tx, id, None).await?;
        }
        Ok(after)
    })
    .await
}

/// Gives somebody a password, and ends their sessions: all, or all but one.
///
/// # Errors
/// [`Code::NotFound`], [`Code::Invalid`] for a password that will not do.
pub(super) async fn set_password(db: &Db, id: StaffId, password: String, but: Option<StaffSessionId>) -> Result<()> {
    let person = get(db.read(), id).await?;
    check_password(&person.login, &password)?;
    let hash = password::hash(password, db.random()).await?;
    db.tx(async |tx: &Tx| {
        let changed = Entity::update_many().col_expr(Column::Password, Expr::value(hash.as_str()));
        changed.filter(Column::Id.eq(id)).exec(tx.db()).await?;
        session::end_all(tx, id, but).await
    })
    .await
}

/// Ends all sessions of somebody.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn sign_out(db: &Db, id: StaffId) -> Result<()> {
    get(db.read(), id).await?;
    db.tx(async |tx: &Tx| session::end_all(tx, id, None).await).await
}

fn check_password(login: &str, password: &str) -> Result<()> {
    if password.chars().count() < SHORTEST || password.contains(login) {
        return Err(Error::invalid("password", "must have at least 10 characters and not contain the login"));
    }
    Ok(())
}
