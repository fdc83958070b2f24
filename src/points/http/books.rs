//! The books of points: whether all accounts add up, and what is owed.

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Json},
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    points::{check::Model as Run, difference::Model as Difference},
    types::{MemberId, Points, PointsCheckId, PointsDifferenceId, StaffId},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::PointsBooks},
    error::Result,
    http::problem::Problem,
    infra::db::{Db, Tx},
    points::{
        check::{self, CheckAll},
        liability::{self, Owed},
    },
};

/// How many differences are shown.
const SHOWN: u64 = 100;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(last_check).service(check_all).service(owed);
}

/// An account that does not add up. Each figure thrice: as the account says, as its lots say, as its entries say.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsDifference)]
pub(super) struct ShownDifference {
    id: PointsDifferenceId,
    member: MemberId,
    balance: i64,
    balance_lots: i64,
    balance_entries: i64,
    pending: i64,
    pending_lots: i64,
    pending_entries: i64,
    found_at: DateTime<Utc>,
}

impl From<Difference> for ShownDifference {
    fn from(row: Difference) -> Self {
        Self {
            id: row.id,
            member: row.member_id,
            balance: row.balance,
            balance_lots: row.balance_lots,
            balance_entries: row.balance_entries,
            pending: row.pending,
            pending_lots: row.pending_lots,
            pending_entries: row.pending_entries,
            found_at: row.found_at,
        }
    }
}

/// A look at all accounts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsCheckRun)]
struct Check {
    id: PointsCheckId,
    /// Who asked for it; nobody when it was the night's.
    staff: Option<StaffId>,
    started_at: DateTime<Utc>,
    /// None while it is under way.
    done_at: Option<DateTime<Utc>>,
    accounts: i64,
    /// Accounts that did not add up.
    differences: i64,
    /// All balances together.
    balance: i64,
    pending: i64,
}

impl From<Run> for Check {
    fn from(row: Run) -> Self {
        Self {
            id: row.id,
            staff: row.staff_id,
            started_at: row.started_at,
            done_at: row.done_at,
            accounts: row.accounts,
            differences: row.differences,
            balance: row.balance,
            pending: row.pending,
        }
    }
}

/// Whether points add up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsBooks)]
struct Books {
    /// Whether no account is known that does not add up.
    balanced: bool,
    /// The last look at all accounts.
    last: Option<Check>,
    /// Accounts that do not add up, the latest first; at most a hundred.
    differences: Vec<ShownDifference>,
}

/// Whether all points add up
#[utoipa::path(tag = "points", security(("bearer" = ["points_books"])), responses((status = 200, body = Books), (status = 403, body = Problem)))]
#[get("/points/check")]
async fn last_check(_: Staff<PointsBooks>, db: Data<Db>) -> Result<Json<Books>> {
    let differences = check::open(db.read(), SHOWN).await?;
    let last = check::last(db.read()).await?;
    let balanced = differences.is_empty();
    let differences = differences.into_iter().map(ShownDifference::from).collect();
    Ok(Json(Books { balanced, last: last.map(Check::from), differences }))
}

/// Look at all accounts now, in the background; while one look is under way it is that one
#[utoipa::path(tag = "points", security(("bearer" = ["points_books"])), responses((status = 202, body = Check), (status = 403, body = Problem)))]
#[post("/points/check")]
async fn check_all(caller: Staff<PointsBooks>, db: Data<Db>) -> Result<HttpResponse> {
    let run = db
        .tx(async |tx: &Tx| {
            tx.enqueue(CheckAll {})?;
            check::begin(tx, Some(caller.id)).await
        })
        .await?;
    Ok(HttpResponse::Accepted().json(Check::from(run)))
}

/// What is owed in points, by the month in which it ends.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsLiability)]
struct Liability {
    at: DateTime<Utc>,
    /// All that can be spent.
    open: Points,
    /// All that cannot be spent yet.
    pending: Points,
    /// Months in which something ends, in their order; what lasts for ever comes last.
    months: Vec<OwedInMonth>,
}

/// What ends in one month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsOwed)]
struct OwedInMonth {
    /// The first day of the month; null for what lasts for ever.
    month: Option<NaiveDate>,
    open: Points,
    pending: Points,
}

/// What is owed in points, by the month in which it ends
#[utoipa::path(tag = "points", security(("bearer" = ["points_books"])), responses((status = 200, body = Liability), (status = 403, body = Problem)))]
#[get("/points/liability")]
async fn owed(_: Staff<PointsBooks>, db: Data<Db>) -> Result<Json<Liability>> {
    let at = db.now();
    let mut months = liability::by_month(db.read(), at).await?;
    let for_ever = months.remove(&None).map(|owed| (None, owed));
    let all: Vec<_> = months.into_iter().chain(for_ever).collect();
    let open = Points::sum(all.iter().map(|(_, owed)| owed.open))?;
    let pending = Points::sum(all.iter().map(|(_, owed)| owed.pending))?;
    let month = |(month, Owed { open, pending })| OwedInMonth { month, open, pending };
    Ok(Json(Liability { at, open, pending, months: all.into_iter().map(month).collect() }))
}
