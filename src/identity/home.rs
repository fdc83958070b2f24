//! The home store of members, and who sees them for it.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    identity::{
        identity::{self, Kind},
        member::{Column, Entity, State},
    },
    types::{MemberId, StoreId},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Query},
};

use super::{events::MemberRehomed, member::stands_for, own};
use crate::{
    error::{Code, Error, Result},
    infra::db::{Tx, among},
    stores::{self, Scope},
};

/// The member that an id stands for, when they are in a scope. The one way from an id that staff send to a member.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member, nothing is left of them, or they are in no store of the scope: these
/// cannot be told apart.
pub async fn seen(db: &impl ConnectionTrait, scope: Scope, id: MemberId) -> Result<MemberId> {
    let row = Entity::find_by_id(id).one(db).await?.filter(|row| scope.has(row.store_id));
    row.as_ref().and_then(stands_for).ok_or_else(|| Error::new(Code::NotFound))
}

/// Which of these members are in a scope, by whatever name. One look-up, or none.
///
/// # Errors
/// When the database does not answer.
pub async fn seen_among(
    db: &impl ConnectionTrait,
    scope: Scope,
    members: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeSet<MemberId>> {
    let members: BTreeSet<MemberId> = members.into_iter().collect();
    let Scope::Store(own) = scope else { return Ok(members) };
    if members.is_empty() {
        return Ok(members);
    }
    let theirs = Entity::find().select_only().column(Column::Id).filter(Column::StoreId.eq(own));
    let theirs = theirs.filter(among(db, Column::Id, members)).into_tuple::<MemberId>();
    Ok(theirs.all(db).await?.into_iter().collect())
}

/// Rows whose member is in a scope: `member` is the column with any of their names.
pub fn within(scope: Scope, member: impl ColumnTrait) -> Condition {
    let Scope::Store(own) = scope else { return Condition::all() };
    let theirs = Query::select().column(Column::Id).from(Entity).and_where(Column::StoreId.eq(own)).take();
    Condition::all().add(member.in_subquery(theirs))
}

/// Rows of people as an account knows them who are in a scope, or belong to no store.
pub fn within_or_nobodys(scope: Scope, account: impl ColumnTrait, open_id: impl ColumnTrait) -> Condition {
    let Scope::Store(own) = scope else { return Condition::all() };
    let elsewhere = Query::select()
        .expr(Expr::cust("1"))
        .from(identity::Entity)
        .inner_join(
            Entity,
            Expr::col(Column::Id.as_column_ref()).eq(Expr::col(identity::Column::MemberId.as_column_ref())),
        )
        .and_where(identity::Column::Kind.eq(Kind::OpenId))
        .and_where(Expr::col(identity::Column::Realm.as_column_ref()).eq(Expr::col(account.as_column_ref())))
        .and_where(Expr::col(identity::Column::Key.as_column_ref()).eq(Expr::col(open_id.as_column_ref())))
        .and_where(Column::StoreId.ne(own))
        .take();
    Condition::all().add(Expr::exists(elsewhere).not())
}

/// The home store of a member, if they have one.
///
/// # Errors
/// When the database does not answer.
pub async fn home(db: &impl ConnectionTrait, member: MemberId) -> Result<Option<StoreId>> {
    let home = Entity::find_by_id(member).select_only().column(Column::StoreId);
    Ok(home.into_tuple::<Option<StoreId>>().one(db).await?.flatten())
}

/// Which of these members have no home store.
///
/// # Errors
/// When the database does not answer.
pub async fn homeless(
    db: &impl ConnectionTrait,
    members: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeSet<MemberId>> {
    let rows = Entity::find().select_only().column(Column::Id).filter(among(db, Column::Id, members));
    let rows = rows.filter(Column::StoreId.is_null()).filter(Column::State.eq(State::Active));
    Ok(rows.into_tuple::<MemberId>().all(db).await?.into_iter().collect())
}

/// Makes stores the homes of those of these members who have none, as far as the stores are open. Gives whose.
///
/// # Errors
/// When the database does not answer.
pub async fn settle(tx: &Tx, homes: &BTreeMap<MemberId, StoreId>) -> Result<BTreeMap<MemberId, StoreId>> {
    let mut settled = BTreeMap::new();
    if homes.is_empty() {
        return Ok(settled);
    }
    let homeless = homeless(tx.db(), homes.keys().copied()).await?;
    let open = stores::open_among(tx.db(), homes.values().copied()).await?;
    let mut by_store: BTreeMap<StoreId, Vec<MemberId>> = BTreeMap::new();
    for (member, store) in homes.iter().filter(|(member, store)| homeless.contains(member) && open.contains(store)) {
        by_store.entry(*store).or_default().push(*member);
        settled.insert(*member, *store);
    }
    for (store, members) in by_store {
        let named = among(tx.db(), Column::Id, members.iter().copied()).or(among(tx.db(), Column::MergedInto, members));
        let unless_housed = Condition::all().add(named).add(Column::StoreId.is_null());
        Entity::update_many().col_expr(Column::StoreId, Expr::value(store)).filter(unless_housed).exec(tx.db()).await?;
    }
    Ok(settled)
}

/// Takes members out of the stores that were given to them, unless they are at home elsewhere by now. Gives who went.
///
/// # Errors
/// When the database does not answer.
pub async fn unsettle(tx: &Tx, homes: &BTreeMap<MemberId, StoreId>) -> Result<BTreeSet<MemberId>> {
    let mut gone = BTreeSet::new();
    for (member, store) in homes {
        let there = Column::Id.eq(*member).or(Column::MergedInto.eq(*member)).and(Column::StoreId.eq(*store));
        let nowhere: Option<StoreId> = None;
        let left = Entity::update_many().col_expr(Column::StoreId, Expr::value(nowhere)).filter(there).exec(tx.db());
        if left.await?.rows_affected > 0 {
            gone.insert(*member);
        }
    }
    Ok(gone)
}

/// Makes a store the home of a member, whatever it was.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member; [`Code::Invalid`] when the store takes nobody.
pub async fn rehome(tx: &Tx, member: MemberId, store: StoreId) -> Result<()> {
    stores::takes(tx.db(), store).await?;
    let member = own(tx, member).await?;
    let before = home(tx.db(), member).await?;
    if before == Some(store) {
        return Ok(());
    }
    put(tx, member, Some(store)).await?;
    tx.emit(&MemberRehomed { member, from: before, to: store })
}

/// Writes the home store of a member under all their names.
pub(super) async fn put(tx: &Tx, member: MemberId, store: Option<StoreId>) -> Result<()> {
    let names = Column::Id.eq(member).or(Column::MergedInto.eq(member));
    Entity::update_many().col_expr(Column::StoreId, Expr::value(store)).filter(names).exec(tx.db()).await?;
    Ok(())
}
