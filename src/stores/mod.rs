//! Where the brand sells, and how far somebody sees.
//!
//! Words: a *store* (门店) has a code by which files name it. Staff work at one, a channel may belong to one, and a member may
//! have one as *home store* (归属门店). A *scope* says of which stores somebody sees the people.
//!
//! Invariants: a store that is closed takes nobody new, and keeps whom it has. A code is never given twice.

mod scope;

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    stores::store::{Column, Entity, Model},
    types::StoreId,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, TryInsertResult,
    sea_query::{Expr, OnConflict},
};

/// A store as it is kept.
pub use entity::stores::store::Model as Row;

pub use self::scope::Scope;
use crate::{
    error::{Code, Error, Result},
    infra::db::{Tx, among},
};

/// All stores, by their codes.
///
/// # Errors
/// When the database does not answer.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::Code).all(db).await?)
}

/// The store of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: StoreId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// The store of this code.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn of_code(db: &impl ConnectionTrait, code: &str) -> Result<Model> {
    let found = Entity::find().filter(Column::Code.eq(code)).one(db).await?;
    found.ok_or_else(|| Error::new(Code::NotFound).detail(format!("there is no store with the code {code}")))
}

/// Checks that somebody or something can be given to a store.
///
/// # Errors
/// [`Code::Invalid`] with the field `store` when there is no such store, or it is closed.
pub async fn takes(db: &impl ConnectionTrait, id: StoreId) -> Result<()> {
    let open = Entity::find_by_id(id).filter(Column::ClosedAt.is_null()).one(db).await?;
    open.map(|_| ()).ok_or_else(|| Error::invalid("store", "there is no such store that is open"))
}

/// Which of these stores are open.
///
/// # Errors
/// When the database does not answer.
pub async fn open_among(
    db: &impl ConnectionTrait,
    stores: impl IntoIterator<Item = StoreId>,
) -> Result<BTreeSet<StoreId>> {
    let stores: BTreeSet<StoreId> = stores.into_iter().collect();
    let open = Entity::find().select_only().column(Column::Id).filter(Column::ClosedAt.is_null());
    Ok(open.filter(Column::Id.is_in(stores)).into_tuple::<StoreId>().all(db).await?.into_iter().collect())
}

/// The open stores that other systems call by these names or codes, where that is one store.
///
/// # Errors
/// When the database does not answer.
pub async fn called(
    db: &impl ConnectionTrait,
    names: impl IntoIterator<Item = &str>,
) -> Result<BTreeMap<String, StoreId>> {
    let names: Vec<&str> = names.into_iter().collect();
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let any = among(db, Column::Code, names.iter().copied()).or(among(db, Column::Name, names));
    let rows = Entity::find().filter(any).filter(Column::ClosedAt.is_null()).order_by_asc(Column::Id);
    let mut found: BTreeMap<String, Option<StoreId>> = BTreeMap::new();
    let rows = rows.all(db).await?;
    for row in &rows {
        // Two stores of one name are neither.
        found.entry(row.name.clone()).and_modify(|store| *store = None).or_insert(Some(row.id));
    }
    found.extend(rows.iter().map(|row| (row.code.clone(), Some(row.id))));
    Ok(found.into_iter().filter_map(|(name, store)| Some((name, store?))).collect())
}

/// Opens a store.
///
/// # Errors
/// [`Code::Conflict`] when the code is taken.
pub async fn open(tx: &Tx, code: &str, name: &str) -> Result<Model> {
    let row =
        Model { id: tx.id(), code: code.to_owned(), name: name.to_owned(), closed_at: None, created_at: tx.now() };
    let unless_taken = OnConflict::column(Column::Code).do_nothing().to_owned();
    let insert = Entity::insert(row.clone().into_active_model()).on_conflict(unless_taken).try_insert();
    match insert.exec_without_returning(tx.db()).await? {
        TryInsertResult::Inserted(1) => Ok(row),
        _ => Err(Error::new(Code::Conflict).detail("there is a store with this code")),
    }
}

/// What is to be different about a store.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What it is called from now on.
    pub name: Option<String>,
    /// Whether it takes nobody new.
    pub closed: Option<bool>,
}

/// Changes a store.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn change(tx: &Tx, id: StoreId, change: &Change) -> Result<Model> {
    let mut row = get(tx.db(), id).await?;
    if let Some(name) = &change.name {
        row.name.clone_from(name);
    }
    row.closed_at = match change.closed {
        Some(true) => row.closed_at.or(Some(tx.now())),
        Some(false) => None,
        None => row.closed_at,
    };
    Entity::update_many()
        .col_expr(Column::Name, Expr::value(row.name.as_str()))
        .col_expr(Column::ClosedAt, Expr::value(row.closed_at))
        .filter(Column::Id.eq(id))
        .exec(tx.db())
        .await?;
    Ok(row)
}

/// What belongs to no store, or to one of a scope: of things, not of people.
pub fn brands_or_within(scope: Scope, store: impl ColumnTrait) -> Condition {
    match scope {
        Scope::All => Condition::all(),
        Scope::Store(own) => Condition::any().add(store.is_null()).add(store.eq(own)),
    }
}
