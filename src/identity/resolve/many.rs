//! Many people at once, as records of other systems bring them. Those whom nobody knows, and those who are known as they
//! are, cost a few statements together; whoever needs to be judged is resolved alone, by the same rules as everybody.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    identity::{
        identity::{Kind, Model},
        identity_link::Why,
        member,
    },
    types::{IdentityId, MemberId},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait};

use super::{
    Outcome,
    shown::{Known, Shown, fresh},
};
use crate::{
    error::Result,
    identity::{
        claim::{Claim, Claims},
        events::MemberTakenOver,
        link::{self, Reason},
        resolve, rules, store,
    },
    infra::db::Tx,
};

/// What is known of somebody among many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nobody knows any of the claims.
    New,
    /// They are known as this member, and the claims say nothing new.
    Known(MemberId),
    /// They are known as this member, and the claims add something that nobody has: it becomes theirs.
    Adds(MemberId),
    /// They share a claim with somebody earlier among the many, at this place from 0, of whom something new is said.
    Repeats(usize),
    /// Everything else: something new of somebody who is known, or of several.
    Judge,
}

/// What is known of somebody among many, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What is known.
    pub look: Look,
    /// Whether a phone among the claims is known.
    pub by_phone: bool,
    /// Whether a card is.
    pub by_card: bool,
    /// Whether a customer number of another system is.
    pub by_number: bool,
}

/// What is known of many people. It changes nothing.
///
/// # Errors
/// [`Code::Invalid`](crate::error::Code::Invalid) when somebody shows no claim; otherwise when the database does not
/// answer.
pub async fn look(db: &impl ConnectionTrait, people: &[Claims]) -> Result<Vec<Seen>> {
    let shown: Vec<Shown<'_>> = people.iter().map(Shown::new).collect::<Result<_>>()?;
    let claims = people.iter().flat_map(|person| &person.claims);
    let known = Known::of(store::known_of_many(db, claims).await?);
    let mut first: BTreeMap<(Kind, &str, &str), usize> = BTreeMap::new();
    let mut seen = Vec::with_capacity(people.len());
    for (index, shown) in shown.iter().enumerate() {
        let look = match known.settled(shown) {
            Some(member) => Look::Known(member),
            None => match shown.ordered.iter().filter_map(|claim| first.get(&claim.place())).min() {
                Some(earlier) => Look::Repeats(*earlier),
                None if known.added_to(shown).is_some() => known.added_to(shown).map_or(Look::Judge, Look::Adds),
                None if shown.ordered.iter().any(|claim| known.row(claim).is_some() || is_of_wechat(claim)) => {
                    Look::Judge
                }
                None => Look::New,
            },
        };
        if !matches!(look, Look::Known(_)) {
            for claim in &shown.ordered {
                first.entry(claim.place()).or_insert(index);
            }
        }
        let by = |kind| shown.ordered.iter().any(|claim| claim.kind() == kind && known.row(claim).is_some());
        let (by_phone, by_card, by_number) = (by(Kind::Phone), by(Kind::Card), by(Kind::External));
        seen.push(Seen { look, by_phone, by_card, by_number });
    }
    Ok(seen)
}

/// What WeChat says can contradict itself within one person; it is rare in records.
fn is_of_wechat(claim: &Claim) -> bool {
    matches!(claim.kind(), Kind::OpenId | Kind::UnionId)
}

/// The same as [`resolve`] for each of many people in their order, in few statements. Whom nobody knew is recorded as
/// `member.taken_over`.
///
/// # Errors
/// As [`resolve`].
pub async fn resolve_many(tx: &Tx, people: &[Claims]) -> Result<Vec<(Seen, Outcome)>> {
    let seen = look(tx.db(), people).await?;
    let new = people.iter().zip(&seen).enumerate().filter(|(_, (_, seen))| seen.look == Look::New);
    let new: Vec<(usize, &Claims)> = new.map(|(index, (person, _))| (index, person)).collect();
    let mut settled = create(tx, &new).await?;
    let adding = people.iter().zip(&seen).enumerate().filter_map(|(index, (person, seen))| match seen.look {
        Look::Adds(member) => Some(Adding { index, member, person }),
        _ => None,
    });
    settled.extend(add_to_members(tx, adding.collect()).await?);
    let mut outcomes = Vec::with_capacity(people.len());
    for (index, (person, seen)) in people.iter().zip(seen).enumerate() {
        let outcome = match (seen.look, settled.remove(&index)) {
            (Look::Known(member), _) => Outcome::of(member, false),
            (_, Some(outcome)) => outcome,
            (Look::New | Look::Adds(_) | Look::Repeats(_) | Look::Judge, None) => resolve(tx, person).await?,
        };
        outcomes.push((seen, outcome));
    }
    Ok(outcomes)
}

/// Somebody who is about to be a member.
struct Newcomer {
    index: usize,
    member: MemberId,
    rows: Vec<Model>,
}

/// Makes members of people whom nobody knew a moment ago; whoever became known meanwhile is left out.
async fn create(tx: &Tx, people: &[(usize, &Claims)]) -> Result<BTreeMap<usize, Outcome>> {
    let mut newcomers = Vec::with_capacity(people.len());
    for (index, person) in people {
        let (shown, member) = (Shown::new(person)?, tx.id());
        let mut rows: Vec<Model> = shown.ordered.iter().map(|claim| fresh(tx, &shown, claim, member)).collect();
        let call = rules::phone_to_call(rows.iter().filter(|row| row.kind == Kind::Phone));
        rows.iter_mut().for_each(|row| row.current = Some(row.id) == call);
        newcomers.push(Newcomer { index: *index, member, rows });
    }
    add(tx, &mut newcomers).await?;
    if newcomers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let members = newcomers.iter().map(|newcomer| member::ActiveModel {
        id: Set(newcomer.member),
        merged_into: Set(None),
        state: Set(member::State::Active),
        store_id: Set(None),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    });
    for insert in tx.inserts(members)? {
        tx.db().execute(&insert).await?;
    }
    let links = newcomers.iter().flat_map(|one| one.rows.iter().map(|row| (row, None, Some(one.member))));
    link::note(tx, Reason::rule(Why::Claimed), links).await?;
    let mut outcomes = BTreeMap::new();
    for Newcomer { index, member, rows } in newcomers {
        tx.emit(&MemberTakenOver { member })?;
        let linked = rows.iter().map(|row| row.id).collect();
        outcomes.insert(index, Outcome { linked, ..Outcome::of(member, true) });
    }
    Ok(outcomes)
}

/// Adds what identifies newcomers. Those of whom somebody else has added something meanwhile are taken off the list.
async fn add(tx: &Tx, newcomers: &mut Vec<Newcomer>) -> Result<()> {
    let rows: Vec<Model> = newcomers.iter().flat_map(|newcomer| newcomer.rows.iter().cloned()).collect();
    if let Some(there) = store::add_many(tx, rows).await? {
        let whole = |newcomer: &Newcomer| newcomer.rows.iter().all(|row| there.contains(&row.id));
        let halves = newcomers.iter().filter(|newcomer| !whole(newcomer)).flat_map(|newcomer| &newcomer.rows);
        store::remove(tx, halves.map(|row| row.id)).await?;
        newcomers.retain(whole);
    }
    Ok(())
}

/// Somebody who is known, of whom something new is said.
struct Adding<'a> {
    index: usize,
    member: MemberId,
    person: &'a Claims,
}

/// Links what nobody has to members who are known. Whoever became somebody else meanwhile is left out.
async fn add_to_members(tx: &Tx, adding: Vec<Adding<'_>>) -> Result<BTreeMap<usize, Outcome>> {
    let members: BTreeSet<MemberId> = adding.iter().map(|one| one.member).collect();
    if members.is_empty() {
        return Ok(BTreeMap::new());
    }
    // Looked at anew, now that nobody else can change them.
    store::lock(tx, &members).await?;
    let claims = adding.iter().flat_map(|one| &one.person.claims);
    let known = Known::of(store::known_of_many(tx.db(), claims).await?);
    let mut phones: BTreeMap<MemberId, Vec<Model>> = BTreeMap::new();
    for phone in store::phones(tx, &members).await? {
        phones.entry(phone.member_id).or_default().push(phone);
    }
    let mut rows: BTreeMap<usize, (MemberId, Vec<Model>)> = BTreeMap::new();
    for Adding { index, member, person } in adding {
        let shown = Shown::new(person)?;
        if known.added_to(&shown) != Some(member) {
            continue;
        }
        let unknown = shown.ordered.iter().filter(|claim| known.row(claim).is_none());
        let fresh: Vec<Model> = unknown.map(|claim| fresh(tx, &shown, claim, member)).collect();
        let new_phones = fresh.iter().filter(|row| row.kind == Kind::Phone).cloned();
        phones.entry(member).or_default().extend(new_phones);
        rows.insert(index, (member, fresh));
    }
    let call: BTreeSet<IdentityId> = phones.values().filter_map(rules::phone_to_call).collect();
    let all = rows.values_mut().flat_map(|(_, rows)| rows.iter_mut());
    let all: Vec<Model> = all
        .map(|row| {
            row.current = call.contains(&row.id);
            row.clone()
        })
        .collect();
    if let Some(there) = store::add_many(tx, all).await? {
        let lost = rows.values().flat_map(|(_, rows)| rows).filter(|row| !there.contains(&row.id)).count();
        if lost > 0 {
            // Somebody was quicker with one of them: each is resolved alone.
            store::remove(tx, there.into_iter()).await?;
            return Ok(BTreeMap::new());
        }
    }
    let outdated = phones.values().flatten().filter(|phone| phone.current && !call.contains(&phone.id));
    store::end_calls(tx, outdated.map(|phone| phone.id).collect()).await?;
    let links = rows.values().flat_map(|(member, rows)| rows.iter().map(|row| (row, None, Some(*member))));
    link::note(tx, Reason::rule(Why::Claimed), links).await?;
    let outcome = |(index, (member, rows)): (usize, (MemberId, Vec<Model>))| {
        let linked = rows.into_iter().map(|row| row.id).collect();
        (index, Outcome { linked, ..Outcome::of(member, false) })
    };
    Ok(rows.into_iter().map(outcome).collect())
}
