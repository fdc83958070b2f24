//! Queries over members and identities. Every look-up goes by an index.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    identity::{
        identity::{Column, Entity, Kind, Model, Strength},
        member,
    },
    types::{IdentityId, MemberId},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, LockType, OnConflict},
};

use super::{claim::Claim, rules};
use crate::{
    error::Result,
    infra::{
        clock::Time,
        db::{Tx, among},
    },
};

fn is(claim: &Claim) -> Condition {
    let (kind, realm, key) = claim.place();
    Condition::all().add(Column::Kind.eq(kind)).add(Column::Realm.eq(realm)).add(Column::Key.eq(key))
}

/// The member that a claim is proved to belong to.
pub(super) async fn owner(db: &impl ConnectionTrait, claim: &Claim) -> Result<Option<MemberId>> {
    let owner = Entity::find().select_only().column(Column::MemberId).filter(is(claim));
    Ok(owner.filter(Column::Strength.ne(Strength::Asserted)).into_tuple().one(db).await?)
}

/// Whose values of one kind and realm these are.
pub(super) async fn owners<'a>(
    db: &impl ConnectionTrait,
    kind: Kind,
    realm: &str,
    keys: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, MemberId>> {
    let keys: Vec<&str> = keys.collect();
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let owners = Entity::find().select_only().column(Column::Key).column(Column::MemberId);
    let owners = owners.filter(Column::Kind.eq(kind)).filter(Column::Realm.eq(realm)).filter(Column::Key.is_in(keys));
    Ok(owners.into_tuple().all(db).await?.into_iter().collect())
}

/// What is known of these claims.
pub(super) async fn known(db: &impl ConnectionTrait, claims: &[&Claim]) -> Result<Vec<Model>> {
    let any = claims.iter().fold(Condition::any(), |any, claim| any.add(is(claim)));
    Ok(Entity::find().filter(any).all(db).await?)
}

/// What is known of very many claims. On PostgreSQL the keys travel as one array, so that the text of the statement is the
/// same for any number of them.
pub(super) async fn known_of_many<'a>(
    db: &impl ConnectionTrait,
    claims: impl Iterator<Item = &'a Claim>,
) -> Result<Vec<Model>> {
    let mut places: BTreeMap<(Kind, &str), BTreeSet<&str>> = BTreeMap::new();
    for (kind, realm, key) in claims.map(Claim::place) {
        places.entry((kind, realm)).or_default().insert(key);
    }
    let mut known = Vec::new();
    for ((kind, realm), keys) in places {
        let there = Entity::find().filter(Column::Kind.eq(kind)).filter(Column::Realm.eq(realm));
        known.extend(there.filter(among(db, Column::Key, keys)).all(db).await?);
    }
    Ok(known)
}

/// Everything that identifies these members.
pub(super) async fn held(db: &impl ConnectionTrait, members: impl IntoIterator<Item = MemberId>) -> Result<Vec<Model>> {
    let theirs = Entity::find().filter(Column::MemberId.is_in(members));
    Ok(theirs.order_by_asc(Column::Id).all(db).await?)
}

/// Keeps everybody else from changing what identifies these members, and from writing what belongs to them. In order of
/// their ids, so that two units of work do not wait for each other in a circle. SQLite has one writer and needs no lock.
pub(super) async fn lock(tx: &Tx, members: &BTreeSet<MemberId>) -> Result<Vec<member::Model>> {
    let rows = member::Entity::find()
        .filter(among(tx.db(), member::Column::Id, members.iter().copied()))
        .order_by_asc(member::Column::Id)
        .lock(LockType::Update);
    Ok(rows.all(tx.db()).await?)
}

/// Adds identities unless somebody else has added one of them meanwhile; gives whether all of them are ours. If not,
/// none is.
pub(super) async fn add(tx: &Tx, rows: &[Model]) -> Result<bool> {
    if rows.is_empty() {
        return Ok(true);
    }
    let all = rows.iter().map(|row| row.clone().into_active_model().reset_all());
    let unless_known = OnConflict::columns([Column::Kind, Column::Realm, Column::Key]).do_nothing().to_owned();
    let added = tx.db().execute(tx.insert(all)?.on_conflict(unless_known)).await?.rows_affected();
    if usize::try_from(added).is_ok_and(|added| added == rows.len()) {
        return Ok(true);
    }
    Entity::delete_many().filter(Column::Id.is_in(rows.iter().map(|row| row.id))).exec(tx.db()).await?;
    Ok(false)
}

/// Adds very many identities unless somebody else has added one of them. `None` when all of them are ours, else those
/// that are.
pub(super) async fn add_many(tx: &Tx, mut rows: Vec<Model>) -> Result<Option<BTreeSet<IdentityId>>> {
    // In one order everywhere, so that two units of work do not wait for each other in a circle.
    rows.sort_by(|one, other| (one.kind, &one.realm, &one.key).cmp(&(other.kind, &other.realm, &other.key)));
    let (ids, wanted): (Vec<IdentityId>, usize) = (rows.iter().map(|row| row.id).collect(), rows.len());
    let mut added = 0;
    for mut insert in tx.inserts(rows.into_iter().map(|row| row.into_active_model().reset_all()))? {
        let unless_known = OnConflict::columns([Column::Kind, Column::Realm, Column::Key]).do_nothing().to_owned();
        added += tx.db().execute(insert.on_conflict(unless_known)).await?.rows_affected();
    }
    if usize::try_from(added).is_ok_and(|added| added == wanted) {
        return Ok(None);
    }
    let there = Entity::find().select_only().column(Column::Id).filter(among(tx.db(), Column::Id, ids));
    Ok(Some(there.into_tuple::<IdentityId>().all(tx.db()).await?.into_iter().collect()))
}

/// Takes identities away that were added a moment ago.
pub(super) async fn remove(tx: &Tx, ids: impl Iterator<Item = IdentityId>) -> Result<()> {
    Entity::delete_many().filter(among(tx.db(), Column::Id, ids)).exec(tx.db()).await?;
    Ok(())
}

/// The phones of these members.
pub(super) async fn phones(tx: &Tx, members: &BTreeSet<MemberId>) -> Result<Vec<Model>> {
    let theirs = Entity::find().filter(among(tx.db(), Column::MemberId, members.iter().copied()));
    Ok(theirs.filter(Column::Kind.eq(Kind::Phone)).all(tx.db()).await?)
}

/// These phones are not the ones to call any more.
pub(super) async fn end_calls(tx: &Tx, phones: Vec<IdentityId>) -> Result<()> {
    if !phones.is_empty() {
        let rows = Entity::update_many().col_expr(Column::Current, Expr::value(false));
        rows.filter(among(tx.db(), Column::Id, phones)).exec(tx.db()).await?;
    }
    Ok(())
}

/// Says of an identity whose it is and how well it is proved.
pub(super) async fn change(tx: &Tx, row: &Model) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::MemberId, Expr::value(row.member_id))
        .col_expr(Column::Source, Expr::value(row.source))
        .col_expr(Column::Strength, Expr::value(row.strength))
        .col_expr(Column::Since, Expr::value(row.since))
        .col_expr(Column::VerifiedAt, Expr::value(row.verified_at))
        .filter(Column::Id.eq(row.id))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Marks the phone to call of each of these members.
pub(super) async fn mark_phones(tx: &Tx, members: &[MemberId]) -> Result<()> {
    let phones = Entity::find()
        .filter(Column::MemberId.is_in(members.iter().copied()))
        .filter(Column::Kind.eq(Kind::Phone))
        .all(tx.db())
        .await?;
    for member in members {
        let theirs = || phones.iter().filter(|phone| phone.member_id == *member);
        let current = rules::phone_to_call(theirs());
        for phone in theirs().filter(|phone| phone.current != (Some(phone.id) == current)) {
            mark(tx, phone.id, !phone.current).await?;
        }
    }
    Ok(())
}

async fn mark(tx: &Tx, phone: IdentityId, current: bool) -> Result<()> {
    let row = Entity::update_many().col_expr(Column::Current, Expr::value(current)).filter(Column::Id.eq(phone));
    row.exec(tx.db()).await?;
    Ok(())
}

/// A member and all its former names.
pub(super) async fn names(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<MemberId>> {
    let aliases = member::Entity::find().select_only().column(member::Column::Id);
    let mut names: Vec<MemberId> = aliases.filter(member::Column::MergedInto.eq(member)).into_tuple().all(db).await?;
    names.push(member);
    Ok(names)
}

/// When each of these members was first met.
pub(super) async fn met_at(db: &impl ConnectionTrait, member: MemberId) -> Result<Option<Time>> {
    let at = member::Entity::find_by_id(member).select_only().column(member::Column::CreatedAt);
    Ok(at.into_tuple().one(db).await?)
}
