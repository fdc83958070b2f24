//! Giving points: now, later, or until somebody says so.

use entity::{
    points::{
        entry::{Kind, Model as Entry},
        lot::State,
    },
    types::{MemberId, Points, PointsEntryId, PointsLotId, StaffId},
};

use super::{
    Cap, account, caps, events, key, lots,
    posting::{self, Because, Posted, Posting},
    rules::Times,
    store::{self, Written},
};
use crate::{
    error::{Code, Error, Result},
    identity::own,
    infra::{clock::Time, db::Tx},
};

/// From when points can be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Available {
    /// At once.
    Now,
    /// From a moment on.
    At(Time),
    /// When somebody releases them.
    Held,
}

/// Points that are given.
#[derive(Clone, Debug)]
pub struct Give {
    /// To whom.
    pub member: MemberId,
    /// How many; at least one.
    pub points: Points,
    /// What it follows from: whoever asks again with the same key gets the first answer.
    pub key: String,
    /// Why, in words that the member reads.
    pub because: Because,
    /// From when they can be spent.
    pub available: Available,
    /// They last to the end of the day in which this falls; for ever when there is none.
    pub expires_at: Option<Time>,
    /// The rule that wants it.
    pub rule: Option<String>,
    /// The most that may be given; there must be room under all of them.
    pub caps: Vec<Cap>,
}

/// Points that were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// The entry.
    pub entry: PointsEntryId,
    /// What they are spent from.
    pub lot: PointsLotId,
    /// How many.
    pub points: Points,
}

/// What became of a wish to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They are given, now or when it was first asked for.
    Given(Given),
    /// Nothing was given and nothing is stored: this cap has no room for so many.
    Capped(Cap),
}

/// Gives points. A unit of work that gives to several members does so in the order of their ids, so that two such do not
/// wait for each other in a circle.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member; [`Code::Invalid`] for no points, too many, a key that will not do, or an
/// end that is over; [`Code::Conflict`] when the key belongs to something else. After each of them nothing is changed.
pub async fn give(tx: &Tx, give: &Give) -> Result<Outcome> {
    key::check(&give.key)?;
    Box::pin(write(tx, give, Kind::Given, None)).await
}

/// The same, by whom and why as staff say.
pub(super) async fn write(tx: &Tx, give: &Give, kind: Kind, by: Option<(StaffId, &str)>) -> Result<Outcome> {
    let Give { points, because, rule, caps, .. } = give;
    at_least_one(*points)?;
    let posting = Posting {
        rule: rule.as_deref(),
        staff: by.map(|(staff, _)| staff),
        note: by.map(|(_, note)| note),
        ..Posting::new(give.member, &give.key, kind, *points, because)
    };
    let times = match Times::new(tx.now(), give.available, give.expires_at) {
        Ok(times) => times,
        // Who asks again may do so when the time is over.
        Err(refused) => match posting::before(tx, posting).await? {
            Some(before) => return given_before(tx, &before).await,
            None => return Err(refused),
        },
    };
    let (delta, pending) = if times.state == State::Open { (*points, Points::ZERO) } else { (Points::ZERO, *points) };
    let member = if caps.is_empty() { give.member } else { own(tx, give.member).await? };
    let posting = Posting { member, delta: delta.more(), pending: pending.more(), ..posting };
    let mut entry = if caps.is_empty() {
        let entry = posting.row(tx);
        let lot = lots::row(tx, &entry, *points, times);
        let given = Given { entry: entry.id, lot: lot.id, points: *points };
        match store::give(tx, &entry, account::adding(member, delta, pending, times.due_at()), lot).await? {
            Written::All => {
                events::tell(tx, &entry)?;
                return Ok(Outcome::Given(given));
            }
            Written::Entry => entry,
            Written::Nothing => return given_before(tx, &posting::of_before(tx, &entry).await?).await,
        }
    } else {
        match posting::post(tx, posting).await? {
            Posted::New(entry) => entry,
            Posted::Before(before) => return given_before(tx, &before).await,
        }
    };
    if !caps.is_empty()
        && let Some(cap) = caps::count(tx, member, caps, *points).await?
    {
        posting::withdraw(tx, entry.id).await?;
        return Ok(Outcome::Capped(cap));
    }
    let owner = match account::add(tx, member, delta, pending, times.due_at()).await {
        Ok(owner) => owner,
        Err(refused) => {
            // Whoever hears a refusal may go on. After any other failure there is nothing to go on with.
            if matches!(refused.code(), Code::NotFound | Code::Invalid) {
                posting::withdraw(tx, entry.id).await?;
                caps::uncount(tx, member, caps, *points).await?;
            }
            return Err(refused);
        }
    };
    posting::make_theirs(tx, &mut entry, owner).await?;
    let lot = lots::begin(tx, &entry, *points, times).await?;
    events::tell(tx, &entry)?;
    Ok(Outcome::Given(Given { entry: entry.id, lot, points: *points }))
}

async fn given_before(tx: &Tx, entry: &Entry) -> Result<Outcome> {
    let lot = lots::given_by(tx.db(), entry.id).await?;
    Ok(Outcome::Given(Given { entry: entry.id, lot: lot.id, points: lot.earned }))
}

/// Refuses amounts of nothing.
///
/// # Errors
/// [`Code::Invalid`].
pub(super) fn at_least_one(points: Points) -> Result<()> {
    if points.is_zero() { Err(Error::invalid("points", "must be at least 1")) } else { Ok(()) }
}
