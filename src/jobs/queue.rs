//! The queue's rows: claim with lease, finish, delay, park. Every change is a compare-and-set on the attempt and the
//! end of its lease: the attempt alone comes again when a job was put off or revived, the end of a lease never does.

use std::time::Duration;

use chrono::TimeDelta;
use entity::{
    jobs::job::{Column, Entity, Model, State},
    types::JobId,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, Statement, Value,
    sea_query::{Expr, LikeExpr},
};

use crate::{
    error::{Code, Error, Result},
    infra::{
        clock::Time,
        db::{Db, Tx, count_up_to},
        news::{Need, News},
    },
};

/// What a look at the queue brought.
pub(super) struct Turn {
    /// Jobs to be run, the oldest first.
    pub(super) claimed: Vec<Model>,
    /// How many of those that were done this worker did not hold any more: their leases had been lost.
    pub(super) lost: u64,
}

/// Removes the jobs that are done, and takes up to `limit` due ones: of each ordering key only the first. One unit of work,
/// so that many short jobs cost one commit.
///
/// A turn that is lost with the power is as if it had never been: what was claimed began later, and is lost with it; what
/// was done runs again after its lease, as it would if the power had gone a moment before.
///
/// `due_at` moves to the end of the lease and the attempt is counted, in one statement. PostgreSQL skips rows that
/// another node is just taking; SQLite has one writer.
pub(super) async fn turn(
    db: &Db,
    done: &[Model],
    limit: usize,
    lease: Duration,
    kinds: Kinds<'_, impl Fn(&str) -> usize>,
) -> Result<Turn> {
    db.tx(async |tx: &Tx| {
        tx.relax().await?;
        let lost = remove(tx, done).await?;
        if limit == 0 {
            return Ok(Turn { claimed: Vec::new(), lost });
        }
        let busy = || kinds.busy.iter().map(|kind| Passed { kind, due_after: None });
        let patient =
            |(kind, span): &(&'static str, Duration)| Passed { kind, due_after: Some(before(tx.now(), *span)) };
        let passed: Vec<Passed<'_>> = busy().chain(kinds.patient.iter().map(patient)).collect();
        let mut claimed = claim(tx, Kind::AllBut(&passed), limit, lease).await?;
        if claimed.is_empty() && kinds.lull && !kinds.patient.is_empty() {
            claimed = claim(tx, Kind::AllBut(&busy().collect::<Vec<_>>()), limit, lease).await?;
        }
        let most = |job: &Model| (job.kind.clone(), (kinds.together)(&job.kind));
        let many = claimed.iter().map(most).find(|(_, most)| *most > 1);
        if let Some((kind, most)) = many.filter(|_| claimed.len() == limit) {
            // There may be more of what is done together.
            let of_it = claimed.iter().filter(|job| job.kind == kind).count();
            claimed.extend(claim(tx, Kind::Only(&kind), most.saturating_sub(of_it), lease).await?);
        }
        claimed.sort_by_key(|job| job.id);
        Ok(Turn { claimed, lost })
    })
    .await
}

/// How kinds of jobs are taken.
pub(super) struct Kinds<'a, F> {
    /// Those that let others go first, and for how long.
    pub(super) patient: &'a [(&'static str, Duration)],
    /// Whether nothing else has come for a moment, so that they may run.
    pub(super) lull: bool,
    /// Those of which nothing is taken now: what comes meanwhile is done together when they are free.
    pub(super) busy: &'a [String],
    /// How many jobs of a kind are done at once.
    pub(super) together: F,
}

/// Which kinds a claim is about.
enum Kind<'a> {
    Only(&'a str),
    AllBut(&'a [Passed<'a>]),
}

/// A kind that is passed over.
struct Passed<'a> {
    kind: &'a str,
    /// Only those of it that have become due since then; all of them without it.
    due_after: Option<Time>,
}

/// That a job is the first of its ordering key.
///
/// In words that leave PostgreSQL one way to find out, the index of the order, whatever it believes of the table: a queue is
/// empty most of the time, and a plan made then is kept. Beside an `OR` the question is not turned into a join with the whole
/// table; the pair fits no other index than that of the order; and for `<> 'dead'` that of due jobs, which holds only live
/// ones, is of no use.
const FIRST: &str = "(job.order_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM job earlier
        WHERE earlier.order_key = job.order_key AND (earlier.order_key, earlier.id) < (job.order_key, job.id)
            AND earlier.state <> 'dead'))";

/// Takes due jobs.
///
/// PostgreSQL finds them once and takes what it found: in a join, it might look again for each row of the table, and take more
/// than there are places.
async fn claim(tx: &Tx, kind: Kind<'_>, limit: usize, lease: Duration) -> Result<Vec<Model>> {
    let (found, skip) = match tx.backend() {
        DbBackend::Postgres => ("= ANY (ARRAY", "FOR UPDATE SKIP LOCKED)"),
        _ => ("IN", ""),
    };
    let (of_kind, named): (String, Vec<Value>) = match kind {
        Kind::Only(kind) => ("AND kind = $4".to_owned(), vec![kind.into()]),
        Kind::AllBut(passed) => {
            let (mut others, mut values) = (String::new(), Vec::new());
            let mut name = |value: Value| {
                values.push(value);
                values.len().saturating_add(3)
            };
            for Passed { kind, due_after } in passed {
                let kind = name((*kind).into());
                others += &match due_after {
                    Some(due) => format!(" AND (kind <> ${kind} OR due_at <= ${})", name((*due).into())),
                    None => format!(" AND kind <> ${kind}"),
                };
            }
            (others, values)
        }
    };
    // Columns by name: one that a newer version adds must not change what a prepared statement of this one gives.
    let sql = format!(
        "UPDATE job SET due_at = $1, attempts = attempts + 1
         WHERE id {found} (
             SELECT id FROM job WHERE state = 'live' AND due_at <= $2 {of_kind} AND {FIRST}
             ORDER BY due_at LIMIT $3 {skip})
         RETURNING id, kind, payload, state, due_at, attempts, order_key, unique_key, created_at, cause, error"
    );
    let now = tx.now();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![after(now, lease).into(), now.into(), limit.into()];
    values.extend(named);
    let statement = Statement::from_sql_and_values(tx.backend(), &sql, values);
    Ok(Model::find_by_statement(statement).all(tx.db()).await?)
}

/// Removes jobs that are done; gives how many others hold by now.
async fn remove(tx: &Tx, done: &[Model]) -> Result<u64> {
    if done.is_empty() {
        return Ok(0);
    }
    let any = done.iter().map(held).fold(Condition::any(), Condition::add);
    let among = Column::Id.is_in(done.iter().map(|job| job.id));
    let removed = Entity::delete_many().filter(among).filter(any).exec(tx.db()).await?.rows_affected;
    Ok(u64::try_from(done.len()).unwrap_or(u64::MAX).saturating_sub(removed))
}

/// Makes a job due at `due_at` with this attempt count, keeping why.
pub(super) async fn delay(db: &Db, job: &Model, due_at: Time, attempts: i32, why: &str) -> Result<bool> {
    change(db, job, |update| {
        update
            .col_expr(Column::DueAt, Expr::value(due_at))
            .col_expr(Column::Attempts, Expr::value(attempts))
            .col_expr(Column::Error, Expr::value(why))
    })
    .await
}

/// Parks a job: it will not run again by itself.
pub(super) async fn park(db: &Db, job: &Model, why: &str) -> Result<bool> {
    db.tx(async |tx: &Tx| {
        let parked = Entity::update_many()
            .col_expr(Column::State, Expr::value(State::Dead))
            .col_expr(Column::Error, Expr::value(why))
            .col_expr(Column::UniqueKey, Expr::value(Option::<String>::None))
            .filter(held(job));
        let parked = parked.exec(tx.db()).await?.rows_affected == 1;
        if parked {
            tx.tell(News::Need(Need::Jobs));
        }
        Ok(parked)
    })
    .await
}

/// Gives a running job another lease, and says when it ends. `None` when the lease was lost meanwhile.
pub(super) async fn prolong(db: &Db, job: &Model, lease: Duration) -> Result<Option<Time>> {
    let until = after(db.now(), lease);
    let kept = change(db, job, |update| update.col_expr(Column::DueAt, Expr::value(until))).await?;
    Ok(kept.then_some(until))
}

async fn change(
    db: &Db,
    job: &Model,
    set: impl Fn(sea_orm::UpdateMany<Entity>) -> sea_orm::UpdateMany<Entity> + Send + Sync,
) -> Result<bool> {
    db.tx(async |tx: &Tx| {
        let update = set(Entity::update_many()).filter(held(job));
        Ok(update.exec(tx.db()).await?.rows_affected == 1)
    })
    .await
}

/// The job's row as long as this run holds it.
fn held(job: &Model) -> Condition {
    Condition::all()
        .add(Column::Id.eq(job.id))
        .add(Column::State.eq(State::Live))
        .add(Column::Attempts.eq(job.attempts))
        .add(Column::DueAt.eq(job.due_at))
}

fn after(now: Time, span: Duration) -> Time {
    now + TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX)
}

fn before(now: Time, span: Duration) -> Time {
    now - TimeDelta::from_std(span).unwrap_or_default()
}

/// How many jobs of one kind wait or are parked, and since when the oldest waits.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Counts {
    /// The kind of job.
    pub kind: String,
    /// Waiting, running or parked.
    pub state: State,
    /// How many.
    pub count: i64,
    /// When the oldest of them was enqueued.
    pub oldest: Time,
    /// Since when the first of those could have been taken that nobody has taken.
    pub late: Option<Time>,
}

/// Counts the queue by kind and state. A job behind another one of its ordering key is not late.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(db: &impl ConnectionTrait, now: Time) -> Result<Vec<Counts>> {
    let sql = format!(
        "SELECT kind, state, COUNT(id) AS count, MIN(created_at) AS oldest,
             MIN(CASE WHEN state = 'live' AND due_at <= $1 AND {FIRST} THEN due_at END) AS late
         FROM job GROUP BY kind, state"
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), &sql, [now.into()]);
    Ok(Counts::find_by_statement(statement).all(db).await?)
}

/// Parked jobs, the newest first.
///
/// # Errors
/// When the cursor is not ours, or the database does not answer.
pub async fn parked(db: &impl ConnectionTrait, before: Option<JobId>, limit: u64) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(Column::State.eq(State::Dead));
    if let Some(before) = before {
        rows = rows.filter(Column::Id.lt(before));
    }
    Ok(rows.order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// Lets a parked job run again, with a fresh set of attempts.
///
/// # Errors
/// [`Code::NotFound`] when no parked job has this id.
pub async fn run_again(tx: &Tx, id: JobId) -> Result<()> {
    let revived = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Live))
        .col_expr(Column::DueAt, Expr::value(tx.now()))
        .col_expr(Column::Attempts, Expr::value(0))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Dead))
        .exec(tx.db())
        .await?;
    if revived.rows_affected == 0 {
        return Err(Error::new(Code::NotFound));
    }
    tx.tell(News::Need(Need::Jobs));
    Ok(())
}

/// Deletes the parked jobs about somebody who wants to be forgotten, whom their payloads name by this OpenID; gives how
/// many.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(tx: &Tx, open_id: &str) -> Result<u64> {
    // An OpenID may hold `_`, which stands for anything in a pattern.
    let named = LikeExpr::new(format!("%\"{}\"%", open_id.replace('_', "\\_"))).escape('\\');
    let theirs = Entity::delete_many()
        .filter(Column::State.eq(State::Dead))
        .filter(Expr::col(Column::Payload).cast_as("TEXT").like(named));
    Ok(theirs.exec(tx.db()).await?.rows_affected)
}

/// Parked jobs, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn count_parked(db: &impl ConnectionTrait, most: u64) -> Result<u64> {
    // In the words of its index, which holds only those.
    count_up_to(db, Entity::find().filter(Expr::cust("state = 'dead'")), most).await
}
