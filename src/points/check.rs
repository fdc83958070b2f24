//! Whether accounts add up: balance = Σ what is left of open lots = Σ entries, and the same of what is pending.
//!
//! An account that does not is stopped, and the figures are kept. Nothing is repaired: when it adds up again, and was
//! checked again, it goes on.

use std::collections::BTreeSet;

use entity::{
    points::{
        account,
        check::{Column, Entity, Model},
        difference, entry, lot,
    },
    types::{MemberId, Points, StaffId},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Alias, Expr, Func, LockType, Query, SimpleExpr},
};
use serde::{Deserialize, Serialize};

use super::{account::lock, rules::never};
use crate::{
    error::Result,
    infra::{
        clock::Time,
        db::{Db, Tx},
    },
    jobs::{Failure, Job},
};

/// Accounts that are looked at in one transaction.
const ACCOUNTS: u64 = 1000;

/// The figures of an account, and what they should be.
#[derive(Clone, Debug, FromQueryResult)]
struct Figures {
    member_id: MemberId,
    stopped_at: Option<Time>,
    balance: i64,
    balance_lots: i64,
    balance_entries: i64,
    pending: i64,
    pending_lots: i64,
    pending_entries: i64,
}

impl Figures {
    fn add_up(&self) -> bool {
        (self.balance, self.balance) == (self.balance_lots, self.balance_entries)
            && (self.pending, self.pending) == (self.pending_lots, self.pending_entries)
    }

    fn as_difference(&self, tx: &Tx) -> difference::Model {
        difference::Model {
            id: tx.id(),
            member_id: self.member_id,
            balance: self.balance,
            balance_lots: self.balance_lots,
            balance_entries: self.balance_entries,
            pending: self.pending,
            pending_lots: self.pending_lots,
            pending_entries: self.pending_entries,
            found_at: tx.now(),
            resolved_at: None,
        }
    }
}

/// Whether a lot's points are pending.
fn pending_lot() -> SimpleExpr {
    Expr::col((lot::Entity, lot::Column::State)).is_in([lot::State::Held, lot::State::Waiting])
}

fn sum_of_lots(which: SimpleExpr) -> SimpleExpr {
    let mut sum = Query::select();
    sum.expr(Expr::col((lot::Entity, lot::Column::Remaining)).sum())
        .from(lot::Entity)
        .and_where(Expr::col((lot::Entity, lot::Column::MemberId)).equals((account::Entity, account::Column::MemberId)))
        .and_where(which);
    whole(SimpleExpr::SubQuery(None, Box::new(sum.into())))
}

fn sum_of_entries(change: entry::Column) -> SimpleExpr {
    let mut sum = Query::select();
    sum.expr(Expr::col((entry::Entity, change)).sum()).from(entry::Entity).and_where(
        Expr::col((entry::Entity, entry::Column::MemberId)).equals((account::Entity, account::Column::MemberId)),
    );
    whole(SimpleExpr::SubQuery(None, Box::new(sum.into())))
}

/// A sum as a whole number, nothing when there is nothing to add.
fn whole(sum: SimpleExpr) -> SimpleExpr {
    SimpleExpr::from(Func::coalesce([sum, Expr::val(0_i64)])).cast_as(Alias::new("bigint"))
}

/// Figures of accounts in the order of their members. One statement, so that all of them are of one moment.
fn figures() -> sea_orm::Select<account::Entity> {
    use account::Column;
    account::Entity::find()
        .select_only()
        .columns([Column::MemberId, Column::StoppedAt, Column::Balance, Column::Pending])
        .column_as(sum_of_lots(pending_lot().not()), "balance_lots")
        .column_as(sum_of_entries(entry::Column::Delta), "balance_entries")
        .column_as(sum_of_lots(pending_lot()), "pending_lots")
        .column_as(sum_of_entries(entry::Column::Pending), "pending_entries")
        .order_by_asc(Column::MemberId)
}

/// Checks one account, and stops it or lets it go on; gives the difference if there is one. A member without points has
/// none.
///
/// # Errors
/// When the database does not answer.
pub async fn one(tx: &Tx, member: MemberId) -> Result<Option<difference::Model>> {
    lock(tx, &[member]).await?;
    let found = figures().filter(account::Column::MemberId.eq(member)).into_model::<Figures>().one(tx.db()).await?;
    let Some(found) = found else { return Ok(None) };
    if found.add_up() {
        if found.stopped_at.is_some() {
            go_on(tx, member).await?;
        }
        return Ok(None);
    }
    stop(tx, &found).await.map(Some)
}

async fn stop(tx: &Tx, found: &Figures) -> Result<difference::Model> {
    use difference::{Column, Entity};
    let fresh = found.as_difference(tx);
    let known = Entity::find().filter(Column::MemberId.eq(found.member_id)).filter(Column::ResolvedAt.is_null());
    let same = |known: &difference::Model| {
        *known == difference::Model { id: known.id, found_at: known.found_at, ..fresh.clone() }
    };
    if let Some(known) = known.all(tx.db()).await?.into_iter().find(same) {
        return Ok(known);
    }
    Entity::insert(fresh.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    set_stopped(tx, found.member_id, Some(found.stopped_at.unwrap_or(tx.now()))).await?;
    metrics::counter!("points_differences_total").increment(1);
    tracing::error!(difference = %fresh.id, "a points account does not add up and is stopped");
    Ok(fresh)
}

async fn go_on(tx: &Tx, member: MemberId) -> Result<()> {
    use difference::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::ResolvedAt, Expr::value(tx.now()))
        .filter(Column::MemberId.eq(member))
        .filter(Column::ResolvedAt.is_null())
        .exec(tx.db())
        .await?;
    set_stopped(tx, member, None).await
}

async fn set_stopped(tx: &Tx, member: MemberId, at: Option<Time>) -> Result<()> {
    account::Entity::update_many()
        .col_expr(account::Column::StoppedAt, Expr::value(at))
        .filter(account::Column::MemberId.eq(member))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Begins a look at all accounts, or joins the one that is under way; the job [`CheckAll`] goes on with it.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(tx: &Tx, staff: Option<StaffId>) -> Result<Model> {
    if let Some(running) = running(tx.db()).await? {
        return Ok(running);
    }
    let row = Model {
        id: tx.id(),
        staff_id: staff,
        started_at: tx.now(),
        done_at: None,
        reached: None,
        accounts: 0,
        differences: 0,
        balance: 0,
        pending: 0,
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(row)
}

async fn running(db: &impl ConnectionTrait) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::DoneAt.is_null()).order_by_asc(Column::StartedAt).one(db).await?)
}

/// The last look at all accounts.
///
/// # Errors
/// When the database does not answer.
pub async fn last(db: &impl ConnectionTrait) -> Result<Option<Model>> {
    Ok(Entity::find().order_by_desc(Column::StartedAt).order_by_desc(Column::Id).one(db).await?)
}

/// Accounts that do not add up, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn open(db: &impl ConnectionTrait, most: u64) -> Result<Vec<difference::Model>> {
    use difference::{Column, Entity};
    let open = Entity::find().filter(Column::ResolvedAt.is_null());
    Ok(open.order_by_desc(Column::FoundAt).order_by_desc(Column::Id).limit(most).all(db).await?)
}

/// Looks at all accounts, some hundred at a time. It may be cut off and run again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckAll {}

impl Job for CheckAll {
    const KIND: &'static str = "points.check";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        db.tx(async |tx: &Tx| begin(tx, None).await.map(drop)).await?;
        while db.tx(chunk).await? {}
        Ok(())
    }
}

/// Looks at some accounts; gives whether there are more.
async fn chunk(tx: &Tx) -> Result<bool> {
    // Two jobs that run at once take turns.
    let under_way = Entity::find().filter(Column::DoneAt.is_null()).order_by_asc(Column::StartedAt);
    let Some(mut run) = under_way.lock(LockType::Update).one(tx.db()).await? else { return Ok(false) };
    let mut found = figures();
    if let Some(reached) = run.reached {
        found = found.filter(account::Column::MemberId.gt(reached));
    }
    let found = found.limit(ACCOUNTS).into_model::<Figures>().all(tx.db()).await?;
    for figures in &found {
        if !figures.add_up() || figures.stopped_at.is_some() {
            run.differences += i64::from(one(tx, figures.member_id).await?.is_some());
        }
        run.accounts += 1;
        run.balance += figures.balance;
        run.pending += figures.pending;
        run.reached = Some(figures.member_id);
    }
    let more = u64::try_from(found.len()).is_ok_and(|found| found == ACCOUNTS);
    if !more {
        run.differences += without_account(tx).await?;
        run.done_at = Some(tx.now());
        tracing::info!(check = %run.id, accounts = run.accounts, differences = run.differences, "checked points");
    }
    Entity::update(run.into_active_model().reset_all()).exec(tx.db()).await?;
    Ok(more)
}

/// Stops members who have entries or lots but no account; gives how many.
async fn without_account(tx: &Tx) -> Result<i64> {
    let accounts = || account::Entity::find().select_only().column(account::Column::MemberId).into_query();
    let entries = entry::Entity::find().select_only().column(entry::Column::MemberId).distinct();
    let mut lost: BTreeSet<MemberId> = entries
        .filter(entry::Column::MemberId.not_in_subquery(accounts()))
        .into_tuple::<MemberId>()
        .all(tx.db())
        .await?
        .into_iter()
        .collect();
    let lots = lot::Entity::find().select_only().column(lot::Column::MemberId).distinct();
    let lots = lots.filter(lot::Column::MemberId.not_in_subquery(accounts()));
    lost.extend(lots.into_tuple::<MemberId>().all(tx.db()).await?);
    let mut stopped = 0;
    for member in lost {
        let nothing = account::ActiveModel {
            member_id: Set(member),
            balance: Set(Points::ZERO),
            pending: Set(Points::ZERO),
            next_due_at: Set(never()),
            stopped_at: Set(None),
        };
        account::Entity::insert(nothing).on_conflict_do_nothing().exec_without_returning(tx.db()).await?;
        stopped += i64::from(one(tx, member).await?.is_some());
    }
    Ok(stopped)
}
