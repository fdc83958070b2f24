//! Points that are pending: released, so that they can be spent, or cancelled.

use entity::{
    points::{
        account::Model as Account,
        entry::{Kind, Model as Entry},
        lot::{Model as Lot, State},
    },
    types::{Points, PointsChange, PointsEntryId},
};

use super::{
    account, events, key, lots,
    lots::Draw,
    posting::{self, Because, Posted, Posting},
};
use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
};

/// A decision about points that are pending.
#[derive(Clone, Debug)]
pub struct Decide {
    /// The key by which they were given.
    pub given: String,
    /// What the decision follows from: whoever asks again with the same key gets the first answer.
    pub key: String,
    /// Why, in words that the member reads.
    pub because: Because,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The entry.
    pub entry: PointsEntryId,
    /// How many points it was about.
    pub points: Points,
}

/// Makes pending points such that can be spent now.
///
/// # Errors
/// [`Code::NotFound`] when nothing was given by that key; [`Code::Conflict`] when they are not pending any more, or the
/// key belongs to something else; [`Code::Invalid`] for a key that will not do.
pub async fn release(tx: &Tx, decide: &Decide) -> Result<Decided> {
    write(tx, decide, Kind::Available).await
}

/// Takes pending points away.
///
/// # Errors
/// As [`release`].
pub async fn cancel(tx: &Tx, decide: &Decide) -> Result<Decided> {
    write(tx, decide, Kind::Cancelled).await
}

async fn write(tx: &Tx, decide: &Decide, kind: Kind) -> Result<Decided> {
    key::check(&decide.key)?;
    let (given, lot, _) = held(tx, &decide.given).await?;
    let owner = lot.member_id;
    let posting = Posting {
        rule: given.rule.as_deref(),
        refers_to: Some(given.id),
        ..Posting::new(owner, &decide.key, kind, given.asked, &decide.because)
    };
    if let Some(before) = posting::before(tx, posting.clone()).await? {
        return Ok(Decided { entry: before.id, points: before.pending.amount() });
    }
    if !matches!(lot.state, State::Held | State::Waiting) {
        return Err(Error::new(Code::Conflict).detail("these points are not pending any more"));
    }
    let (points, nothing) = (lot.remaining, PointsChange::ZERO);
    let delta = if kind == Kind::Available { points.more() } else { nothing };
    let posting = Posting { delta, pending: points.less(), ..posting };
    let Posted::New(entry) = posting::post(tx, posting).await? else {
        return Err(Error::new(Code::Conflict));
    };
    if kind == Kind::Available {
        let open = Lot { state: State::Open, available_at: tx.now(), ..lot.clone() };
        lots::change(tx, &lot, open).await?;
    } else {
        lots::end(tx, std::slice::from_ref(&lot), State::Cancelled).await?;
    }
    lots::note(tx, &entry, vec![Draw { lot: lot.id, delta, pending: points.less() }]).await?;
    account::change(tx, owner, delta, points.less()).await?;
    account::note_due(tx, &[owner]).await?;
    events::tell(tx, &entry)?;
    Ok(Decided { entry: entry.id, points })
}

/// What was given by a key, with the account of its owner held and everything booked that was due.
///
/// # Errors
/// [`Code::NotFound`] when nothing was given by that key.
pub(super) async fn held(tx: &Tx, given: &str) -> Result<(Entry, Lot, Account)> {
    let missing = || Error::new(Code::NotFound).detail("no points were given by this key");
    let entry = posting::find(tx.db(), given).await?.ok_or_else(missing)?;
    let lot = lots::given_by(tx.db(), entry.id).await?;
    let account = account::hold(tx, lot.member_id).await?;
    let lot = lots::given_by(tx.db(), entry.id).await?;
    if lot.member_id != account.member_id {
        return Err(meanwhile());
    }
    Ok((entry, lot, account))
}

/// A merge was undone between looking and holding: the next try sees whose they are.
pub(super) fn meanwhile() -> Error {
    Error::new(Code::Unavailable).detail("the points changed hands meanwhile")
}
