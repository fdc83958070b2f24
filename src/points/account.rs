//! Accounts: the figures of one member. Their row is held by whoever changes the member's lots.

use entity::{
    points::{
        account::{ActiveModel, Column, Entity, Model},
        lot,
    },
    types::{MemberId, Points, PointsChange},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany,
    sea_query::{Expr, Func, LockType, Query},
};

use super::{lots, rules::never, settle::settle};
use crate::{
    error::{Code, Error, Result},
    identity::own,
    infra::{clock::Time, db::Tx},
};

/// Adds points that are due to change at `due_at`, when there is an account with room for them.
///
/// The row is held from then on, and a member who became another name of somebody has none: so this is as good as asking
/// [`own`], and one statement.
pub(super) fn adding(member: MemberId, delta: Points, pending: Points, due_at: Time) -> UpdateMany<Entity> {
    let room = Points::MAX.get() - delta.get() - pending.get();
    let earlier = Expr::case(Expr::col(Column::NextDueAt).gt(due_at), due_at).finally(Expr::col(Column::NextDueAt));
    Entity::update_many()
        .col_expr(Column::Balance, Expr::col(Column::Balance).add(delta.get()))
        .col_expr(Column::Pending, Expr::col(Column::Pending).add(pending.get()))
        .col_expr(Column::NextDueAt, earlier.into())
        .filter(Column::MemberId.eq(member))
        .filter(Expr::col(Column::Balance).add(Expr::col(Column::Pending)).lte(room))
}

/// Adds points; gives whether there was an account with room for them.
pub(super) async fn try_add(tx: &Tx, member: MemberId, delta: Points, pending: Points, due_at: Time) -> Result<bool> {
    Ok(adding(member, delta, pending, due_at).exec(tx.db()).await?.rows_affected == 1)
}

/// Adds points that are due to change at `due_at`; gives whose they are today.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member; [`Code::Invalid`] when it is more than can be counted.
pub(super) async fn add(tx: &Tx, member: MemberId, delta: Points, pending: Points, due_at: Time) -> Result<MemberId> {
    if try_add(tx, member, delta, pending, due_at).await? {
        return Ok(member);
    }
    let owner = own(tx, member).await?;
    open(tx, owner).await?;
    if try_add(tx, owner, delta, pending, due_at).await? { Ok(owner) } else { Err(too_much()) }
}

fn too_much() -> Error {
    Error::invalid("points", "are more than can be counted")
}

/// Takes points from an account on which nothing is due at `now`, when they are there. If not, nothing is said about why:
/// [`hold`] finds out.
pub(super) fn taking(member: MemberId, points: Points, now: Time) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Balance, Expr::col(Column::Balance).sub(points.get()))
        .filter(Column::MemberId.eq(member))
        .filter(Column::Balance.gte(points))
        .filter(Column::NextDueAt.gt(now))
        .filter(Column::StoppedAt.is_null())
}

/// Opens an account unless there is one.
async fn open(tx: &Tx, owner: MemberId) -> Result<()> {
    let row = ActiveModel {
        member_id: Set(owner),
        balance: Set(Points::ZERO),
        pending: Set(Points::ZERO),
        next_due_at: Set(never()),
        stopped_at: Set(None),
    };
    Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Holds the accounts of these members, as far as they have one, in the order of their ids.
pub(super) async fn lock(tx: &Tx, members: &[MemberId]) -> Result<Vec<Model>> {
    let rows = Entity::find()
        .filter(Column::MemberId.is_in(members.iter().copied()))
        .order_by_asc(Column::MemberId)
        .lock(LockType::Update);
    Ok(rows.all(tx.db()).await?)
}

/// Holds the account of whoever a member is today, with everything booked that was due.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member.
pub(super) async fn hold(tx: &Tx, member: MemberId) -> Result<Model> {
    let owner = own(tx, member).await?;
    let mut row = lock(tx, &[owner]).await?.pop();
    if row.is_none() {
        open(tx, owner).await?;
        row = lock(tx, &[owner]).await?.pop();
    }
    let row = row.ok_or_else(|| Error::new(Code::Unavailable))?;
    if row.next_due_at > tx.now() || row.stopped_at.is_some() {
        return Ok(row);
    }
    settle(tx, &[owner]).await?;
    lock(tx, &[owner]).await?.pop().ok_or_else(|| Error::new(Code::Unavailable))
}

/// Refuses what would take points from an account that is stopped.
///
/// # Errors
/// [`Code::PointsStopped`].
pub(super) fn running(row: &Model) -> Result<()> {
    if row.stopped_at.is_some() { Err(stopped()) } else { Ok(()) }
}

/// What is said of an account that does not add up.
pub(super) fn stopped() -> Error {
    Error::new(Code::PointsStopped)
}

/// Changes the figures of an account that is held.
///
/// # Errors
/// [`Code::PointsStopped`] when they do not go with what was found of its lots; [`Code::Invalid`] when it is more than
/// can be counted.
pub(super) async fn change(tx: &Tx, owner: MemberId, delta: PointsChange, pending: PointsChange) -> Result<()> {
    let (delta, pending) = (delta.get(), pending.get());
    let room = Points::MAX.get().checked_sub(delta.saturating_add(pending)).unwrap_or(Points::MAX.get());
    let changed = Entity::update_many()
        .col_expr(Column::Balance, Expr::col(Column::Balance).add(delta))
        .col_expr(Column::Pending, Expr::col(Column::Pending).add(pending))
        .filter(Column::MemberId.eq(owner))
        .filter(Expr::col(Column::Balance).add(delta).gte(0))
        .filter(Expr::col(Column::Pending).add(pending).gte(0))
        .filter(Expr::col(Column::Balance).add(Expr::col(Column::Pending)).lte(room));
    if changed.exec(tx.db()).await?.rows_affected == 1 {
        Ok(())
    } else if delta.saturating_add(pending) > 0 {
        Err(too_much())
    } else {
        Err(stopped())
    }
}

/// Says of accounts that are held when something is due on them next.
pub(super) async fn note_due(tx: &Tx, owners: &[MemberId]) -> Result<()> {
    let mut first = Query::select();
    first
        .expr(Expr::col((lot::Entity, lot::Column::DueAt)).min())
        .from(lot::Entity)
        .and_where(Expr::col((lot::Entity, lot::Column::MemberId)).equals((Entity, Column::MemberId)))
        .and_where(Expr::col((lot::Entity, lot::Column::State)).is_in(lots::ALIVE));
    let first = Expr::SubQuery(None, Box::new(first.into()));
    Entity::update_many()
        .col_expr(Column::NextDueAt, Func::coalesce([first, Expr::val(never())]).into())
        .filter(Column::MemberId.is_in(owners.iter().copied()))
        .exec(tx.db())
        .await?;
    Ok(())
}
