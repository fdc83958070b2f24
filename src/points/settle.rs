//! What time does to lots: those whose time has come can be spent, those whose last day is over are gone.
//!
//! It is booked when somebody comes to the account, and for all others by a job. Nobody can spend what is over before it
//! is booked: spending passes by here first.

use std::collections::BTreeSet;

use entity::{
    points::{
        account,
        entry::{self, Kind},
        lot::{Column, Entity, Model, State},
    },
    types::{MemberId, PointsChange, PointsEntryId},
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query, SimpleExpr},
};
use serde::{Deserialize, Serialize};

use super::{
    account::{lock, note_due},
    events,
    lots::{self, ALIVE, Draw},
    posting::{self, Posting},
};
use crate::{
    error::Result,
    infra::db::{Db, Tx},
    jobs::{Failure, Job},
};

/// Accounts that are booked in one transaction.
const ACCOUNTS: u64 = 200;
/// Lots that are booked in one transaction.
const LOTS: u64 = 2000;

/// Books what is due on accounts that are held; more than fits into one transaction stays due.
pub(super) async fn settle(tx: &Tx, owners: &[MemberId]) -> Result<()> {
    let due = Entity::find()
        .filter(Column::MemberId.is_in(owners.iter().copied()))
        .filter(Column::State.is_in(ALIVE))
        .filter(Column::DueAt.lte(tx.now()))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(LOTS)
        .all(tx.db())
        .await?;
    let (mut entries, mut draws) = (Vec::new(), Vec::new());
    let (mut opened, mut over) = (Vec::new(), Vec::new());
    for lot in due {
        let mut state = lot.state;
        let mut book = |kind, delta: PointsChange, pending: PointsChange| {
            // A lot whose end was put off ends again, at another moment.
            let what = format!("{kind:?}:{}:{}", lot.id, lot.due_at.timestamp_millis()).to_lowercase();
            let posting = Posting::ours(lot.member_id, &what, kind, lot.remaining);
            let row = Posting { delta, pending, refers_to: Some(lot.entry_id), ..posting }.row(tx);
            draws.push((lot.member_id, row.id, Draw { lot: lot.id, delta, pending }));
            entries.push(row);
        };
        if lot.state == State::Waiting && lot.available_at <= tx.now() {
            book(Kind::Available, lot.remaining.more(), lot.remaining.less());
            state = State::Open;
        }
        if lot.expires_at <= tx.now() {
            let (gone, nothing) = (lot.remaining.less(), PointsChange::ZERO);
            let (delta, pending) = if state == State::Open { (gone, nothing) } else { (nothing, gone) };
            book(Kind::Expired, delta, pending);
            over.push(lot);
        } else {
            opened.push(lot);
        }
    }
    posting::write(tx, &entries).await?;
    lots::note_all(tx, draws).await?;
    for some in over.chunks(lots::MANY) {
        lots::end(tx, some, State::Expired).await?;
    }
    make_open(tx, &opened).await?;
    add_up(tx, &entries).await?;
    note_due(tx, owners).await?;
    entries.iter().try_for_each(|row| events::tell(tx, row))
}

async fn make_open(tx: &Tx, lots: &[Model]) -> Result<()> {
    if lots.is_empty() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Open))
        .col_expr(Column::DueAt, Expr::col(Column::ExpiresAt))
        .filter(Column::Id.is_in(lots.iter().map(|lot| lot.id)))
        .filter(Column::State.eq(State::Waiting))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Adds what these entries say to the accounts of their members.
async fn add_up(tx: &Tx, entries: &[entry::Model]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let ids: Vec<PointsEntryId> = entries.iter().map(|row| row.id).collect();
    let owners: BTreeSet<MemberId> = entries.iter().map(|row| row.member_id).collect();
    let with = |figure: account::Column, change: entry::Column| -> SimpleExpr {
        let mut sum = Query::select();
        sum.expr(Expr::col((entry::Entity, change)).sum())
            .from(entry::Entity)
            .and_where(Expr::col((entry::Entity, entry::Column::Id)).is_in(ids.iter().copied()))
            .and_where(
                Expr::col((entry::Entity, entry::Column::MemberId))
                    .equals((account::Entity, account::Column::MemberId)),
            );
        Expr::col((account::Entity, figure)).add(SimpleExpr::SubQuery(None, Box::new(sum.into())))
    };
    account::Entity::update_many()
        .col_expr(account::Column::Balance, with(account::Column::Balance, entry::Column::Delta))
        .col_expr(account::Column::Pending, with(account::Column::Pending, entry::Column::Pending))
        .filter(account::Column::MemberId.is_in(owners))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Books what is due on all accounts, some hundred at a time. It may be cut off and run again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettleAll {}

impl Job for SettleAll {
    const KIND: &'static str = "points.settle";
    type Context = Db;

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, db: Db) -> Result<(), Failure> {
        let mut accounts = 0;
        loop {
            let booked = db.tx(chunk).await?;
            accounts += booked;
            if booked == 0 {
                break;
            }
        }
        tracing::info!(accounts, "booked what was due on points");
        Ok(())
    }
}

/// Books what is due on some accounts; gives on how many.
async fn chunk(tx: &Tx) -> Result<usize> {
    use account::Column;
    let due = account::Entity::find().select_only().column(Column::MemberId).filter(Column::NextDueAt.lte(tx.now()));
    let due = due.filter(Column::StoppedAt.is_null()).order_by_asc(Column::NextDueAt).limit(ACCOUNTS);
    let due: Vec<MemberId> = due.into_tuple().all(tx.db()).await?;
    if due.is_empty() {
        return Ok(0);
    }
    // Whoever was merged away or booked by somebody else meanwhile is not among them any more.
    let held = lock(tx, &due).await?.into_iter().filter(|row| row.next_due_at <= tx.now() && row.stopped_at.is_none());
    let owners: Vec<MemberId> = held.map(|row| row.member_id).collect();
    if !owners.is_empty() {
        settle(tx, &owners).await?;
    }
    Ok(due.len())
}
