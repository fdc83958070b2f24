//! Pure decisions: what speaks against one person, who survives a merge, which phone is the one to call.

use std::collections::BTreeSet;

use entity::{
    identity::{
        conflict,
        identity::{Kind, Model, Source, Strength},
    },
    types::{IdentityId, MemberId},
};

use super::claim::Claims;
use crate::infra::clock::Time;

/// What is known of a member, as far as it can contradict something.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    open_ids: BTreeSet<(String, String)>,
    union_ids: BTreeSet<String>,
    verified_phone: bool,
    imported: bool,
}

impl Evidence {
    /// What these identities of one member prove.
    pub(super) fn of<'a>(held: impl IntoIterator<Item = &'a Model>) -> Self {
        let mut evidence = Self::default();
        for row in held {
            evidence.add(row.kind, &row.realm, &row.key, row.strength);
            evidence.imported |= row.source == Source::Import;
        }
        evidence
    }

    /// What these claims would prove of their person.
    pub(super) fn claimed(claims: &Claims) -> Self {
        let mut evidence = Self::default();
        let strength = claims.source.strength();
        for claim in claims.claims.iter().filter(|claim| claim.kind != Kind::Phone) {
            evidence.add(claim.kind, &claim.realm, &claim.key, strength);
        }
        evidence
    }

    fn add(&mut self, kind: Kind, realm: &str, key: &str, strength: Strength) {
        if strength == Strength::Asserted {
            return;
        }
        match kind {
            Kind::OpenId => drop(self.open_ids.insert((realm.to_owned(), key.to_owned()))),
            Kind::UnionId => drop(self.union_ids.insert(key.to_owned())),
            Kind::Phone => self.verified_phone |= strength.is_verified(),
            Kind::Card | Kind::External | Kind::Partner => {}
        }
    }

    /// Both have a UnionID, and none in common.
    fn other_union(&self, other: &Self) -> bool {
        !self.union_ids.is_empty() && !other.union_ids.is_empty() && self.union_ids.is_disjoint(&other.union_ids)
    }

    /// Both have an OpenID of one account, and none in common there.
    fn other_open_id(&self, other: &Self) -> bool {
        let accounts: BTreeSet<&str> = self.open_ids.iter().map(|(account, _)| account.as_str()).collect();
        accounts.into_iter().any(|account| {
            let of = |evidence: &Self| -> BTreeSet<String> {
                let theirs = evidence.open_ids.iter().filter(|(realm, _)| realm == account);
                theirs.map(|(_, key)| key.clone()).collect()
            };
            let (mine, theirs) = (of(self), of(other));
            !theirs.is_empty() && mine.is_disjoint(&theirs)
        })
    }

    /// Whether these are provably different WeChat users (protocol section 5.4).
    pub(super) fn differs_from(&self, other: &Self) -> bool {
        self.other_union(other) || self.other_open_id(other)
    }
}

/// A claim that would join the member who came with it and the member who holds it.
pub(super) struct Joining<'a> {
    /// Who came with it.
    pub(super) claimant: &'a Evidence,
    /// What came with it.
    pub(super) claimed: &'a Evidence,
    /// Who holds it.
    pub(super) holder: &'a Evidence,
    /// The identity that is claimed.
    pub(super) row: &'a Model,
    /// How well it is claimed.
    pub(super) strength: Strength,
}

/// What to do about a claim that two members have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They are one person.
    Join,
    /// The number has changed hands: it moves, alone.
    Recycled,
    /// Something speaks against it; staff decide.
    Against(conflict::Kind),
}

/// Decides about a claim that two members have.
pub(super) fn judge(joining: &Joining<'_>) -> Verdict {
    let Joining { claimant, claimed, holder, row, strength } = joining;
    let other_union = claimant.other_union(holder) || claimed.other_union(holder);
    let different = other_union || claimant.differs_from(holder) || claimed.differs_from(holder);
    match row.kind {
        Kind::Phone if different && !row.current && *strength == Strength::Wechat => Verdict::Recycled,
        Kind::Phone if different => Verdict::Against(conflict::Kind::RecycledNumber),
        Kind::OpenId | Kind::UnionId if other_union => Verdict::Against(conflict::Kind::OtherUnionId),
        _ if different => Verdict::Against(conflict::Kind::DifferentPeople),
        _ if claimant.verified_phone && holder.verified_phone => Verdict::Against(conflict::Kind::TwoPhones),
        _ => Verdict::Join,
    }
}

/// What speaks against giving a free identity to a member.
pub(super) fn misfit(held: &Evidence, row: &Model) -> Option<conflict::Kind> {
    let one = Evidence::of([row]);
    match row.kind {
        Kind::UnionId if one.other_union(held) => Some(conflict::Kind::OtherUnionId),
        Kind::OpenId if one.other_open_id(held) => Some(conflict::Kind::DifferentPeople),
        _ => None,
    }
}

/// A member in a merge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub(super) id: MemberId,
    pub(super) met_at: Time,
    imported: bool,
}

impl Side {
    pub(super) fn new(id: MemberId, met_at: Time, evidence: &Evidence) -> Self {
        Self { id, met_at, imported: evidence.imported }
    }
}

/// Who survives a merge, who does not, and why. The imported one does, because its card numbers and the ids on receipts
/// must keep working, else the older one.
pub(super) fn survivor(one: Side, other: Side) -> (MemberId, MemberId, &'static str) {
    let by_age = |one: Side, other: Side| if (one.met_at, one.id) <= (other.met_at, other.id) { one } else { other };
    let (winner, why) = match (one.imported, other.imported) {
        (true, false) => (one, "imported"),
        (false, true) => (other, "imported"),
        (true, true) | (false, false) => (by_age(one, other), "older"),
    };
    let loser = if winner.id == one.id { other.id } else { one.id };
    (winner.id, loser, why)
}

/// The phone to call among those of one member: the one that was checked before the one that was not, then the one that
/// was proved last.
pub(super) fn phone_to_call<'a>(phones: impl IntoIterator<Item = &'a Model>) -> Option<IdentityId> {
    let rank = |phone: &Model| (phone.strength.is_verified(), phone.strength > Strength::Asserted);
    phones
        .into_iter()
        .max_by_key(|phone| (rank(phone), phone.verified_at.unwrap_or(phone.since), phone.id))
        .map(|phone| phone.id)
}

#[cfg(test)]
mod tests;
