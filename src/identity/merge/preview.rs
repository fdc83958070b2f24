//! What a merge would do. It is the merge itself, taken back: nothing can differ.

use std::cell::RefCell;

use entity::{
    identity::{
        identity::Model as Identity,
        merge::{Cause, Model},
    },
    types::{MemberId, StaffId},
};

use super::{Order, merge};
use crate::{
    error::{Code, Error, Result},
    identity::{
        rules::{self, Evidence, Side},
        store,
    },
    infra::db::{Db, Tx},
};

/// Who would survive a merge.
#[derive(Clone, Copy, Debug)]
pub struct Surviving {
    /// Who survives.
    pub winner: MemberId,
    /// Who becomes another name of the winner.
    pub loser: MemberId,
    /// Why, in a word.
    pub why: &'static str,
}

/// What a merge would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The merge, as its row would be. Its id means nothing.
    pub merge: Model,
    /// What identifies the two now.
    pub identities: Vec<Identity>,
}

/// Who of two members survives by the rules, or by the word of staff.
///
/// # Errors
/// [`Code::SameMember`]; [`Code::NotFound`] when one of them does not exist.
pub async fn surviving(tx: &Tx, a: MemberId, b: MemberId, chosen: Option<MemberId>) -> Result<Surviving> {
    if a == b {
        return Err(Error::new(Code::SameMember));
    }
    if let Some(winner) = chosen {
        let loser = if winner == a { b } else { a };
        let theirs = winner == a || winner == b;
        let stranger = || Error::invalid("winner", "must be one of the two members");
        return theirs.then_some(Surviving { winner, loser, why: "staff" }).ok_or_else(stranger);
    }
    let (one, other) = (side(tx, a).await?, side(tx, b).await?);
    let (winner, loser, why) = rules::survivor(one, other);
    Ok(Surviving { winner, loser, why })
}

async fn side(tx: &Tx, member: MemberId) -> Result<Side> {
    let met_at = store::met_at(tx.db(), member).await?.ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(Side::new(member, met_at, &Evidence::of(&store::held(tx.db(), [member]).await?)))
}

/// What merging two members would do.
///
/// # Errors
/// As [`merge`].
pub async fn preview(db: &Db, a: MemberId, b: MemberId, winner: Option<MemberId>, staff: StaffId) -> Result<Preview> {
    let seen = RefCell::new(None);
    let tried = db
        .tx(async |tx: &Tx| {
            let identities = store::held(tx.db(), [a, b]).await?;
            let Surviving { winner, loser, why } = surviving(tx, a, b, winner).await?;
            let order = Order {
                winner,
                loser,
                survives: why,
                cause: Cause::Staff,
                reason: String::new(),
                joined_by: None,
                conflict: None,
                staff: Some(staff),
            };
            let merge = merge(tx, &order).await?;
            seen.replace(Some(Preview { merge, identities }));
            // Ends the transaction without keeping anything of it.
            Err::<(), _>(Error::new(Code::Conflict))
        })
        .await;
    match (seen.into_inner(), tried) {
        (Some(preview), _) => Ok(preview),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(Error::new(Code::Conflict)),
    }
}
