//! Deciding a conflict: one person after all, two people, or a number that has changed hands.

use std::collections::BTreeSet;

use entity::{
    identity::{
        conflict::{Column, Entity, Model, State},
        identity::{Kind, Model as Identity},
        identity_link::Why,
        member,
        merge::Cause,
    },
    types::{ConflictId, MemberId, StaffId},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    claim::Claim,
    conflict,
    link::{self, Reason},
    member as members,
    merge::{self, Order, Surviving, surviving},
    store,
};
use crate::{
    error::{Code, Error, Result},
    infra::{
        db::Tx,
        news::{Need, News},
    },
};

/// How a conflict can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConflictDecision)]
pub(super) enum Decision {
    /// They are one person.
    Merge,
    /// They are two people, whatever evidence comes.
    KeepApart,
    /// The phone now belongs to the other one.
    MoveNumber,
}

/// A decision with who made it.
#[derive(Clone, Debug)]
pub(super) struct Decided<'a> {
    pub(super) decision: Decision,
    /// Who shall survive a merge; by the rules when nobody is named.
    pub(super) winner: Option<MemberId>,
    pub(super) staff: StaffId,
    pub(super) note: Option<&'a str>,
}

/// The value that a conflict is about.
pub(super) fn claim_of(row: &Model) -> Option<Claim> {
    row.claim_kind.map(|kind| Claim {
        kind,
        realm: row.claim_realm.clone(),
        key: row.claim_key.clone(),
        sealed: row.claim_sealed.clone(),
    })
}

/// The members of a conflict as they are today: who came with the evidence, whom it would join.
///
/// # Errors
/// [`Code::NotFound`] when nothing is left of one of them.
pub(super) async fn sides(db: &impl ConnectionTrait, row: &Model) -> Result<(MemberId, MemberId)> {
    Ok((members::get(db, row.member_a).await?, members::get(db, row.member_b).await?))
}

/// What staff can decide about a conflict.
pub(super) fn choices(row: &Model) -> Vec<Decision> {
    let choices = [Decision::Merge, Decision::KeepApart, Decision::MoveNumber].into_iter();
    match row.state {
        State::Open => {
            choices.filter(|choice| *choice != Decision::MoveNumber || row.claim_kind == Some(Kind::Phone)).collect()
        }
        State::Merged | State::KeptApart | State::Moved => Vec::new(),
    }
}

/// Decides a conflict.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::AlreadyDecided`]; [`Code::Invalid`] when this cannot be decided about it;
/// [`Code::Conflict`] when the members change at this moment.
pub(super) async fn decide(tx: &Tx, id: ConflictId, decided: &Decided<'_>) -> Result<Model> {
    let row = conflict::get(tx.db(), id).await?;
    let (a, b) = sides(tx.db(), &row).await?;
    let both = store::lock(tx, &BTreeSet::from([a, b])).await?;
    if both.iter().any(|row| row.state != member::State::Active) {
        return Err(Error::new(Code::Conflict).detail("the members have changed at this moment"));
    }
    // Whoever decides holds the locks, so what it says now stays.
    let row = conflict::get(tx.db(), row.id).await?;
    if row.state != State::Open {
        return Err(Error::new(Code::AlreadyDecided));
    }
    if !choices(&row).contains(&decided.decision) {
        return Err(Error::invalid("decision", "is not possible for this kind of conflict"));
    }
    let state = match decided.decision {
        Decision::Merge => {
            one_person(tx, &row, a, b, decided).await?;
            State::Merged
        }
        Decision::KeepApart => State::KeptApart,
        Decision::MoveNumber => {
            move_number(tx, &row, a, b, decided.staff).await?;
            State::Moved
        }
    };
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::DecidedBy, Expr::value(decided.staff))
        .col_expr(Column::DecidedAt, Expr::value(tx.now()))
        .col_expr(Column::Note, Expr::value(decided.note))
        .filter(Column::Id.eq(id))
        .exec(tx.db())
        .await?;
    tx.tell(News::Need(Need::Conflicts));
    conflict::get(tx.db(), id).await
}

/// Merges the two. When the evidence only contradicts what one member holds, the value is theirs as well, or whoever has
/// it now is the same person.
async fn one_person(tx: &Tx, row: &Model, a: MemberId, b: MemberId, decided: &Decided<'_>) -> Result<()> {
    let claim = claim_of(row).filter(|_| a == b);
    let known = match &claim {
        Some(claim) => store::known(tx.db(), &[claim]).await?.into_iter().next(),
        None => None,
    };
    let other = match (claim, known) {
        (None, _) => b,
        (Some(_), Some(known)) => known.member_id,
        (Some(claim), None) => return also(tx, row, claim, a, decided.staff).await,
    };
    if other == a {
        return Ok(());
    }
    let Surviving { winner, loser, why } = surviving(tx, a, other, decided.winner).await?;
    let order = Order {
        winner,
        loser,
        survives: why,
        cause: Cause::Staff,
        reason: decided.note.unwrap_or_default().to_owned(),
        joined_by: None,
        conflict: Some(row.id),
        staff: Some(decided.staff),
    };
    merge::merge(tx, &order).await?;
    Ok(())
}

/// Links a value that nobody has to a member beside what speaks against it.
async fn also(tx: &Tx, row: &Model, claim: Claim, member: MemberId, staff: StaffId) -> Result<()> {
    let identity = Identity {
        id: tx.id(),
        kind: claim.kind,
        realm: claim.realm,
        key: claim.key,
        sealed: claim.sealed,
        member_id: member,
        source: row.source,
        strength: row.source.strength(),
        since: row.last_seen,
        verified_at: None,
        current: false,
    };
    if !store::add(tx, std::slice::from_ref(&identity)).await? {
        return Err(Error::new(Code::Conflict).detail("somebody has come with the same value at this moment"));
    }
    link::note(tx, Reason::staff(Why::Decided, staff), [(&identity, None, Some(member))]).await
}

/// Gives the phone to whoever of the two does not have it.
async fn move_number(tx: &Tx, row: &Model, a: MemberId, b: MemberId, staff: StaffId) -> Result<()> {
    let gone = || Error::new(Code::Conflict).detail("the number belongs to neither of them any more");
    let claim = claim_of(row).ok_or_else(gone)?;
    let known = store::known(tx.db(), &[&claim]).await?.into_iter().next().ok_or_else(gone)?;
    let (from, to) = match known.member_id {
        holder if holder == b => (b, a),
        holder if holder == a => (a, b),
        _ => return Err(gone()),
    };
    let moved = Identity {
        member_id: to,
        source: row.source,
        strength: row.source.strength(),
        since: row.last_seen,
        verified_at: row.source.strength().is_verified().then_some(row.last_seen),
        ..known
    };
    store::change(tx, &moved).await?;
    link::note(tx, Reason::staff(Why::Decided, staff), [(&moved, Some(from), Some(to))]).await?;
    store::mark_phones(tx, &[from, to]).await
}
