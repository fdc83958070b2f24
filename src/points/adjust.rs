//! Corrections by staff, each with a reason and on record.

use entity::{
    points::entry::Kind,
    types::{MemberId, PointsChange, PointsEntryId, StaffId},
};

use super::{Available, Because, Give, Outcome, Spend, give, key, spend};
use crate::{
    error::{Error, Result},
    infra::{calendar::end_of_month_after, config, db::Tx},
};

/// A correction.
#[derive(Clone, Debug)]
pub struct Adjust {
    /// Whose points.
    pub member: MemberId,
    /// How many more or fewer.
    pub change: PointsChange,
    /// What it follows from: whoever asks again with the same key gets the first answer.
    pub key: String,
    /// Who.
    pub staff: StaffId,
    /// Why, for the record. The member reads that it was a correction.
    pub reason: String,
}

/// What was corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjusted {
    /// The entry.
    pub entry: PointsEntryId,
}

/// Corrects an account. What is given so lasts as long as `points.valid_months` says; what is taken is taken as if it were
/// spent.
///
/// # Errors
/// [`Code::Invalid`](crate::error::Code::Invalid) for nothing, or more than `points.adjust_most`; else as
/// [`give`](super::give()) and [`spend`](super::spend()).
pub async fn adjust(tx: &Tx, settings: &config::Points, wish: &Adjust) -> Result<Adjusted> {
    key::check(&wish.key)?;
    let points = wish.change.amount();
    if points.get() > settings.adjust_most {
        return Err(Error::invalid("points", format!("must be at most {}", settings.adjust_most)));
    }
    let (member, key) = (wish.member, wish.key.clone());
    let because = Because::new("人工调整", "Correction by staff");
    let by = Some((wish.staff, wish.reason.as_str()));
    if wish.change.is_less() {
        let spend = Spend { member, points, key, because };
        let spent = spend::write(tx, &spend, Kind::Adjusted, by).await?;
        return Ok(Adjusted { entry: spent.entry });
    }
    let expires_at = (settings.valid_months > 0).then(|| end_of_month_after(tx.now(), settings.valid_months));
    let available = Available::Now;
    let give = Give { member, points, key, because, available, expires_at, rule: None, caps: Vec::new() };
    match give::write(tx, &give, Kind::Adjusted, by).await? {
        Outcome::Given(given) => Ok(Adjusted { entry: given.entry }),
        Outcome::Capped(_) => Err(Error::internal("a correction has no caps")),
    }
}
