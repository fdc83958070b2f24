//! Rows of days: planned, asked for, put off, fetched.

use chrono::{Months, TimeDelta};
use entity::{
    rewards::reconciliation::{Column, Entity, Model, State},
    types::{Fen, MerchantKey, ReconciliationId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    UpdateMany,
    sea_query::{Expr, OnConflict},
};

use super::{books, lines::Filed, rules::SKEW, run::Reconcile};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    infra::{
        calendar::{Day, day_of, days_after},
        clock::Time,
        db::{Tx, count_up_to},
        news::{Need, News},
    },
};

/// WeChat keeps bills for so many months (pay section 7).
const KEPT: Months = Months::new(3);
/// After so many tries nobody waits for a bill any more: about three days.
pub(super) const TRIES: i32 = 16;

/// The delay after a try: doubles from ten minutes up to six hours.
fn back_off(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 10)).unwrap_or(0);
    (TimeDelta::minutes(10) * 2_i32.saturating_pow(doublings)).min(TimeDelta::hours(6))
}

/// The day of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn get(db: &impl ConnectionTrait, id: ReconciliationId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// A day of a merchant, if it is planned.
pub(super) async fn of_day(db: &impl ConnectionTrait, merchant: &MerchantKey, day: Day) -> Result<Option<Model>> {
    let row = Entity::find().filter(Column::Merchant.eq(merchant.clone())).filter(Column::Day.eq(day));
    Ok(row.one(db).await?)
}

/// Whether something is left to do for a day.
pub(super) fn is_open(state: State) -> bool {
    matches!(state, State::Waiting | State::Fetching | State::Matching)
}

/// The first day of a merchant for which something is left to do.
pub(super) async fn next(db: &impl ConnectionTrait, merchant: &MerchantKey) -> Result<Option<Model>> {
    let open = Entity::find().filter(Column::Merchant.eq(merchant.clone())).filter(Column::State.is_in([
        State::Waiting,
        State::Fetching,
        State::Matching,
    ]));
    Ok(open.order_by_asc(Column::Day).limit(1).one(db).await?)
}

/// The first day of a merchant that is to be held against a bill; none before anything was paid.
pub(super) async fn first_day(db: &impl ConnectionTrait, merchant: &MerchantKey) -> Result<Option<Day>> {
    let planned = Entity::find().select_only().column_as(Column::Day.min(), "day");
    let planned = planned.filter(Column::Merchant.eq(merchant.clone())).into_tuple::<Option<Day>>().one(db).await?;
    match planned.flatten() {
        Some(day) => Ok(Some(day)),
        None => Ok(books::first_sent(db, merchant).await?.map(|at| day_of(at - SKEW))),
    }
}

/// Plans every day up to yesterday that is not planned yet, however many were missed, as far back as WeChat keeps bills.
/// Gives whether there is anything to do.
pub(super) async fn plan(tx: &Tx, merchant: &MerchantKey) -> Result<bool> {
    let last = Entity::find().select_only().column_as(Column::Day.max(), "day");
    let last = last.filter(Column::Merchant.eq(merchant.clone())).into_tuple::<Option<Day>>().one(tx.db()).await?;
    let first = match last.flatten() {
        Some(last) => Some(days_after(last, 1)),
        None => first_day(tx.db(), merchant).await?,
    };
    let today = day_of(tx.now());
    let oldest = today.checked_sub_months(KEPT).unwrap_or(Day::MIN);
    if let Some(first) = first {
        let days = std::cmp::max(first, oldest).iter_days().take_while(|day| *day < today);
        let rows: Vec<_> = days.map(|day| fresh(tx, merchant, day).into_active_model()).collect();
        if !rows.is_empty() {
            let unless_planned = OnConflict::columns([Column::Merchant, Column::Day]).do_nothing().to_owned();
            Entity::insert_many(rows).on_conflict(unless_planned).exec_without_returning(tx.db()).await?;
        }
    }
    Ok(next(tx.db(), merchant).await?.is_some())
}

fn fresh(tx: &Tx, merchant: &MerchantKey, day: Day) -> Model {
    Model {
        id: tx.id(),
        merchant: merchant.clone(),
        day,
        state: State::Waiting,
        code: None,
        runs: 0,
        attempts: 0,
        next_at: Some(tx.now()),
        there_count: 0,
        there_out: Fen::ZERO,
        there_in: Fen::ZERO,
        here_count: 0,
        here_out: Fen::ZERO,
        here_in: Fen::ZERO,
        other_count: 0,
        other_out: Fen::ZERO,
        other_in: Fen::ZERO,
        created_at: tx.now(),
        fetched_at: None,
        done_at: None,
    }
}

/// Begins to ask for a bill. `None` when somebody else has meanwhile.
pub(super) async fn begin(tx: &Tx, row: &Model) -> Result<Option<Model>> {
    let begun = mine(row)
        .col_expr(Column::State, Expr::value(State::Fetching))
        .col_expr(Column::Runs, Expr::col(Column::Runs).add(1))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .exec(tx.db())
        .await?;
    if begun.rows_affected == 0 { Ok(None) } else { get(tx.db(), row.id).await.map(Some) }
}

/// The row, as long as nobody else has begun since it was read.
fn mine(row: &Model) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(row.state))
        .filter(Column::Runs.eq(row.runs))
}

/// Whether this run still is the one that fetches; the row stays as it is until the unit of work ends.
pub(super) async fn holds(tx: &Tx, row: &Model) -> Result<bool> {
    let held = mine(row).col_expr(Column::Runs, Expr::value(row.runs));
    Ok(held.exec(tx.db()).await?.rows_affected == 1)
}

/// Puts a day off: the bill cannot be had now. After many tries nobody waits any more. False when somebody else has begun.
pub(super) async fn put_off(tx: &Tx, row: &Model, code: &str) -> Result<bool> {
    if row.attempts >= TRIES {
        return give_up(tx, row, code).await;
    }
    let put_off = mine(row)
        .col_expr(Column::State, Expr::value(State::Waiting))
        .col_expr(Column::Code, Expr::value(code))
        .col_expr(Column::NextAt, Expr::value(tx.now() + back_off(row.attempts)));
    tracing::warn!(merchant = %row.merchant, day = %row.day, code, attempts = row.attempts, "there is no bill yet");
    Ok(put_off.exec(tx.db()).await?.rows_affected == 1)
}

/// Says that there is no bill. Staff may ask again. False when somebody else has begun.
pub(super) async fn give_up(tx: &Tx, row: &Model, code: &str) -> Result<bool> {
    let given_up = mine(row)
        .col_expr(Column::State, Expr::value(State::Unavailable))
        .col_expr(Column::Code, Expr::value(code))
        .col_expr(Column::NextAt, Expr::value(Option::<Time>::None))
        .col_expr(Column::DoneAt, Expr::value(tx.now()));
    metrics::counter!("bills_unavailable_total").increment(1);
    tracing::error!(merchant = %row.merchant, day = %row.day, code, "a bill cannot be had: a day is without proof");
    Ok(given_up.exec(tx.db()).await?.rows_affected == 1)
}

/// The whole bill is there.
pub(super) async fn fetched(tx: &Tx, row: &Model, filed: &Filed) -> Result<bool> {
    let Filed { ours, other, .. } = filed;
    let fetched = mine(row)
        .col_expr(Column::State, Expr::value(State::Matching))
        .col_expr(Column::Code, Expr::value(Option::<String>::None))
        .col_expr(Column::FetchedAt, Expr::value(tx.now()))
        .col_expr(Column::ThereCount, Expr::value(ours.count))
        .col_expr(Column::ThereOut, Expr::value(ours.flow.out))
        .col_expr(Column::ThereIn, Expr::value(ours.flow.back))
        .col_expr(Column::OtherCount, Expr::value(other.count))
        .col_expr(Column::OtherOut, Expr::value(other.flow.out))
        .col_expr(Column::OtherIn, Expr::value(other.flow.back));
    Ok(fetched.exec(tx.db()).await?.rows_affected == 1)
}

/// Has a day looked at again from its bill on: fetched anew, matched anew. Cases that are no more close themselves.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] while it is being looked at.
pub(super) async fn again(tx: &Tx, id: ReconciliationId) -> Result<Model> {
    let row = get(tx.db(), id).await?;
    if matches!(row.state, State::Fetching | State::Matching) {
        return Err(Error::new(Code::Conflict).detail("the day is being looked at"));
    }
    let again = mine(&row)
        .col_expr(Column::State, Expr::value(State::Waiting))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::NextAt, Expr::value(tx.now()))
        .col_expr(Column::DoneAt, Expr::value(Option::<Time>::None));
    if again.exec(tx.db()).await?.rows_affected == 0 {
        return Err(Error::new(Code::Conflict));
    }
    tx.tell(News::Need(Need::Mismatches));
    tx.enqueue(Reconcile { merchant: row.merchant, day: Some(row.day) })?;
    get(tx.db(), id).await
}

/// Which days.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    pub(super) merchant: Option<MerchantKey>,
    pub(super) state: Option<State>,
}

/// Days, the latest planned first.
pub(super) async fn list(db: &impl ConnectionTrait, filter: Filter, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find();
    if let Some(merchant) = filter.merchant {
        rows = rows.filter(Column::Merchant.eq(merchant));
    }
    if let Some(state) = filter.state {
        rows = rows.filter(Column::State.eq(state));
    }
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// Days on which WeChat's bill and the payouts differ, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn different(db: &impl ConnectionTrait, most: u64) -> Result<u64> {
    count_up_to(db, Entity::find().filter(Column::State.eq(State::Different)), most).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bill_is_waited_for_about_three_days() {
        let waits: Vec<TimeDelta> = (1..TRIES).map(back_off).collect();
        assert_eq!((waits[0], waits[3]), (TimeDelta::minutes(10), TimeDelta::minutes(80)));
        assert!(waits.is_sorted() && waits.iter().all(|wait| *wait <= TimeDelta::hours(6)));
        let all: TimeDelta = waits.iter().sum();
        assert!(all > TimeDelta::days(2) && all < TimeDelta::days(4), "{all}");
    }
}
