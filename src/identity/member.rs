//! Members: making one, and finding the one that an id stands for today.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    identity::{
        identity::{Kind, Model as Identity, Source},
        member::{ActiveModel, Column, Entity, Model, State},
    },
    types::{AccountKey, MemberId, OpenId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::{belonging::Belongings, claim::Claim, events::MemberCreated, store};
use crate::{
    error::{Code, Error, Result},
    infra::db::{Tx, among},
};

/// The member that a claim is proved to belong to, if anybody is known by it. One look-up.
///
/// # Errors
/// When the database does not answer.
pub async fn find(db: &impl ConnectionTrait, claim: &Claim) -> Result<Option<MemberId>> {
    store::owner(db, claim).await
}

/// A member and all its former names, under which facts may stand.
///
/// # Errors
/// When the database does not answer.
pub async fn names(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<MemberId>> {
    store::names(db, member).await
}

/// By whose word a member was met; `None` as long as nothing identifies them.
///
/// # Errors
/// When the database does not answer.
pub async fn met_by(db: &impl ConnectionTrait, member: MemberId) -> Result<Option<Source>> {
    let held = store::held(db, [member]).await?;
    Ok(held.into_iter().min_by_key(|identity| (identity.since, identity.id)).map(|identity| identity.source))
}

/// The OpenIDs of a member, each with its account.
///
/// # Errors
/// When the database does not answer.
pub async fn open_ids(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<(AccountKey, OpenId)>> {
    Ok(places(&store::held(db, [member]).await?))
}

/// The OpenIDs among what identifies somebody.
pub(super) fn places(held: &[Identity]) -> Vec<(AccountKey, OpenId)> {
    held.iter().filter_map(place).collect()
}

/// The account and the OpenID that one of them is, if it is one.
pub(super) fn place(identity: &Identity) -> Option<(AccountKey, OpenId)> {
    let (realm, key) = (identity.realm.parse().ok()?, identity.key.parse().ok()?);
    (identity.kind == Kind::OpenId).then_some((realm, key))
}

/// The OpenIDs of these members, each with its account. One look-up.
///
/// # Errors
/// When the database does not answer.
pub async fn open_ids_of(
    db: &impl ConnectionTrait,
    members: BTreeSet<MemberId>,
) -> Result<Vec<(MemberId, (AccountKey, OpenId))>> {
    use entity::identity::identity::{Column, Entity};
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let held = Entity::find().select_only().columns([Column::MemberId, Column::Realm, Column::Key]);
    let held = held.filter(among(db, Column::MemberId, members)).filter(Column::Kind.eq(Kind::OpenId));
    let held: Vec<(MemberId, String, String)> = held.into_tuple().all(db).await?;
    let place = |realm: String, key: String| Some((realm.parse().ok()?, key.parse().ok()?));
    Ok(held.into_iter().filter_map(|(member, realm, key)| Some((member, place(realm, key)?))).collect())
}

/// The members to whom these OpenIDs belong, as far as they are known. One look-up.
///
/// # Errors
/// When the database does not answer.
pub async fn known_by<'a>(
    db: &impl ConnectionTrait,
    places: impl IntoIterator<Item = (&'a AccountKey, &'a OpenId)>,
) -> Result<BTreeMap<(AccountKey, OpenId), MemberId>> {
    use entity::identity::identity::{Column, Entity};
    let mut realms: BTreeMap<&AccountKey, Vec<&str>> = BTreeMap::new();
    for (account, open_id) in places {
        realms.entry(account).or_default().push(open_id.as_str());
    }
    if realms.is_empty() {
        return Ok(BTreeMap::new());
    }
    let there = |(account, keys): (&AccountKey, Vec<&str>)| {
        Column::Kind.eq(Kind::OpenId).and(Column::Realm.eq(account.as_str())).and(Column::Key.is_in(keys))
    };
    let any = realms.into_iter().map(there).fold(Condition::any(), Condition::add);
    let held = Entity::find().filter(any).all(db).await?;
    Ok(held.iter().filter_map(|identity| Some((place(identity)?, identity.member_id))).collect())
}

/// Which of these members have used WeChat with the brand.
///
/// # Errors
/// When the database does not answer.
pub async fn of_wechat(db: &impl ConnectionTrait, members: BTreeSet<MemberId>) -> Result<BTreeSet<MemberId>> {
    use entity::identity::identity::{Column, Entity};
    if members.is_empty() {
        return Ok(BTreeSet::new());
    }
    let held = Entity::find().select_only().column(Column::MemberId).distinct();
    let held = held.filter(among(db, Column::MemberId, members));
    let held = held.filter(Column::Kind.is_in([Kind::OpenId, Kind::UnionId]));
    Ok(held.into_tuple::<MemberId>().all(db).await?.into_iter().collect())
}

/// Whether a member has a phone that somebody has checked.
///
/// # Errors
/// When the database does not answer.
pub async fn has_checked_phone(db: &impl ConnectionTrait, member: MemberId) -> Result<bool> {
    let held = store::held(db, [member]).await?;
    Ok(held.iter().any(|identity| identity.kind == Kind::Phone && identity.strength.is_verified()))
}

/// The member that an id stands for: itself, or the one that it was merged into. `None` when there is no such member, or
/// nothing is left of it.
///
/// # Errors
/// When the database does not answer.
pub async fn current(db: &impl ConnectionTrait, id: MemberId) -> Result<Option<MemberId>> {
    Ok(Entity::find_by_id(id).one(db).await?.and_then(|row| stands_for(&row)))
}

/// The same for many: who stands for each of them. Those of whom nothing is left are not given.
///
/// # Errors
/// When the database does not answer.
pub async fn current_of(db: &impl ConnectionTrait, ids: BTreeSet<MemberId>) -> Result<BTreeMap<MemberId, MemberId>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = Entity::find().filter(among(db, Column::Id, ids)).all(db).await?;
    Ok(rows.iter().filter_map(|row| Some((row.id, stands_for(row)?))).collect())
}

/// The same, for callers who were told the id.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn get(db: &impl ConnectionTrait, id: MemberId) -> Result<MemberId> {
    current(db, id).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// The same, for ids that need not be given.
///
/// # Errors
/// [`Code::NotFound`] when one is given that stands for nobody.
pub(super) async fn get_maybe(db: &impl ConnectionTrait, id: Option<MemberId>) -> Result<Option<MemberId>> {
    match id {
        Some(id) => get(db, id).await.map(Some),
        None => Ok(None),
    }
}

/// The member that a row stands for.
pub(super) fn stands_for(row: &Model) -> Option<MemberId> {
    match row.state {
        State::Active => Some(row.id),
        State::Merged => row.merged_into,
        State::Erased => None,
    }
}

/// To be called before rows are written that belong to a member: gives the member who owns them today, and keeps it from
/// being merged away until this unit of work ends. SQLite has one writer and needs no lock.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member, or nothing is left of it.
pub async fn own(tx: &Tx, id: MemberId) -> Result<MemberId> {
    let mut id = id;
    // One hop; another one only when the member is merged while this waits for the lock.
    for _ in 0..HOPS {
        let row = Entity::find_by_id(id).lock_shared().one(tx.db()).await?;
        let owner = row.as_ref().and_then(stands_for).ok_or_else(|| Error::new(Code::NotFound))?;
        if owner == id {
            return Ok(id);
        }
        id = owner;
    }
    Err(Error::new(Code::Unavailable).detail("the member is being merged again and again"))
}

const HOPS: usize = 8;

/// The same as [`own`] for many: who stands for each of them today. Those of whom nothing is left are not given.
///
/// # Errors
/// When the database does not answer.
pub async fn own_many(tx: &Tx, ids: BTreeSet<MemberId>) -> Result<BTreeMap<MemberId, MemberId>> {
    let mut owners: BTreeMap<MemberId, MemberId> = ids.iter().map(|id| (*id, *id)).collect();
    let mut asked = ids;
    for _ in 0..HOPS {
        let wanted = among(tx.db(), Column::Id, asked);
        let rows = Entity::find().filter(wanted).order_by_asc(Column::Id).lock_shared().all(tx.db()).await?;
        let stand: BTreeMap<MemberId, Option<MemberId>> = rows.iter().map(|row| (row.id, stands_for(row))).collect();
        let mut moved = BTreeSet::new();
        owners.retain(|_, owner| match stand.get(owner) {
            None => true,
            Some(None) => false,
            Some(Some(now)) => {
                if now != owner {
                    moved.insert(*now);
                    *owner = *now;
                }
                true
            }
        });
        if moved.is_empty() {
            return Ok(owners);
        }
        asked = moved;
    }
    Err(Error::new(Code::Unavailable).detail("members are being merged again and again"))
}

/// Writes a new member.
pub(super) async fn create(tx: &Tx, id: MemberId) -> Result<()> {
    let row = ActiveModel {
        id: Set(id),
        merged_into: Set(None),
        state: Set(State::Active),
        store_id: Set(None),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    Entity::insert(row).exec_without_returning(tx.db()).await?;
    for begin in tx.handed::<Belongings>()?.0.iter().filter_map(|line| line.begin) {
        begin(tx, id).await?;
    }
    tx.emit(&MemberCreated { member: id })
}
