//! Lots, and how entries draw from them. The caller holds the account; every change says what it has seen, all the same.

use entity::{
    points::{
        draw,
        entry::Model as Entry,
        lot::{Column, Entity, Model, State},
    },
    types::{MemberId, Points, PointsChange, PointsEntryId, PointsLotId},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, Order, QueryFilter,
    QueryOrder, QuerySelect, UpdateMany,
    sea_query::{Expr, Query},
};

use super::rules::{Times, due_at, never};
use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
};

/// Lots of which something is left.
pub(super) const ALIVE: [State; 3] = [State::Held, State::Waiting, State::Open];
/// How many lots are looked at first.
const FEW: u64 = 20;
/// How many lots are ended in one statement.
pub(super) const MANY: usize = 500;

/// A lot that an entry begins.
pub(super) fn row(tx: &Tx, entry: &Entry, points: Points, times: Times) -> Model {
    Model {
        id: tx.id(),
        member_id: entry.member_id,
        entry_id: entry.id,
        earned: points,
        remaining: points,
        state: times.state,
        available_at: times.available_at,
        expires_at: times.expires_at,
        due_at: times.due_at(),
        reminded_for: None,
    }
}

/// Begins a lot.
pub(super) async fn begin(tx: &Tx, entry: &Entry, points: Points, times: Times) -> Result<PointsLotId> {
    let row = row(tx, entry, points, times);
    let id = row.id;
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(id)
}

/// The lot that was given by an entry.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn given_by(db: &impl ConnectionTrait, entry: PointsEntryId) -> Result<Model> {
    let lot = Entity::find().filter(Column::EntryId.eq(entry)).one(db).await?;
    lot.ok_or_else(|| Error::new(Code::NotFound))
}

/// These lots, in no order.
pub(super) async fn these(db: &impl ConnectionTrait, ids: impl IntoIterator<Item = PointsLotId>) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

/// What can be spent, in the order in which it is: what ends first, then the oldest.
async fn open(tx: &Tx, owner: MemberId, most: Option<u64>) -> Result<Vec<Model>> {
    let open = Entity::find().filter(Column::MemberId.eq(owner)).filter(Column::State.eq(State::Open));
    let first = open.order_by_asc(Column::ExpiresAt).order_by_asc(Column::Id);
    Ok(first.limit(most).all(tx.db()).await?)
}

/// A change of a lot by an entry.
pub(super) struct Draw {
    pub(super) lot: PointsLotId,
    pub(super) delta: PointsChange,
    pub(super) pending: PointsChange,
}

/// Writes how an entry changed lots.
pub(super) async fn note(tx: &Tx, entry: &Entry, draws: Vec<Draw>) -> Result<()> {
    note_all(tx, draws.into_iter().map(|draw| (entry.member_id, entry.id, draw))).await
}

/// Writes how entries of members changed lots.
pub(super) async fn note_all(tx: &Tx, draws: impl IntoIterator<Item = (MemberId, PointsEntryId, Draw)>) -> Result<()> {
    let rows: Vec<draw::ActiveModel> = draws
        .into_iter()
        .map(|(member_id, entry_id, Draw { lot, delta, pending })| {
            draw::Model { id: tx.id(), member_id, entry_id, lot_id: lot, delta, pending }
                .into_active_model()
                .reset_all()
        })
        .collect();
    if !rows.is_empty() {
        tx.db().execute(&tx.insert(rows)?).await?;
    }
    Ok(())
}

/// The draws of an entry, in the order in which they were made.
pub(super) async fn drawn_by(db: &impl ConnectionTrait, entry: PointsEntryId) -> Result<Vec<draw::Model>> {
    let draws = draw::Entity::find().filter(draw::Column::EntryId.eq(entry));
    Ok(draws.order_by_asc(draw::Column::Id).all(db).await?)
}

/// Writes a lot anew that was seen as `seen`.
pub(super) async fn change(tx: &Tx, seen: &Model, mut lot: Model) -> Result<()> {
    lot.due_at = due_at(lot.state, lot.available_at, lot.expires_at);
    let changed = Entity::update_many()
        .col_expr(Column::Remaining, Expr::value(lot.remaining))
        .col_expr(Column::State, Expr::value(lot.state))
        .col_expr(Column::AvailableAt, Expr::value(lot.available_at))
        .col_expr(Column::ExpiresAt, Expr::value(lot.expires_at))
        .col_expr(Column::DueAt, Expr::value(lot.due_at))
        .filter(as_seen(seen));
    if changed.exec(tx.db()).await?.rows_affected == 1 { Ok(()) } else { Err(meddled()) }
}

fn as_seen(lot: &Model) -> Condition {
    Condition::all()
        .add(Column::Id.eq(lot.id))
        .add(Column::MemberId.eq(lot.member_id))
        .add(Column::Remaining.eq(lot.remaining))
        .add(Column::State.eq(lot.state))
}

fn meddled() -> Error {
    Error::internal("a lot was changed by somebody who does not hold its account")
}

/// Ends lots of which nothing is left: as used up, expired or cancelled.
pub(super) async fn end(tx: &Tx, seen: &[Model], state: State) -> Result<()> {
    if seen.is_empty() {
        return Ok(());
    }
    let any = seen.iter().map(as_seen).fold(Condition::any(), Condition::add);
    let ended = Entity::update_many()
        .col_expr(Column::Remaining, Expr::value(Points::ZERO))
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::DueAt, Expr::value(never()))
        .filter(any);
    let ended = ended.exec(tx.db()).await?.rows_affected;
    if usize::try_from(ended).is_ok_and(|ended| ended == seen.len()) { Ok(()) } else { Err(meddled()) }
}

/// Lots from which points are to be taken.
pub(super) struct Found {
    lots: Vec<(Model, Points)>,
    /// What is not there.
    pub(super) missing: Points,
}

/// Finds points among what can be spent. Nothing is changed by it.
pub(super) async fn find(tx: &Tx, owner: MemberId, points: Points) -> Result<Found> {
    // Few lots are enough nearly always.
    let first = open(tx, owner, Some(FEW)).await?;
    let more = u64::try_from(first.len()).is_ok_and(|found| found == FEW);
    let found = among(first, points)?;
    if more && !found.missing.is_zero() { among(open(tx, owner, None).await?, points) } else { Ok(found) }
}

fn among(open: Vec<Model>, points: Points) -> Result<Found> {
    let mut found = Found { lots: Vec::new(), missing: points };
    for lot in open {
        if found.missing.is_zero() {
            break;
        }
        let taken = found.missing.min(lot.remaining);
        found.missing = found.missing.checked_sub(taken)?;
        found.lots.push((lot, taken));
    }
    Ok(found)
}

/// Takes points from the lot that is spent first when that has more of them, which is nearly always so. One statement,
/// where finding and taking are two.
pub(super) fn taking_from_first(owner: MemberId, points: Points) -> UpdateMany<Entity> {
    use sea_orm::ExprTrait;
    let mut first = Query::select();
    first
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::MemberId.eq(owner))
        .and_where(Column::State.eq(State::Open))
        .order_by(Column::ExpiresAt, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .limit(1);
    Entity::update_many()
        .col_expr(Column::Remaining, Expr::col(Column::Remaining).sub(points.get()))
        .filter(Expr::col(Column::Id).eq(Expr::SubQuery(None, Box::new(first.into()))))
        .filter(Column::Remaining.gt(points))
}

/// Takes the points that were found; gives how lots changed.
pub(super) async fn take(tx: &Tx, found: Found) -> Result<Vec<Draw>> {
    let (mut draws, mut whole) = (Vec::new(), Vec::new());
    for (lot, taken) in found.lots {
        draws.push(Draw { lot: lot.id, delta: taken.less(), pending: PointsChange::ZERO });
        if taken == lot.remaining {
            whole.push(lot);
        } else {
            let rest = Model { remaining: lot.remaining.checked_sub(taken)?, ..lot.clone() };
            change(tx, &lot, rest).await?;
        }
    }
    for some in whole.chunks(MANY) {
        end(tx, some, State::Used).await?;
    }
    Ok(draws)
}

/// Takes points out of one lot, whether they can be spent or not; gives how many there were, and how it changed.
pub(super) async fn take_from(tx: &Tx, lot: &Model, points: Points) -> Result<(Points, Option<Draw>)> {
    let taken = points.min(lot.remaining);
    if taken.is_zero() || !ALIVE.contains(&lot.state) {
        return Ok((Points::ZERO, None));
    }
    let nothing = PointsChange::ZERO;
    let (delta, pending, ends) = match lot.state {
        State::Open => (taken.less(), nothing, State::Used),
        _ => (nothing, taken.less(), State::Cancelled),
    };
    if taken == lot.remaining {
        end(tx, std::slice::from_ref(lot), ends).await?;
    } else {
        let rest = Model { remaining: lot.remaining.checked_sub(taken)?, ..lot.clone() };
        change(tx, lot, rest).await?;
    }
    Ok((taken, Some(Draw { lot: lot.id, delta, pending })))
}
