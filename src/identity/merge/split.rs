//! Taking identities out of a member: into a new one, or into one that is there. It is undone by moving them back.

use std::collections::BTreeSet;

use entity::{
    identity::{identity_link::Why, member},
    types::{IdentityId, MemberId, StaffId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::{Code, Error, Result},
    identity::{
        conflict,
        events::MemberSplit,
        link::{self, Reason},
        member as members, store,
    },
    infra::db::Tx,
};

/// Who has the identities that were taken out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Split {
    /// Who had them.
    pub from: MemberId,
    /// Who has them now.
    pub to: MemberId,
    /// Which.
    pub identities: Vec<IdentityId>,
}

/// Moves identities of a member to another, or to a new one. Everything else stays where it is. The two stay apart from
/// then on, whatever evidence comes, until staff merge them.
///
/// # Errors
/// [`Code::NotFound`] when a member or one of the identities is not there; [`Code::SameMember`]; [`Code::Invalid`] when
/// nothing is named, or everything would leave for a new member.
pub async fn split(
    tx: &Tx,
    from: MemberId,
    identities: &[IdentityId],
    to: Option<MemberId>,
    staff: StaffId,
    note: Option<&str>,
) -> Result<Split> {
    if to == Some(from) {
        return Err(Error::new(Code::SameMember));
    }
    let there: BTreeSet<MemberId> = [Some(from), to].into_iter().flatten().collect();
    let rows = store::lock(tx, &there).await?;
    if rows.len() < there.len() || rows.iter().any(|row| row.state != member::State::Active) {
        return Err(Error::new(Code::NotFound));
    }
    let held = store::held(tx.db(), [from]).await?;
    let wanted: BTreeSet<IdentityId> = identities.iter().copied().collect();
    let mut leaving: Vec<_> = held.iter().filter(|row| wanted.contains(&row.id)).cloned().collect();
    if leaving.len() < wanted.len() {
        return Err(Error::new(Code::NotFound));
    }
    if leaving.is_empty() {
        return Err(Error::invalid("identities", "must name at least one"));
    }
    let target = match to {
        Some(to) => to,
        None if leaving.len() == held.len() => {
            return Err(Error::invalid("identities", "must leave at least one with the member"));
        }
        None => {
            let fresh = tx.id();
            members::create(tx, fresh).await?;
            fresh
        }
    };
    for row in &mut leaving {
        row.member_id = target;
        store::change(tx, row).await?;
    }
    let reason = Reason::staff(Why::Split, staff);
    link::note(tx, reason, leaving.iter().map(|row| (row, Some(from), Some(target)))).await?;
    store::mark_phones(tx, &[from, target]).await?;
    conflict::separate(tx, from, target, staff, note).await?;
    tx.emit(&MemberSplit { from, to: target })?;
    Ok(Split { from, to: target, identities: leaving.into_iter().map(|row| row.id).collect() })
}
