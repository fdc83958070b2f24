//! Taking points back, because what they were given for did not hold: what was spent already is said, and not owed.

use entity::{
    points::entry::Kind,
    types::{Points, PointsChange, PointsEntryId},
};

use super::{
    account, events, key, lots,
    pending::held,
    posting::{self, Because, Posted, Posting},
};
use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
};

/// Points that are to be taken back.
#[derive(Clone, Debug)]
pub struct TakeBack {
    /// The key by which they were given.
    pub given: String,
    /// How many; all that were given when nothing is said.
    pub points: Option<Points>,
    /// Whether other points of the member are taken in the place of those that were spent.
    pub others: bool,
    /// What it follows from: whoever asks again with the same key gets the first answer.
    pub key: String,
    /// Why, in words that the member reads.
    pub because: Because,
}

/// Points that were taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// The entry.
    pub entry: PointsEntryId,
    /// How many were still there and are taken.
    pub taken: Points,
    /// How many were not there any more.
    pub missing: Points,
}

/// Takes points back: those that were given, as far as they are there, then others when that is wanted.
///
/// # Errors
/// [`Code::NotFound`] when nothing was given by that key; [`Code::PointsStopped`] while the account does not add up;
/// [`Code::Invalid`] for more than were given, or a key that will not do; [`Code::Conflict`] when the key belongs to
/// something else.
pub async fn take_back(tx: &Tx, wish: &TakeBack) -> Result<TakenBack> {
    key::check(&wish.key)?;
    let (given, lot, account) = held(tx, &wish.given).await?;
    let owner = lot.member_id;
    let asked = wish.points.unwrap_or(lot.earned);
    if asked.is_zero() || asked > lot.earned {
        return Err(Error::invalid("points", "must be at least 1 and no more than were given"));
    }
    let posting = Posting {
        rule: given.rule.as_deref(),
        refers_to: Some(given.id),
        ..Posting::new(owner, &wish.key, Kind::TakenBack, asked, &wish.because)
    };
    if let Some(before) = posting::before(tx, posting.clone()).await? {
        let taken = before.delta.amount().checked_add(before.pending.amount())?;
        return Ok(TakenBack { entry: before.id, taken, missing: asked.checked_sub(taken)? });
    }
    account::running(&account)?;
    let (taken, draw) = lots::take_from(tx, &lot, asked).await?;
    let mut draws: Vec<_> = draw.into_iter().collect();
    let mut missing = asked.checked_sub(taken)?;
    if wish.others && !missing.is_zero() {
        let found = lots::find(tx, owner, missing).await?;
        missing = found.missing;
        draws.extend(lots::take(tx, found).await?);
    }
    let delta = PointsChange::sum(draws.iter().map(|draw| draw.delta))?;
    let pending = PointsChange::sum(draws.iter().map(|draw| draw.pending))?;
    let Posted::New(entry) = posting::post(tx, Posting { delta, pending, ..posting }).await? else {
        return Err(Error::new(Code::Conflict));
    };
    lots::note(tx, &entry, draws).await?;
    account::change(tx, owner, delta, pending).await?;
    account::note_due(tx, &[owner]).await?;
    events::tell(tx, &entry)?;
    Ok(TakenBack { entry: entry.id, taken: asked.checked_sub(missing)?, missing })
}
