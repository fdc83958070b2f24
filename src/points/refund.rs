//! Giving spent points back into the lots that they came from, the last ones first: what is left spent is what spending
//! fewer would have taken.
//!
//! A lot whose last day is over meanwhile is opened again for some days (`points.refund_grace_days`), so that nobody loses
//! by a shop's cancellation; with a grace of none its points stay over, which the answer says.

use std::collections::BTreeMap;

use entity::{
    points::{
        draw,
        entry::{Column, Entity, Kind, Model as Entry},
        lot::{Model as Lot, State},
    },
    types::{MemberId, Points, PointsChange, PointsEntryId, PointsLotId},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    account, events, key,
    lots::{self, Draw},
    pending::meanwhile,
    posting::{self, Because, Posted, Posting},
};
use crate::{
    error::{Code, Error, Result},
    infra::{calendar::end_of_day_after, config, db::Tx},
};

/// Spent points that come back.
#[derive(Clone, Debug)]
pub struct Refund {
    /// The key by which they were spent.
    pub spent: String,
    /// How many; all that were spent and did not come back yet when nothing is said.
    pub points: Option<Points>,
    /// What it follows from: whoever asks again with the same key gets the first answer.
    pub key: String,
    /// Why, in words that the member reads.
    pub because: Because,
}

/// Spent points that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refunded {
    /// The entry.
    pub entry: PointsEntryId,
    /// How many can be spent again.
    pub returned: Points,
    /// How many are over: their last day has passed and no grace is given.
    pub lapsed: Points,
}

/// Gives spent points back.
///
/// # Errors
/// [`Code::NotFound`] when nothing was spent by that key; [`Code::Conflict`] when so many were not spent, or came back
/// before, or the key belongs to something else; [`Code::Invalid`] for no points or a key that will not do.
pub async fn refund(tx: &Tx, settings: &config::Points, wish: &Refund) -> Result<Refunded> {
    key::check(&wish.key)?;
    let missing = || Error::new(Code::NotFound).detail("no points were spent by this key");
    let spent = posting::find(tx.db(), &wish.spent).await?.filter(|row| row.kind == Kind::Spent).ok_or_else(missing)?;
    let drawn = lots::drawn_by(tx.db(), spent.id).await?;
    let seen = lots::these(tx.db(), drawn.iter().map(|draw| draw.lot_id)).await?;
    hold_all(tx, &spent, &seen).await?;
    let before = came_back(tx, spent.id).await?;
    if let Some(before) = before.iter().find(|row| row.source_key == wish.key) {
        return again(tx, wish, before).await;
    }
    let so_far = Points::sum(before.iter().map(|row| row.asked))?;
    let left = spent.asked.checked_sub(so_far)?;
    let asked = wish.points.unwrap_or(left);
    if asked.is_zero() || asked > left {
        return Err(Error::new(Code::Conflict).detail(format!("only {left} points can come back")));
    }
    let lots = lots::these(tx.db(), drawn.iter().map(|draw| draw.lot_id)).await?;
    if lots.iter().any(|lot| seen.iter().any(|before| before.id == lot.id && before.member_id != lot.member_id)) {
        return Err(meanwhile());
    }
    let parts = into(&drawn, so_far, asked)?;
    let mut back = Back { entries: BTreeMap::new(), returned: Points::ZERO };
    for lot in lots {
        let Some(points) = parts.get(&lot.id) else { continue };
        back.restore(tx, settings, lot, *points).await?;
    }
    let entry = back.write(tx, wish, &spent, asked).await?;
    Ok(Refunded { entry, returned: back.returned, lapsed: asked.checked_sub(back.returned)? })
}

/// Holds the accounts of whoever spent, and of whoever has the lots today: after a merge was undone they may be two.
async fn hold_all(tx: &Tx, spent: &Entry, lots: &[Lot]) -> Result<()> {
    let mut owners: Vec<MemberId> = lots.iter().map(|lot| lot.member_id).chain([spent.member_id]).collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners {
        account::hold(tx, owner).await?;
    }
    Ok(())
}

/// What came back of an entry before.
async fn came_back(tx: &Tx, spent: PointsEntryId) -> Result<Vec<Entry>> {
    let rows = Entity::find().filter(Column::RefersTo.eq(spent)).filter(Column::Kind.eq(Kind::Refunded));
    Ok(rows.all(tx.db()).await?)
}

/// The answer of the first time.
async fn again(tx: &Tx, wish: &Refund, before: &Entry) -> Result<Refunded> {
    if wish.points.is_some_and(|points| points != before.asked) {
        return Err(Error::new(Code::Conflict).detail("the key belongs to another refund"));
    }
    let mut returned = before.delta.amount();
    for part in came_back(tx, before.id).await? {
        returned = returned.checked_add(part.delta.amount())?;
    }
    Ok(Refunded { entry: before.id, returned, lapsed: before.asked.checked_sub(returned)? })
}

/// Into which lots points come back when `so_far` came back before.
fn into(drawn: &[draw::Model], so_far: Points, asked: Points) -> Result<BTreeMap<PointsLotId, Points>> {
    let (mut skip, mut left, mut parts) = (so_far, asked, BTreeMap::new());
    for draw in drawn.iter().rev() {
        let drawn = draw.delta.amount();
        let passed = skip.min(drawn);
        skip = skip.checked_sub(passed)?;
        let part = drawn.checked_sub(passed)?.min(left);
        left = left.checked_sub(part)?;
        if !part.is_zero() {
            parts.insert(draw.lot_id, part);
        }
    }
    Ok(parts)
}

/// What comes back, by whose lots they are.
struct Back {
    entries: BTreeMap<MemberId, Vec<Draw>>,
    returned: Points,
}

impl Back {
    async fn restore(&mut self, tx: &Tx, settings: &config::Points, lot: Lot, points: Points) -> Result<()> {
        let over = lot.expires_at <= tx.now();
        if lot.state == State::Cancelled || over && settings.refund_grace_days == 0 {
            return Ok(());
        }
        let expires_at = if over { end_of_day_after(tx.now(), settings.refund_grace_days) } else { lot.expires_at };
        let remaining = lot.remaining.checked_add(points)?;
        let open = Lot { remaining, state: State::Open, expires_at, ..lot.clone() };
        lots::change(tx, &lot, open).await?;
        let draw = Draw { lot: lot.id, delta: points.more(), pending: PointsChange::ZERO };
        self.entries.entry(lot.member_id).or_default().push(draw);
        self.returned = self.returned.checked_add(points)?;
        Ok(())
    }

    /// Writes one entry for whoever spent, and one for each other whose lots were drawn from.
    async fn write(&mut self, tx: &Tx, wish: &Refund, spent: &Entry, asked: Points) -> Result<PointsEntryId> {
        let theirs = self.entries.remove(&spent.member_id).unwrap_or_default();
        let posting = Posting {
            delta: PointsChange::sum(theirs.iter().map(|draw| draw.delta))?,
            refers_to: Some(spent.id),
            ..Posting::new(spent.member_id, &wish.key, Kind::Refunded, asked, &wish.because)
        };
        let Posted::New(first) = posting::post(tx, posting).await? else {
            return Err(Error::new(Code::Conflict).detail("the key belongs to something else"));
        };
        apply(tx, &first, theirs).await?;
        for (owner, draws) in std::mem::take(&mut self.entries) {
            let what = format!("refund:{}:{owner}", first.id);
            let posting = Posting {
                delta: PointsChange::sum(draws.iter().map(|draw| draw.delta))?,
                refers_to: Some(first.id),
                because: wish.because.clone(),
                ..Posting::ours(owner, &what, Kind::Refunded, Points::ZERO)
            };
            let row = posting.row(tx);
            posting::write(tx, std::slice::from_ref(&row)).await?;
            apply(tx, &row, draws).await?;
        }
        Ok(first.id)
    }
}

async fn apply(tx: &Tx, entry: &Entry, draws: Vec<Draw>) -> Result<()> {
    account::change(tx, entry.member_id, entry.delta, PointsChange::ZERO).await?;
    lots::note(tx, entry, draws).await?;
    account::note_due(tx, &[entry.member_id]).await?;
    events::tell(tx, entry)
}
