//! Cases: written once, closed by what explains them or by staff, and summed up for their day.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    rewards::{
        payout,
        reconciliation::{self, State as DayState},
        reconciliation_case::{Column, Entity, Kind, Model, State},
    },
    types::{Fen, MerchantKey, PayoutId, ReconciliationCaseId, StaffId},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::rules::{Finding, Flow};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    infra::{
        calendar::Day,
        clock::Time,
        db::{Tx, among},
        news::{Need, News},
    },
};

/// A difference of one number.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) number: String,
    /// The payout and how far it is; none when nobody knows the number.
    pub(super) payout: Option<(PayoutId, payout::State)>,
    pub(super) day: Day,
    pub(super) kind: Kind,
    pub(super) finding: Finding,
}

impl Found {
    fn row(&self, tx: &Tx, merchant: &MerchantKey) -> Model {
        let Finding { movements, lines, here, there } = self.finding;
        Model {
            id: tx.id(),
            merchant: merchant.clone(),
            day: self.day,
            kind: self.kind,
            number: self.number.clone(),
            payout_id: self.payout.map(|(id, _)| id),
            payout_state: self.payout.map(|(_, state)| state),
            movements,
            lines,
            here_out: here.out,
            here_in: here.back,
            there_out: there.out,
            there_in: there.back,
            state: State::Open,
            reason: None,
            staff_id: None,
            found_at: tx.now(),
            closed_at: None,
        }
    }
}

/// What a case says is different.
pub(super) fn finding(row: &Model) -> Finding {
    Finding {
        movements: row.movements,
        lines: row.lines,
        here: Flow { out: row.here_out, back: row.here_in },
        there: Flow { out: row.there_out, back: row.there_in },
    }
}

/// Writes what was found. What is known stays as it is; what was closed and is there again, or has become another
/// difference, is open again. Gives the days that are concerned.
pub(super) async fn write(tx: &Tx, merchant: &MerchantKey, found: &[Found]) -> Result<BTreeSet<Day>> {
    let numbers: BTreeSet<String> = found.iter().map(|found| found.number.clone()).collect();
    let known = Entity::find().filter(Column::Merchant.eq(merchant.clone()));
    let known = known.filter(among(tx.db(), Column::Number, numbers)).all(tx.db()).await?;
    let known: BTreeMap<(Day, Kind, &str), &Model> =
        known.iter().map(|row| ((row.day, row.kind, row.number.as_str()), row)).collect();
    let mut fresh = Vec::new();
    for found in found {
        match known.get(&(found.day, found.kind, found.number.as_str())) {
            None => fresh.push(found.row(tx, merchant).into_active_model()),
            Some(row) if row.state != State::Explained && finding(row) == found.finding => {}
            Some(row) => {
                let again = Model { id: row.id, found_at: row.found_at, ..found.row(tx, merchant) };
                Entity::update(again.into_active_model().reset_all()).exec(tx.db()).await?;
            }
        }
    }
    metrics::counter!("reconciliation_cases_total").increment(u64::try_from(fresh.len()).unwrap_or(0));
    let unless_known =
        OnConflict::columns([Column::Merchant, Column::Day, Column::Kind, Column::Number]).do_nothing().to_owned();
    for mut insert in tx.inserts(fresh)? {
        tx.db().execute(insert.on_conflict(unless_known.clone())).await?;
    }
    Ok(found.iter().map(|found| found.day).collect())
}

/// Open cases of a merchant after one, in order.
pub(super) async fn open_after(
    db: &impl ConnectionTrait,
    merchant: &MerchantKey,
    after: Option<ReconciliationCaseId>,
    most: u64,
) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(Column::Merchant.eq(merchant.clone())).filter(Column::State.eq(State::Open));
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(after));
    }
    Ok(rows.order_by_asc(Column::Id).limit(most).all(db).await?)
}

/// Closes cases that are no difference any more.
pub(super) async fn explain(tx: &Tx, ids: &[ReconciliationCaseId], why: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Explained))
        .col_expr(Column::Reason, Expr::value(why))
        .col_expr(Column::ClosedAt, Expr::value(tx.now()))
        .filter(among(tx.db(), Column::Id, ids.iter().copied()))
        .filter(Column::State.eq(State::Open))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// How many cases are open, of this merchant or of all.
///
/// # Errors
/// When the database does not answer.
pub async fn open(db: &impl ConnectionTrait, merchant: Option<&MerchantKey>) -> Result<u64> {
    let mut open = Entity::find().filter(Column::State.eq(State::Open));
    if let Some(merchant) = merchant {
        open = open.filter(Column::Merchant.eq(merchant.clone()));
    }
    Ok(open.count(db).await?)
}

/// Says why there is a difference. Gives the case.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::AlreadyDecided`] when it is closed.
pub(super) async fn settle(tx: &Tx, id: ReconciliationCaseId, reason: &str, staff: StaffId) -> Result<Model> {
    let settled = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Settled))
        .col_expr(Column::Reason, Expr::value(reason))
        .col_expr(Column::StaffId, Expr::value(staff))
        .col_expr(Column::ClosedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Open));
    let done = settled.exec(tx.db()).await?.rows_affected == 1;
    let row = Entity::find_by_id(id).one(tx.db()).await?.ok_or_else(|| Error::new(Code::NotFound))?;
    if done { Ok(row) } else { Err(Error::new(Code::AlreadyDecided)) }
}

/// The cases of a day, the latest first.
pub(super) async fn of_day(
    db: &impl ConnectionTrait,
    (merchant, day): (&MerchantKey, Day),
    page: &PageQuery,
) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(Column::Merchant.eq(merchant.clone())).filter(Column::Day.eq(day));
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::FoundAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::FoundAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// The cases of a day with these numbers that nothing has explained.
pub(super) async fn with_numbers(
    db: &impl ConnectionTrait,
    (merchant, day): (&MerchantKey, Day),
    numbers: impl IntoIterator<Item = &str>,
) -> Result<BTreeMap<String, Vec<Kind>>> {
    let rows = Entity::find()
        .select_only()
        .columns([Column::Number, Column::Kind])
        .filter(Column::Merchant.eq(merchant.clone()))
        .filter(Column::Day.eq(day))
        .filter(Column::State.ne(State::Explained))
        .filter(among(db, Column::Number, numbers.into_iter().map(str::to_owned)))
        .order_by_asc(Column::Kind);
    let mut kinds: BTreeMap<String, Vec<Kind>> = BTreeMap::new();
    for (number, kind) in rows.into_tuple::<(String, Kind)>().all(db).await? {
        kinds.entry(number).or_default().push(kind);
    }
    Ok(kinds)
}

/// What the cases of a day that nothing has explained add up to.
#[derive(Debug, FromQueryResult)]
struct Sums {
    cases: i64,
    movements: i64,
    lines: i64,
    here_out: i64,
    here_in: i64,
    there_out: i64,
    there_in: i64,
}

async fn sums(db: &impl ConnectionTrait, merchant: &MerchantKey, day: Day) -> Result<Sums> {
    // PostgreSQL adds whole numbers up to a decimal one.
    let sum = |column: Column| column.sum().if_null(0).cast_as("BIGINT");
    let sums = Entity::find()
        .select_only()
        .column_as(Column::Id.count(), "cases")
        .column_as(sum(Column::Movements), "movements")
        .column_as(sum(Column::Lines), "lines")
        .column_as(sum(Column::HereOut), "here_out")
        .column_as(sum(Column::HereIn), "here_in")
        .column_as(sum(Column::ThereOut), "there_out")
        .column_as(sum(Column::ThereIn), "there_in")
        .filter(Column::Merchant.eq(merchant.clone()))
        .filter(Column::Day.eq(day))
        .filter(Column::State.ne(State::Explained))
        .into_model::<Sums>();
    sums.one(db).await?.ok_or_else(|| Error::internal("sums of nothing are rows"))
}

/// Writes what our books say of a day: its bill, with what its cases name otherwise; and whether both are the same.
pub(super) async fn sum_up(tx: &Tx, merchant: &MerchantKey, day: Day) -> Result<()> {
    use reconciliation::Column as Of;
    let Some(row) = super::store::of_day(tx.db(), merchant, day).await? else { return Ok(()) };
    if !matches!(row.state, DayState::Matching | DayState::Balanced | DayState::Different) {
        return Ok(());
    }
    let sums = sums(tx.db(), merchant, day).await?;
    let side = |there: Fen, named: i64, ours: i64| -> Result<Fen> {
        Ok(there.checked_sub(named.try_into()?)?.checked_add(ours.try_into()?)?)
    };
    let state = if sums.cases == 0 { DayState::Balanced } else { DayState::Different };
    let mut update = reconciliation::Entity::update_many()
        .col_expr(Of::HereCount, Expr::value(row.there_count - sums.lines + sums.movements))
        .col_expr(Of::HereOut, Expr::value(side(row.there_out, sums.there_out, sums.here_out)?))
        .col_expr(Of::HereIn, Expr::value(side(row.there_in, sums.there_in, sums.here_in)?))
        .col_expr(Of::State, Expr::value(state))
        .filter(Of::Id.eq(row.id))
        .filter(Of::State.eq(row.state));
    if row.state == DayState::Matching {
        update =
            update.col_expr(Of::DoneAt, Expr::value(tx.now())).col_expr(Of::NextAt, Expr::value(Option::<Time>::None));
        metrics::counter!("reconciliations_total", "state" => label(state)).increment(1);
        tracing::info!(%merchant, %day, ?state, cases = sums.cases, lines = row.there_count, "reconciled");
    }
    update.exec(tx.db()).await?;
    tx.tell(News::Need(Need::Mismatches));
    Ok(())
}

fn label(state: DayState) -> &'static str {
    if state == DayState::Balanced { "balanced" } else { "different" }
}
