//! Spending points: all that is asked for, or nothing.

use entity::{
    points::entry::{Kind, Model as Entry},
    types::{MemberId, Points, PointsChange, PointsEntryId, StaffId},
};

use super::{
    account, events,
    give::at_least_one,
    key, lots,
    posting::{self, Because, Posting},
    store::{self, Written},
};
use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
};

/// Points that are spent.
#[derive(Clone, Debug)]
pub struct Spend {
    /// By whom.
    pub member: MemberId,
    /// How many; at least one.
    pub points: Points,
    /// What it follows from: whoever asks again with the same key gets the first answer.
    pub key: String,
    /// For what, in words that the member reads.
    pub because: Because,
}

/// Points that were spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The entry.
    pub entry: PointsEntryId,
    /// How many.
    pub points: Points,
}

/// Spends points: those that end first, then the oldest.
///
/// # Errors
/// [`Code::NotEnoughPoints`] when there are fewer; [`Code::PointsStopped`] while the account does not add up;
/// [`Code::NotFound`] when there is no such member; [`Code::Invalid`] for no points or a key that will not do;
/// [`Code::Conflict`] when the key belongs to something else. After each of them nothing is changed.
pub async fn spend(tx: &Tx, spend: &Spend) -> Result<Spent> {
    key::check(&spend.key)?;
    Box::pin(write(tx, spend, Kind::Spent, None)).await
}

/// The same, by whom and why as staff say.
pub(super) async fn write(tx: &Tx, spend: &Spend, kind: Kind, by: Option<(StaffId, &str)>) -> Result<Spent> {
    let Spend { member, points, key, because } = spend;
    at_least_one(*points)?;
    let posting = Posting {
        delta: points.less(),
        staff: by.map(|(staff, _)| staff),
        note: by.map(|(_, note)| note),
        ..Posting::new(*member, key, kind, *points, because)
    };
    let mut entry = posting.row(tx);
    let taken = match store::take(tx, &entry, account::taking(*member, *points, tx.now())).await? {
        Written::All => true,
        Written::Entry => false,
        Written::Nothing => {
            let before = posting::of_before(tx, &entry).await?;
            return Ok(Spent { entry: before.id, points: before.asked });
        }
    };
    if let Err(refused) = draw(tx, &mut entry, *points, taken).await {
        // Whoever hears a refusal may go on. After any other failure there is nothing to go on with.
        if matches!(refused.code(), Code::NotEnoughPoints | Code::PointsStopped | Code::NotFound) {
            posting::withdraw(tx, entry.id).await?;
        }
        return Err(refused);
    }
    events::tell(tx, &entry)?;
    Ok(Spent { entry: entry.id, points: *points })
}

/// Takes points from the lots of the account, and from the account unless they are taken there; the entry is made theirs
/// whose they were. Changes nothing else when it refuses.
async fn draw(tx: &Tx, entry: &mut Entry, points: Points, taken: bool) -> Result<()> {
    let owner = if taken { entry.member_id } else { take(tx, entry.member_id, points).await? };
    posting::make_theirs(tx, entry, owner).await?;
    if store::draw_from_first(tx, entry, points).await? {
        return Ok(());
    }
    let found = lots::find(tx, owner, points).await?;
    if found.missing.is_zero() {
        let draws = lots::take(tx, found).await?;
        return lots::note(tx, entry, draws).await;
    }
    account::change(tx, owner, points.more(), PointsChange::ZERO).await?;
    Err(account::stopped())
}

/// Takes points from the account once it is held; gives whose they were.
async fn take(tx: &Tx, member: MemberId, points: Points) -> Result<MemberId> {
    let held = account::hold(tx, member).await?;
    account::running(&held)?;
    if held.balance < points {
        let there = format!("there are {} points", held.balance);
        return Err(Error::new(Code::NotEnoughPoints).detail(there));
    }
    account::change(tx, held.member_id, points.less(), PointsChange::ZERO).await?;
    Ok(held.member_id)
}
