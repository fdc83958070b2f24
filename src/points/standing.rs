//! What a member has now, to the moment: what is over or due counts as such before it is booked.

use std::collections::BTreeMap;

use entity::{
    points::{
        account,
        entry::{self, Model as Entry},
        lot::{Column, Entity, Model, State},
    },
    types::{MemberId, Points, PointsEntryId},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{lots::ALIVE, rules::comes};
use crate::{
    error::Result,
    http::page::PageQuery,
    infra::{
        calendar::{Day, end_of_day_after, last_day_before},
        clock::Time,
    },
};

/// What a member has.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What can be spent.
    pub balance: Points,
    /// What cannot be spent yet.
    pub pending: Points,
    /// What of the balance ends within the days that were asked for.
    pub ending: Points,
    /// Whether nothing can be taken from it, because it does not add up.
    pub stopped: bool,
    /// What it is made of; what ends first comes first.
    pub lots: Vec<Lot>,
}

/// What is left of points that were given together.
#[derive(Clone, Debug)]
pub struct Lot {
    /// Its row.
    pub row: Model,
    /// Whether it can be spent now.
    pub state: State,
    /// From when it can be spent; unknown when somebody has to say so.
    pub available_at: Option<Time>,
    /// The last day on which it can be spent; `None` when it lasts for ever.
    pub last_day: Option<Day>,
    /// The entry by which it was given.
    pub given: Option<Entry>,
}

impl Lot {
    fn new(row: Model, given: Option<Entry>, now: Time) -> Self {
        let state = if row.state == State::Waiting && row.available_at <= now { State::Open } else { row.state };
        let (available_at, last_day) = (comes(row.available_at), comes(row.expires_at).map(last_day_before));
        Self { state, available_at, last_day, given, row }
    }
}

/// What a member has at `now`, and what ends by the end of the day so many days later.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, member: MemberId, now: Time, days: u32) -> Result<Standing> {
    let alive = Entity::find().filter(Column::MemberId.eq(member)).filter(Column::State.is_in(ALIVE));
    let alive = alive.filter(Column::ExpiresAt.gt(now)).order_by_asc(Column::ExpiresAt).order_by_asc(Column::Id);
    let rows = alive.all(db).await?;
    let mut entries = entries(db, rows.iter().map(|row| row.entry_id)).await?;
    let account = account::Entity::find_by_id(member).one(db).await?;
    let mut standing = Standing {
        balance: Points::ZERO,
        pending: Points::ZERO,
        ending: Points::ZERO,
        stopped: account.is_some_and(|row| row.stopped_at.is_some()),
        lots: Vec::new(),
    };
    let soon = end_of_day_after(now, days);
    for row in rows {
        let given = entries.remove(&row.entry_id);
        let lot = Lot::new(row, given, now);
        let left = lot.row.remaining;
        if lot.state == State::Open {
            standing.balance = standing.balance.checked_add(left)?;
            if lot.row.expires_at <= soon {
                standing.ending = standing.ending.checked_add(left)?;
            }
        } else {
            standing.pending = standing.pending.checked_add(left)?;
        }
        standing.lots.push(lot);
    }
    Ok(standing)
}

async fn entries(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = PointsEntryId>,
) -> Result<BTreeMap<PointsEntryId, Entry>> {
    let ids: Vec<PointsEntryId> = ids.collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = entry::Entity::find().filter(entry::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What happened to a member's points, the latest first.
///
/// # Errors
/// [`Code::BadRequest`](crate::error::Code::BadRequest) for a cursor that is none.
pub async fn history(db: &impl ConnectionTrait, member: MemberId, page: &PageQuery) -> Result<Vec<Entry>> {
    use entry::{Column, Entity};
    let mut rows = Entity::find().filter(Column::MemberId.eq(member));
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::At, Column::Id));
    }
    Ok(rows.order_by_desc(Column::At).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}
