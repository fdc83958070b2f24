//! Requests and what becomes of them. Every step is a compare-and-set on the state.

use chrono::TimeDelta;
use entity::{
    exports::{
        export_part,
        export_request::{ActiveModel, Column, Entity, Model, State},
    },
    types::{ExportRequestId, StaffId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use super::{what::What, write::WriteFile};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    infra::{
        clock::Time,
        db::{Tx, count_up_to},
        news::{Need, News},
    },
};

/// One request.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn get(db: &impl ConnectionTrait, id: ExportRequestId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Requests, the latest first.
pub(super) async fn list(db: &impl ConnectionTrait, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find();
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// Requests that wait for a second person, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting(db: &impl ConnectionTrait, most: u64) -> Result<u64> {
    count_up_to(db, Entity::find().filter(Column::State.eq(State::Waiting)), most).await
}

/// What a request says.
///
/// # Errors
/// When it was written by another version.
pub(super) fn what(row: &Model) -> Result<What> {
    Ok(serde_json::from_value(row.what.clone())?)
}

/// Writes a request down. What needs nobody's consent is written at once.
pub(super) async fn ask(
    tx: &Tx,
    (staff, login): (StaffId, &str),
    (what, reason): (&What, &str),
    alone: bool,
) -> Result<Model> {
    let row = ActiveModel {
        id: Set(tx.id()),
        what: Set(serde_json::to_value(what)?),
        reason: Set(reason.to_owned()),
        staff_id: Set(staff),
        login: Set(login.to_owned()),
        state: Set(if alone { State::Writing } else { State::Waiting }),
        total: Set(0),
        done: Set(0),
        parts: Set(0),
        fetched: Set(0),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    let row = Entity::insert(row).exec_with_returning(tx.db()).await?;
    if alone {
        tx.enqueue(WriteFile { request: row.id })?;
    } else {
        tx.tell(News::Need(Need::Exports));
    }
    Ok(row)
}

/// Agrees, or refuses with a reason.
///
/// # Errors
/// [`Code::Forbidden`] for who asked; [`Code::AlreadyDecided`].
pub(super) async fn decide(tx: &Tx, id: ExportRequestId, by: StaffId, refusal: Option<&str>) -> Result<Model> {
    let row = get(tx.db(), id).await?;
    if row.staff_id == by {
        return Err(Error::new(Code::Forbidden).detail("somebody else has to agree"));
    }
    let state = if refusal.is_some() { State::Refused } else { State::Writing };
    let decided = Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::DecidedBy, Expr::value(by))
        .col_expr(Column::DecidedAt, Expr::value(tx.now()))
        .col_expr(Column::Why, Expr::value(refusal))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Waiting));
    if decided.exec(tx.db()).await?.rows_affected == 0 {
        return Err(Error::new(Code::AlreadyDecided));
    }
    tx.tell(News::Need(Need::Exports));
    if refusal.is_none() {
        tx.enqueue(WriteFile { request: id })?;
    }
    get(tx.db(), id).await
}

/// Takes a request back; its file is gone at once. Doing so again changes nothing.
///
/// # Errors
/// [`Code::NotFound`], also for somebody else's.
pub(super) async fn withdraw(tx: &Tx, id: ExportRequestId, by: StaffId) -> Result<()> {
    let row = Some(get(tx.db(), id).await?).filter(|row| row.staff_id == by);
    row.ok_or_else(|| Error::new(Code::NotFound))?;
    moved(tx, id, &[State::Waiting, State::Writing, State::Ready, State::Failed], State::Withdrawn).await?;
    tx.tell(News::Need(Need::Exports));
    drop_parts(tx, id).await
}

/// Moves a request from one of some states to another.
pub(super) async fn moved(tx: &Tx, id: ExportRequestId, from: &[State], to: State) -> Result<bool> {
    let moved = Entity::update_many().col_expr(Column::State, Expr::value(to)).filter(Column::Id.eq(id));
    Ok(moved.filter(Column::State.is_in(from.iter().copied())).exec(tx.db()).await?.rows_affected == 1)
}

/// Deletes the file of a request.
pub(super) async fn drop_parts(tx: &Tx, id: ExportRequestId) -> Result<()> {
    let parts = export_part::Entity::delete_many().filter(export_part::Column::RequestId.eq(id));
    parts.exec(tx.db()).await?;
    Ok(())
}

/// A piece of a file, ready to be kept.
#[derive(Clone)]
pub(super) struct Piece {
    pub(super) sealed: String,
    pub(super) lines: i64,
    pub(super) total: i64,
    pub(super) cursor: Option<String>,
}

/// Keeps the next piece of a file. False when somebody else has done so, or nobody wants it any more.
pub(super) async fn keep(tx: &Tx, row: &Model, piece: &Piece) -> Result<bool> {
    let advanced = Entity::update_many()
        .col_expr(Column::Parts, Expr::value(row.parts.saturating_add(1)))
        .col_expr(Column::Done, Expr::col(Column::Done).add(piece.lines))
        .col_expr(Column::Total, Expr::value(piece.total))
        .col_expr(Column::Cursor, Expr::value(piece.cursor.as_deref()))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(State::Writing))
        .filter(Column::Parts.eq(row.parts));
    if advanced.exec(tx.db()).await?.rows_affected == 0 {
        return Ok(false);
    }
    let part =
        export_part::ActiveModel { request_id: Set(row.id), part: Set(row.parts), sealed: Set(piece.sealed.clone()) };
    export_part::Entity::insert(part).exec_without_returning(tx.db()).await?;
    Ok(true)
}

/// The file is whole.
pub(super) async fn finish(tx: &Tx, id: ExportRequestId, keep: TimeDelta) -> Result<()> {
    let ready = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Ready))
        .col_expr(Column::Total, Expr::col(Column::Done))
        .col_expr(Column::ReadyAt, Expr::value(tx.now()))
        .col_expr(Column::ExpiresAt, Expr::value(tx.now() + keep))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Writing));
    ready.exec(tx.db()).await?;
    Ok(())
}

/// Counts one fetching of a file.
///
/// # Errors
/// [`Code::NotFound`] for everybody but who asked, and when its time is over; [`Code::Conflict`] when it is not ready.
pub(super) async fn fetch(tx: &Tx, id: ExportRequestId, by: StaffId) -> Result<Model> {
    let gone = || Error::new(Code::NotFound);
    let row = Some(get(tx.db(), id).await?).filter(|row| row.staff_id == by).ok_or_else(gone)?;
    if row.state != State::Ready {
        return Err(if row.state == State::Over {
            gone()
        } else {
            Error::new(Code::Conflict).detail("it is not ready")
        });
    }
    if row.expires_at.is_none_or(|end| end <= tx.now()) {
        return Err(gone());
    }
    let counted = Entity::update_many().col_expr(Column::Fetched, Expr::col(Column::Fetched).add(1));
    counted.filter(Column::Id.eq(id)).exec(tx.db()).await?;
    Ok(row)
}

/// A piece of a file.
pub(super) async fn part(db: &impl ConnectionTrait, id: ExportRequestId, part: i32) -> Result<Option<String>> {
    Ok(export_part::Entity::find_by_id((id, part)).one(db).await?.map(|part| part.sealed))
}

/// Files whose time is over.
pub(super) async fn over(tx: &Tx, now: Time) -> Result<Vec<ExportRequestId>> {
    let over = Entity::find().filter(Column::State.eq(State::Ready)).filter(Column::ExpiresAt.lte(now));
    Ok(over.all(tx.db()).await?.into_iter().map(|row| row.id).collect())
}
