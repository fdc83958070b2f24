//! Who is this? From claims to a member, without ever guessing.
//!
//! What is known already is only read. Everything else happens under locks on the members concerned, and what another
//! unit of work has added meanwhile is seen by the unique key of identities: then everything is looked at anew.

mod many;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    identity::{
        conflict::Kind as ConflictKind,
        identity::{Kind, Model, Strength},
        identity_link::Why,
        merge::Cause,
    },
    types::{ConflictId, IdentityId, MemberId, MergeId},
};

pub use self::many::{Look, Seen, look, resolve_many};
use self::shown::{Known, Shown, fresh, kind_name, strengthened};
use super::{
    claim::{Claim, Claims},
    conflict::{self, Found},
    events::MemberLinked,
    link::{self, Reason},
    member, merge,
    rules::{self, Evidence, Joining, Verdict},
    store,
};
use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
};

/// Who it is, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The member.
    pub member: MemberId,
    /// Whether nobody knew them before.
    pub created: bool,
    /// Members that turned out to be one.
    pub merges: Vec<MergeId>,
    /// Contradictions, new ones and ones that were known.
    pub conflicts: Vec<ConflictId>,
    /// Identities that nobody had before.
    pub linked: Vec<IdentityId>,
    /// Identities that are better known now, or somebody else's than before, without their member.
    pub changed: Vec<IdentityId>,
}

impl Outcome {
    fn of(member: MemberId, created: bool) -> Self {
        let (merges, conflicts, linked, changed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { member, created, merges, conflicts, linked, changed }
    }
}

/// How often everything is looked at anew before giving up: each time somebody else was quicker.
const ROUNDS: usize = 12;

/// Finds or makes the member that shows these claims; joins members who turn out to be one; puts contradictions before
/// staff.
///
/// # Errors
/// [`Code::Invalid`] without a claim, or with one that is empty; otherwise when the database does not answer.
pub async fn resolve(tx: &Tx, claims: &Claims) -> Result<Outcome> {
    let shown = Shown::new(claims)?;
    let mut locked = BTreeSet::new();
    for _ in 0..ROUNDS {
        let known = Known::read(tx, &shown).await?;
        if let Some(member) = known.settled(&shown) {
            return Ok(Outcome::of(member, false));
        }
        let fresh: BTreeSet<MemberId> = known.members().filter(|member| !locked.contains(member)).collect();
        if !fresh.is_empty() {
            store::lock(tx, &fresh).await?;
            locked.extend(fresh);
            continue;
        }
        if let Some(outcome) = Resolution::begin(tx, &shown, known).await? {
            return Ok(outcome);
        }
    }
    Err(Error::new(Code::Unavailable).detail("too many changes of one person at once"))
}

/// One look at claims that say something new, with the members concerned locked.
struct Resolution<'a> {
    tx: &'a Tx,
    shown: &'a Shown<'a>,
    /// What identifies the members concerned, those merged away under their winner.
    held: BTreeMap<MemberId, Vec<Model>>,
    claimed: Evidence,
    phones_of: BTreeSet<MemberId>,
    outcome: Outcome,
}

impl<'a> Resolution<'a> {
    /// `None` when another unit of work has added one of the claims meanwhile.
    async fn begin(tx: &'a Tx, shown: &'a Shown<'a>, known: Known) -> Result<Option<Outcome>> {
        let members: BTreeSet<MemberId> = known.members().collect();
        let mut held: BTreeMap<MemberId, Vec<Model>> = BTreeMap::new();
        if !members.is_empty() {
            for row in store::held(tx.db(), members).await? {
                held.entry(row.member_id).or_default().push(row);
            }
        }
        let claimed = Evidence::claimed(shown.all);
        let found = match known.anchor(shown) {
            Some(row) => Some(row.member_id),
            None => adopting(tx, shown, &known, &held, &claimed),
        };
        let member = found.unwrap_or_else(|| tx.id());
        let outcome = Outcome::of(member, found.is_none());
        let mut this = Self { tx, shown, held, claimed, phones_of: BTreeSet::new(), outcome };
        if !this.link(&known).await? {
            return Ok(None);
        }
        for claim in &shown.ordered {
            if let Some(row) = known.row(claim) {
                this.weigh(claim, row).await?;
            }
        }
        let touched: Vec<MemberId> = this.phones_of.iter().copied().collect();
        if !touched.is_empty() {
            store::mark_phones(tx, &touched).await?;
        }
        let Outcome { member, created, linked, changed, .. } = &this.outcome;
        if !(*created || linked.is_empty() && changed.is_empty()) {
            tx.emit(&MemberLinked { member: *member })?;
        }
        Ok(Some(this.outcome))
    }

    fn held(&self, member: MemberId) -> &[Model] {
        self.held.get(&member).map_or(&[], Vec::as_slice)
    }

    /// Links what nobody has to the member, as far as nothing speaks against it.
    async fn link(&mut self, known: &Known) -> Result<bool> {
        let (tx, shown, member) = (self.tx, self.shown, self.outcome.member);
        let (mut rows, mut against) = (Vec::new(), Vec::new());
        // The anchor first: what contradicts it stays outside.
        let others = shown.ordered.iter().copied().filter(|claim| claim.place() != shown.anchor.place());
        for claim in std::iter::once(shown.anchor).chain(others).filter(|claim| known.row(claim).is_none()) {
            let row = fresh(tx, shown, claim, member);
            match rules::misfit(&Evidence::of(self.held(member)), &row) {
                Some(kind) => against.push((kind, claim)),
                None => {
                    self.held.entry(member).or_default().push(row.clone());
                    rows.push(row);
                }
            }
        }
        // In one order everywhere, so that two units of work do not wait for each other in a circle.
        rows.sort_by(|one, other| (one.kind, &one.realm, &one.key).cmp(&(other.kind, &other.realm, &other.key)));
        if !store::add(tx, &rows).await? {
            return Ok(false);
        }
        if self.outcome.created {
            member::create(tx, member).await?;
        }
        self.outcome.linked.extend(rows.iter().map(|row| row.id));
        link::note(tx, Reason::rule(Why::Claimed), rows.iter().map(|row| (row, None, Some(member)))).await?;
        if rows.iter().any(|row| row.kind == Kind::Phone) {
            self.phones_of.insert(member);
        }
        for (kind, claim) in against {
            self.contradict(kind, claim, member).await?;
        }
        Ok(true)
    }

    /// Looks at a claim that somebody has.
    async fn weigh(&mut self, claim: &Claim, row: &Model) -> Result<()> {
        let member = self.outcome.member;
        // Who has it may have become another member a moment ago.
        let holder = self.held.iter().find(|(_, rows)| rows.iter().any(|held| held.id == row.id));
        let holder = holder.map_or(row.member_id, |(holder, _)| *holder);
        if holder == member {
            return match strengthened(row, self.shown) {
                Some(better) => self.change(Model { member_id: member, ..better }, member, Why::Strengthened).await,
                None => Ok(()),
            };
        }
        if self.shown.asserted() {
            return Ok(());
        }
        if row.strength == Strength::Asserted {
            return match rules::misfit(&Evidence::of(self.held(member)), row) {
                None => self.take(row, holder, Why::Outranked).await,
                Some(kind) => self.contradict(kind, claim, holder).await,
            };
        }
        let verdict = rules::judge(&Joining {
            claimant: &Evidence::of(self.held(member)),
            claimed: &self.claimed,
            holder: &Evidence::of(self.held(holder)),
            row,
            strength: self.shown.strength,
        });
        match verdict {
            Verdict::Recycled => self.take(row, holder, Why::Recycled).await,
            Verdict::Against(kind) => self.contradict(kind, claim, holder).await,
            Verdict::Join => match conflict::kept_apart(self.tx, member, holder).await? {
                Some(decided) => {
                    self.note(decided);
                    Ok(())
                }
                None => self.join(row, holder).await,
            },
        }
    }

    /// The member and the holder of the row are one person.
    async fn join(&mut self, row: &Model, holder: MemberId) -> Result<()> {
        let survivor = merge::surviving(self.tx, self.outcome.member, holder, None).await?;
        let order = merge::Order {
            winner: survivor.winner,
            loser: survivor.loser,
            survives: survivor.why,
            cause: Cause::Rule,
            reason: kind_name(row.kind).to_owned(),
            joined_by: Some(row.id),
            conflict: None,
            staff: None,
        };
        let merged = merge::merge(self.tx, &order).await?;
        self.outcome.merges.push(merged.id);
        self.outcome.member = merged.winner;
        let theirs = self.held.remove(&merged.loser).unwrap_or_default();
        self.held.entry(merged.winner).or_default().extend(theirs);
        if self.phones_of.remove(&merged.loser) {
            self.phones_of.insert(merged.winner);
        }
        match strengthened(row, self.shown) {
            Some(better) => {
                let better = Model { member_id: merged.winner, ..better };
                self.change(better, merged.winner, Why::Strengthened).await
            }
            None => Ok(()),
        }
    }

    /// The row, and nothing else of its holder, goes to the member.
    async fn take(&mut self, row: &Model, holder: MemberId, why: Why) -> Result<()> {
        let (shown, member) = (self.shown, self.outcome.member);
        let verified_at = (row.kind == Kind::Phone && shown.strength.is_verified()).then_some(shown.all.at);
        let taken = Model {
            member_id: member,
            source: shown.all.source,
            strength: shown.strength,
            since: shown.all.at,
            verified_at,
            ..row.clone()
        };
        if let Some(rows) = self.held.get_mut(&holder) {
            rows.retain(|held| held.id != row.id);
        }
        self.held.entry(member).or_default().push(taken.clone());
        if row.kind == Kind::Phone {
            self.phones_of.insert(holder);
        }
        self.change(taken, holder, why).await
    }

    /// Writes a row that is better known, or somebody else's, now.
    async fn change(&mut self, row: Model, from: MemberId, why: Why) -> Result<()> {
        store::change(self.tx, &row).await?;
        self.outcome.changed.push(row.id);
        link::note(self.tx, Reason::rule(why), [(&row, Some(from), Some(row.member_id))]).await?;
        if row.kind == Kind::Phone {
            self.phones_of.insert(row.member_id);
        }
        for held in self.held.values_mut().flatten().filter(|held| held.id == row.id) {
            held.clone_from(&row);
        }
        Ok(())
    }

    async fn contradict(&mut self, kind: ConflictKind, claim: &Claim, holder: MemberId) -> Result<()> {
        let claimant = self.outcome.member;
        if claimant != holder
            && let Some(decided) = conflict::kept_apart(self.tx, claimant, holder).await?
        {
            self.note(decided);
            return Ok(());
        }
        let found = Found { kind, claimant, holder, claim, source: self.shown.all.source };
        let recorded = conflict::record(self.tx, &found).await?;
        self.note(recorded);
        Ok(())
    }

    fn note(&mut self, conflict: ConflictId) {
        if !self.outcome.conflicts.contains(&conflict) {
            self.outcome.conflicts.push(conflict);
        }
    }
}

/// Whom an unknown anchor belongs to by the other claims, if one of them belongs to somebody against whom nothing
/// speaks.
fn adopting(
    tx: &Tx,
    shown: &Shown<'_>,
    known: &Known,
    held: &BTreeMap<MemberId, Vec<Model>>,
    claimed: &Evidence,
) -> Option<MemberId> {
    if shown.asserted() {
        return None;
    }
    let rows = shown.ordered.iter().filter_map(|claim| known.row(claim));
    let mut rows = rows.filter(|row| row.strength > Strength::Asserted);
    let fits = |row: &Model| {
        let holder = Evidence::of(held.get(&row.member_id).into_iter().flatten());
        !claimed.differs_from(&holder)
            && rules::misfit(&holder, &fresh(tx, shown, shown.anchor, row.member_id)).is_none()
    };
    rows.find(|row| fits(row)).map(|row| row.member_id)
}
