//! What is shown, and what is known of it.

use std::collections::BTreeMap;

use entity::{
    identity::identity::{Kind, Model, Strength},
    types::MemberId,
};

use crate::{
    error::{Error, Result},
    identity::{
        claim::{Claim, Claims},
        store,
    },
    infra::db::Tx,
};

/// The claims in the order in which they are weighed, each once.
pub(super) struct Shown<'a> {
    pub(super) all: &'a Claims,
    pub(super) anchor: &'a Claim,
    pub(super) ordered: Vec<&'a Claim>,
    pub(super) strength: Strength,
}

impl<'a> Shown<'a> {
    pub(super) fn new(claims: &'a Claims) -> Result<Self> {
        let anchor = claims.claims.first().ok_or_else(|| Error::invalid("claims", "must name at least one"))?;
        if !claims.claims.iter().all(Claim::says_something) {
            return Err(Error::invalid("claims", "must have values of 1 to 128 bytes"));
        }
        let mut ordered: Vec<&Claim> = claims.claims.iter().collect();
        ordered.sort_by_key(|claim| claim.place());
        ordered.dedup_by_key(|claim| claim.place());
        Ok(Self { all: claims, anchor, ordered, strength: claims.source.strength() })
    }

    pub(super) fn asserted(&self) -> bool {
        self.strength == Strength::Asserted
    }
}

type Place = (Kind, String, String);

fn place(row: &Model) -> Place {
    (row.kind, row.realm.clone(), row.key.clone())
}

/// What is known of the claims.
pub(super) struct Known(BTreeMap<Place, Model>);

impl Known {
    pub(super) async fn read(tx: &Tx, shown: &Shown<'_>) -> Result<Self> {
        Ok(Self::of(store::known(tx.db(), &shown.ordered).await?))
    }

    pub(super) fn of(rows: Vec<Model>) -> Self {
        Self(rows.into_iter().map(|row| (place(&row), row)).collect())
    }

    pub(super) fn row(&self, claim: &Claim) -> Option<&Model> {
        let (kind, realm, key) = claim.place();
        self.0.get(&(kind, realm.to_owned(), key.to_owned()))
    }

    pub(super) fn members(&self) -> impl Iterator<Item = MemberId> {
        self.0.values().map(|row| row.member_id)
    }

    /// The anchor's row, unless it is a mere assertion and the claim is more.
    pub(super) fn anchor(&self, shown: &Shown<'_>) -> Option<&Model> {
        self.row(shown.anchor).filter(|row| row.strength > Strength::Asserted || shown.asserted())
    }

    /// The member, when the claims say nothing new.
    pub(super) fn settled(&self, shown: &Shown<'_>) -> Option<MemberId> {
        let member = self.anchor(shown)?.member_id;
        let nothing_new = |claim: &&Claim| {
            self.row(claim).is_some_and(|row| match row.member_id == member {
                true => strengthened(row, shown).is_none(),
                false => shown.asserted(),
            })
        };
        shown.ordered.iter().all(nothing_new).then_some(member)
    }
}

impl Known {
    /// The member to whom the claims add something, when that is all they do: whatever of them is known is theirs, as
    /// well proved as the claims prove it, and the rest can contradict nothing.
    pub(super) fn added_to(&self, shown: &Shown<'_>) -> Option<MemberId> {
        let of_wechat = |claim: &Claim| matches!(claim.kind, Kind::OpenId | Kind::UnionId);
        let mut member = None;
        for claim in &shown.ordered {
            match self.row(claim) {
                None if of_wechat(claim) => return None,
                None => {}
                Some(row) => {
                    let proved = row.strength > Strength::Asserted && strengthened(row, shown).is_none();
                    if !proved || *member.get_or_insert(row.member_id) != row.member_id {
                        return None;
                    }
                }
            }
        }
        member.filter(|_| !shown.asserted())
    }
}

/// The row as these claims prove it, if they prove it better or later.
pub(super) fn strengthened(row: &Model, shown: &Shown<'_>) -> Option<Model> {
    let better = shown.strength > row.strength;
    let proves = row.kind == Kind::Phone && shown.strength.is_verified() && shown.strength >= row.strength;
    let later = proves && row.verified_at < Some(shown.all.at);
    if !better && !later {
        return None;
    }
    let mut row = row.clone();
    if better {
        (row.strength, row.source) = (shown.strength, shown.all.source);
    }
    if proves || better && row.kind == Kind::Phone && shown.strength.is_verified() {
        row.verified_at = row.verified_at.max(Some(shown.all.at));
    }
    Some(row)
}

pub(super) fn fresh(tx: &Tx, shown: &Shown<'_>, claim: &Claim, member: MemberId) -> Model {
    let verified_at = (claim.kind == Kind::Phone && shown.strength.is_verified()).then_some(shown.all.at);
    Model {
        id: tx.id(),
        kind: claim.kind,
        realm: claim.realm.clone(),
        key: claim.key.clone(),
        sealed: claim.sealed.clone(),
        member_id: member,
        source: shown.all.source,
        strength: shown.strength,
        since: shown.all.at,
        verified_at,
        current: false,
    }
}

/// A kind of identity, as the reason of a merge.
pub(super) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::OpenId => "open_id",
        Kind::UnionId => "union_id",
        Kind::Card => "card",
        Kind::External => "external",
        Kind::Partner => "partner",
        Kind::Phone => "phone",
    }
}
