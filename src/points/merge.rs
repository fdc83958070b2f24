//! Two members' points made one, and two again.
//!
//! Whoever gets a lot back gets what is left of it. What was drawn from it while both were one is settled between the
//! two by an entry for each, so that both accounts add up and both can read what happened.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{
    points::{
        account::{Column, Entity, Model},
        counter,
        entry::{self, Kind},
        lot::{self, State},
    },
    types::{MemberId, Points, PointsChange, PointsLotId},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    account::{self, lock, note_due},
    posting::{self, Because, Posting},
};
use crate::{
    error::Result,
    identity::{
        belonging::{Chosen, Combined, Decision, Pair, Separated, Stuck, StuckWhy},
        merge::journal::{self, Rows},
    },
    infra::db::Tx,
};

const ACCOUNTS: &str = "points_account";
const COUNTERS: &str = "points_counter";
const OF_LOTS: Rows = Rows { table: "points_lot", id: "id", owner: "member_id" };

/// What accounts were besides their figures, which follow from the lots.
#[derive(Serialize, Deserialize)]
struct Were {
    winner: Option<Was>,
    loser: Was,
    /// Since when the one that was made of both is stopped.
    made: Option<DateTime<Utc>>,
}

#[derive(Serialize, Deserialize)]
struct Was {
    next_due_at: DateTime<Utc>,
    stopped_at: Option<DateTime<Utc>>,
}

impl From<&Model> for Was {
    fn from(row: &Model) -> Self {
        Self { next_due_at: row.next_due_at, stopped_at: row.stopped_at }
    }
}

/// Makes one account of two. It stands first in the list of what belongs to a member, so that both are held before
/// anything else is touched.
pub(super) async fn join_accounts(tx: &Tx, pair: &Pair) -> Result<Combined> {
    let held = lock(tx, &[pair.winner, pair.loser]).await?;
    let of = |member| held.iter().find(|row| row.member_id == member);
    let Some(loser) = of(pair.loser) else { return Ok(Combined::default()) };
    let winner = of(pair.winner);
    Entity::delete_by_id(pair.loser).exec(tx.db()).await?;
    let stopped = [winner.and_then(|row| row.stopped_at), loser.stopped_at].into_iter().flatten().min();
    let made = match winner {
        Some(winner) => Model {
            balance: winner.balance.checked_add(loser.balance)?,
            pending: winner.pending.checked_add(loser.pending)?,
            next_due_at: winner.next_due_at.min(loser.next_due_at),
            stopped_at: stopped,
            ..winner.clone()
        },
        None => Model { member_id: pair.winner, ..loser.clone() },
    };
    made.balance.checked_add(made.pending)?;
    write(tx, made, winner.is_some()).await?;
    let were = Were { winner: winner.map(Was::from), loser: loser.into(), made: stopped };
    journal::note(tx, pair, ACCOUNTS, vec![(pair.loser.into(), serde_json::to_value(were)?)]).await?;
    let decision = |field: &str| Decision {
        table: ACCOUNTS.to_owned(),
        field: field.to_owned(),
        chosen: Chosen::Both,
        why: "sum".to_owned(),
    };
    let decisions = if winner.is_some() { vec![decision("balance"), decision("pending")] } else { Vec::new() };
    Ok(Combined { rows: 1, decisions })
}

async fn write(tx: &Tx, row: Model, there: bool) -> Result<()> {
    let row = row.into_active_model().reset_all();
    if there {
        Entity::update(row).exec(tx.db()).await?;
    } else {
        Entity::insert(row).exec_without_returning(tx.db()).await?;
    }
    Ok(())
}

/// What was left of a lot, and whether it could be spent.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Left {
    remaining: Points,
    state: State,
}

impl Left {
    fn of(lot: &lot::Model) -> Self {
        Self { remaining: lot.remaining, state: lot.state }
    }

    /// What can be spent, and what cannot yet.
    fn parts(self) -> (Points, Points) {
        match self.state {
            State::Held | State::Waiting => (Points::ZERO, self.remaining),
            State::Open | State::Used | State::Expired | State::Cancelled => (self.remaining, Points::ZERO),
        }
    }
}

/// Gives the loser's lots to the winner, and writes down what was left of each.
pub(super) async fn join_lots(tx: &Tx, pair: &Pair) -> Result<Combined> {
    let theirs = lot::Entity::find().filter(lot::Column::MemberId.eq(pair.loser)).all(tx.db()).await?;
    let before = |row: &lot::Model| Ok((row.id.into(), serde_json::to_value(Left::of(row))?));
    journal::note(tx, pair, OF_LOTS.table, theirs.iter().map(before).collect::<Result<_>>()?).await?;
    let moved = lot::Entity::update_many()
        .col_expr(lot::Column::MemberId, Expr::value(pair.winner))
        .filter(lot::Column::MemberId.eq(pair.loser));
    Ok(Combined { rows: moved.exec(tx.db()).await?.rows_affected, decisions: Vec::new() })
}

/// Gives the loser's lots back, as they are now, and settles between the two what happened to them meanwhile.
pub(super) async fn part_lots(tx: &Tx, pair: &Pair) -> Result<Separated> {
    let mut separated = OF_LOTS.give_back(tx, pair).await?;
    let before = lots_before(tx, pair).await?;
    let (mut delta, mut pending, mut changed) = (PointsChange::ZERO, PointsChange::ZERO, 0);
    for lot in returned(tx, pair, &before).await? {
        let Some(was) = before.get(&lot.id).filter(|was| **was != Left::of(&lot)) else { continue };
        let ((now_open, now_pending), (was_open, was_pending)) = (Left::of(&lot).parts(), was.parts());
        delta = delta.checked_add(now_open.more())?.checked_sub(was_open.more())?;
        pending = pending.checked_add(now_pending.more())?.checked_sub(was_pending.more())?;
        changed += 1;
    }
    if changed > 0 {
        separated.stuck.push(Stuck { table: OF_LOTS.table.to_owned(), rows: changed, why: StuckWhy::Changed });
    }
    if !delta.is_zero() || !pending.is_zero() {
        let loser = parted(tx, pair, pair.loser, delta, pending)?;
        let (delta, pending) = (PointsChange::ZERO.checked_sub(delta)?, PointsChange::ZERO.checked_sub(pending)?);
        posting::write(tx, &[loser, parted(tx, pair, pair.winner, delta, pending)?]).await?;
    }
    Ok(separated)
}

/// What was left of the lots that a merge moved.
async fn lots_before(tx: &Tx, pair: &Pair) -> Result<BTreeMap<PointsLotId, Left>> {
    let noted = journal::noted::<Left>(tx, pair, OF_LOTS.table).await?;
    Ok(noted.into_iter().map(|(id, left)| (id.into(), left)).collect())
}

/// The loser's lots among those that a merge moved.
async fn returned(tx: &Tx, pair: &Pair, before: &BTreeMap<PointsLotId, Left>) -> Result<Vec<lot::Model>> {
    let theirs = lot::Entity::find().filter(lot::Column::MemberId.eq(pair.loser)).all(tx.db()).await?;
    Ok(theirs.into_iter().filter(|lot| before.contains_key(&lot.id)).collect())
}

fn parted(tx: &Tx, pair: &Pair, member: MemberId, delta: PointsChange, pending: PointsChange) -> Result<entry::Model> {
    let what = format!("parted:{}:{member}", pair.merge);
    let asked = delta.amount().max(pending.amount());
    let because = Because::new("合并期间的变动，拆分时结算", "What happened while two members were one, settled");
    Ok(Posting { delta, pending, because, ..Posting::ours(member, &what, Kind::Parted, asked) }.row(tx))
}

/// Makes two accounts of one: each has what its lots have.
pub(super) async fn part_accounts(tx: &Tx, pair: &Pair) -> Result<Separated> {
    let mut separated = Separated::default();
    let Some((_, were)) = journal::noted::<Were>(tx, pair, ACCOUNTS).await?.pop() else { return Ok(separated) };
    let (mut balance, mut pending) = (Points::ZERO, Points::ZERO);
    for lot in returned(tx, pair, &lots_before(tx, pair).await?).await? {
        let (open, later) = Left::of(&lot).parts();
        (balance, pending) = (balance.checked_add(open)?, pending.checked_add(later)?);
    }
    let now = lock(tx, &[pair.winner]).await?.pop().ok_or_else(account::stopped)?;
    account::change(tx, pair.winner, balance.less(), pending.less()).await?;
    let (winner_stopped, loser_stopped) = if now.stopped_at == were.made {
        (were.winner.as_ref().and_then(|was| was.stopped_at), were.loser.stopped_at)
    } else {
        // Whose fault it is, is not known.
        (now.stopped_at, now.stopped_at)
    };
    let next_due_at = were.loser.next_due_at;
    let loser = Model { member_id: pair.loser, balance, pending, next_due_at, stopped_at: loser_stopped };
    write(tx, loser, false).await?;
    stop_since(tx, pair.winner, winner_stopped).await?;
    note_due(tx, &[pair.winner, pair.loser]).await?;
    not_later(tx, pair.loser, were.loser.next_due_at).await?;
    match were.winner {
        Some(was) => not_later(tx, pair.winner, was.next_due_at).await?,
        None => close_unused(tx, pair.winner).await?,
    }
    separated.returned = 1;
    Ok(separated)
}

async fn stop_since(tx: &Tx, member: MemberId, at: Option<DateTime<Utc>>) -> Result<()> {
    let row = Entity::update_many().col_expr(Column::StoppedAt, Expr::value(at)).filter(Column::MemberId.eq(member));
    row.exec(tx.db()).await?;
    Ok(())
}

/// An account may be looked at too early, so that it is as it was when nothing has happened.
async fn not_later(tx: &Tx, member: MemberId, at: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::NextDueAt, Expr::value(at))
        .filter(Column::MemberId.eq(member))
        .filter(Column::NextDueAt.gt(at))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Closes the account that only the merge had opened.
async fn close_unused(tx: &Tx, member: MemberId) -> Result<()> {
    let entries = entry::Entity::find().filter(entry::Column::MemberId.eq(member)).count(tx.db()).await?;
    if entries == 0 {
        let unused = Entity::delete_many().filter(Column::MemberId.eq(member)).filter(Column::Balance.eq(0));
        unused.filter(Column::Pending.eq(0)).exec(tx.db()).await?;
    }
    Ok(())
}

/// What was counted for the loser, and whether the same was counted for the winner.
#[derive(Serialize, Deserialize)]
struct Counted {
    row: counter::Model,
    both: bool,
}

async fn counters(tx: &Tx, member: MemberId) -> Result<Vec<counter::Model>> {
    Ok(counter::Entity::find().filter(counter::Column::MemberId.eq(member)).all(tx.db()).await?)
}

fn same_place(one: &counter::Model, other: &counter::Model) -> bool {
    (&one.rule, one.period, one.starts_on) == (&other.rule, other.period, other.starts_on)
}

async fn forget_counter(tx: &Tx, row: &counter::Model) -> Result<()> {
    counter::Entity::delete_by_id(row.id).exec(tx.db()).await?;
    Ok(())
}

async fn write_counter(tx: &Tx, row: counter::Model) -> Result<()> {
    counter::Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Adds what was counted for both: becoming one gives nobody room for more.
pub(super) async fn join_counters(tx: &Tx, pair: &Pair) -> Result<Combined> {
    let of_winner = counters(tx, pair.winner).await?;
    let mut before: Vec<(Uuid, serde_json::Value)> = Vec::new();
    for row in counters(tx, pair.loser).await? {
        let both = of_winner.iter().find(|theirs| same_place(theirs, &row));
        before.push((row.id.into(), serde_json::to_value(Counted { row: row.clone(), both: both.is_some() })?));
        forget_counter(tx, &row).await?;
        match both {
            Some(theirs) => {
                forget_counter(tx, theirs).await?;
                let given = theirs.given.checked_add(row.given)?;
                write_counter(tx, counter::Model { given, ..theirs.clone() }).await?;
            }
            None => write_counter(tx, counter::Model { member_id: pair.winner, ..row }).await?,
        }
    }
    let rows = u64::try_from(before.len()).unwrap_or(u64::MAX);
    journal::note(tx, pair, COUNTERS, before).await?;
    Ok(Combined { rows, decisions: Vec::new() })
}

/// Gives the loser's counters back; what was counted since stays with the winner. It stands last in the list of what
/// belongs to a member, so that it comes first here, and holds the account for all that follows.
pub(super) async fn part_counters(tx: &Tx, pair: &Pair) -> Result<Separated> {
    lock(tx, &[pair.winner, pair.loser]).await?;
    let mut separated = Separated::default();
    for (_, Counted { row, both }) in journal::noted::<Counted>(tx, pair, COUNTERS).await? {
        let now = counters(tx, pair.winner).await?.into_iter().find(|theirs| same_place(theirs, &row));
        if let Some(now) = now {
            forget_counter(tx, &now).await?;
            let given = now.given.checked_sub(row.given).unwrap_or(Points::ZERO);
            let id = if both { now.id } else { tx.id() };
            if both || !given.is_zero() {
                write_counter(tx, counter::Model { id, given, ..now }).await?;
            }
        }
        write_counter(tx, row).await?;
        separated.returned += 1;
    }
    Ok(separated)
}
