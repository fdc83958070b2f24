//! The applier: derives what one invitation is worth, and moves its row, its inviter's standing and its rewards from what
//! they are to what they should be. Doing it twice does nothing. Whose invitation somebody is, is written at once; what the
//! guard has to look at and what is earned follows in a job of its own, so that nobody's decision waits for another's reward.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use entity::{
    referral::{
        invitation::{Model, State},
        program::{self, State as ProgramState},
        reward::Model as Reward,
    },
    types::{MemberId, Phone, ReferralProgramId},
};
use serde_json::json;

use super::{
    events::ReferralMoved,
    guard::{self, alert},
    jobs::{Look, LookAtInvited, Review},
    known::{self, Known},
    program as programs, reward,
    rules::{
        Program, Standing, Why,
        log::{Check, Version},
        stand,
    },
    standing,
    store::{self, counts},
};
use crate::{
    error::{Error, Result},
    identity::current_of,
    infra::{
        calendar::{day_of, first_of_month},
        clock::Time,
        db::Tx,
        secret::Vault,
    },
};

/// How long WeChat may take to say whether something has come back.
const ASK_AGAIN: TimeDelta = TimeDelta::hours(1);

/// How much of it is made so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// Whose they are, and what changes nothing but their rows. A [`Review`] follows for the rest.
    Decision,
    /// All of it: the guard looks, figures change, rewards are given and taken back.
    Whole,
}

/// Derives what the invitations of members in a program are worth, and makes it so.
///
/// # Errors
/// When the database does not answer.
pub async fn review(
    tx: &Tx,
    vault: &Vault,
    program: ReferralProgramId,
    members: impl IntoIterator<Item = MemberId>,
) -> Result<()> {
    derive_all(tx, vault, program, members.into_iter().collect(), Depth::Whole).await
}

/// The same as far as many can be done quickly: whose the new ones are, and what changes nothing but a row. The rest is left
/// to a [`Review`] of each.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn attribute(
    tx: &Tx,
    vault: &Vault,
    program: ReferralProgramId,
    members: BTreeSet<MemberId>,
) -> Result<()> {
    derive_all(tx, vault, program, members, Depth::Decision).await
}

async fn derive_all(
    tx: &Tx,
    vault: &Vault,
    program: ReferralProgramId,
    members: BTreeSet<MemberId>,
    depth: Depth,
) -> Result<()> {
    let row = programs::get(tx.db(), program).await?;
    let history = programs::read(tx.db(), &row).await?;
    let today = current_of(tx.db(), members.clone()).await?;
    let standing = members.iter().copied().filter(|member| today.get(member) == Some(member)).collect();
    let held = store::hold(tx, program, &standing).await?;
    let mut known = known::read(tx.db(), &row, &held).await?;
    let mut plain = Vec::new();
    for before in held {
        if let Some(known) = known.remove(&before.invitee) {
            stands(tx, vault, (&row, &history), before, known, &mut plain, depth).await?;
        }
    }
    store::save(tx, &mut plain).await?;
    for member in members.difference(&standing) {
        let why = if today.contains_key(member) { Why::Merged } else { Why::InviteeGone };
        close(tx, (&row, &history), *member, why).await?;
    }
    Ok(())
}

/// Derives what one is worth that stands, and makes it so. What only changes its row is left in `plain`, to be written
/// with others.
async fn stands(
    tx: &Tx,
    vault: &Vault,
    (program, history): (&program::Model, &Program),
    before: Model,
    mut known: Known,
    plain: &mut Vec<Model>,
    depth: Depth,
) -> Result<()> {
    if is_fresh(&before) && known.log.touches.is_empty() {
        return store::drop(tx, before.id).await;
    }
    let mut row = before.clone();
    row.prefix = known.evidence.phone(vault)?.map(|phone| prefix(vault, &phone));
    let mut found = derive(&mut row, &known, history, tx.now());
    if depth == Depth::Decision && found.wants.is_some() {
        return later(tx, history, before, row, plain);
    }
    while let Some((stage, inviter)) = found.wants.zip(found.inviter) {
        // The guard looks at all of an inviter's.
        store::save(tx, plain).await?;
        let version = version(history, found.rules)?;
        let features = guard::gather(tx, &row, inviter, &version.rules).await?;
        alert::look(tx, &row, stage, &version.rules, &features).await?;
        known.log.checks.push(Check { stage, inviter, at: tx.now() });
        known.log.findings = alert::as_log(&alert::findings(tx.db(), row.id).await?);
        row.checks = serde_json::to_value(&known.log.checks)?;
        found = derive(&mut row, &known, history, tx.now());
    }
    let wants = reward::wanted(&row, &found, &version(history, found.rules)?.rules);
    let rewards = Rewards { known: known.rewards, wants };
    if rewards.are_none() && !counts(before.state) && !counts(row.state) {
        row.rewarded_at = None;
        row.updated_at = tx.now();
        tell(tx, history, &before, &row)?;
        plain.push(row);
        return Ok(());
    }
    if depth == Depth::Decision {
        return later(tx, history, before, row, plain);
    }
    apply(tx, program, history, before, row, rewards).await
}

/// Leaves one to its review. Of somebody new it is written whose they are: everything is done, and whether it counts follows.
fn later(tx: &Tx, history: &Program, before: Model, row: Model, plain: &mut Vec<Model>) -> Result<()> {
    tx.enqueue(Review::of(row.program_id, row.invitee))?;
    if !is_fresh(&before) {
        return Ok(());
    }
    let (state, why) = (State::Qualified, Why::Maturing.as_str().to_owned());
    let row = Model { state, why, matured_at: None, month: None, updated_at: tx.now(), ..row };
    tell(tx, history, &before, &row)?;
    plain.push(row);
    Ok(())
}

/// Whether a row was made a moment ago.
fn is_fresh(row: &Model) -> bool {
    row.rules == 0 && row.why.is_empty()
}

/// What they are worth, written into the row; without a touch there is nothing left of it.
fn derive(row: &mut Model, known: &Known, history: &Program, now: Time) -> Standing {
    let found = stand(&known.log, history, now).unwrap_or_else(|| Standing::nothing(&known.log, row.rules));
    (row.device, row.network) = known.origin(found.touch);
    (row.inviter, row.second, row.rules) = (found.inviter, found.second, found.rules);
    (row.code, row.touch_id) = (found.code.clone(), found.touch);
    (row.state, row.why, row.seen) = (found.state, found.why.as_str().to_owned(), found.seen.clone());
    (row.seen_at, row.registered_at, row.phone_at) = (found.seen_at, found.registered_at, found.phone_at);
    (row.qualified_at, row.matured_at) = (found.qualified_at, found.matured_at);
    (row.held_at, row.ended_at, row.due_at) = (found.held_at, found.ended_at, found.due_at);
    row.value_fen = found.value_fen;
    row.month = found.matured_at.filter(|_| found.counts()).map(month);
    found
}

/// A month in Asia/Shanghai, as standings name it.
pub(super) fn month(at: Time) -> String {
    first_of_month(day_of(at)).format("%Y-%m").to_string()
}

fn version(history: &Program, number: i32) -> Result<&Version> {
    let found = history.versions.iter().find(|version| version.number == number).or_else(|| history.latest());
    found.ok_or_else(|| Error::internal("a program without rules"))
}

/// How the phone of somebody begins, as a keyed hash: the first seven digits of a Chinese number.
fn prefix(vault: &Vault, phone: &Phone) -> String {
    const DIGITS: usize = 7;
    let plain = phone.as_str();
    let national = plain.strip_prefix("+86").unwrap_or(plain);
    vault.blind("referral.prefix", &national.chars().take(DIGITS).collect::<String>())
}

/// Ends the invitation of somebody who is not there under this name any more. What was earned by somebody who was forgotten
/// stays earned.
async fn close(tx: &Tx, (program, history): (&program::Model, &Program), member: MemberId, why: Why) -> Result<()> {
    let Some(row) = store::find(tx.db(), program.id, member).await? else { return Ok(()) };
    let ended = matches!(row.state, State::Refused | State::Reversed);
    if row.why == why.as_str() || why == Why::InviteeGone && (ended || counts(row.state)) {
        return Ok(());
    }
    let held = store::hold(tx, program.id, &BTreeSet::from([member])).await?;
    let Some(before) = held.into_iter().next() else { return Ok(()) };
    let known = reward::of(tx.db(), before.id).await?;
    let had = before.qualified_at.is_some() || !known.is_empty();
    let row = Model {
        state: if had { State::Reversed } else { State::Refused },
        why: why.as_str().to_owned(),
        seen: json!({}),
        held_at: None,
        ended_at: Some(tx.now()),
        due_at: None,
        month: None,
        ..before.clone()
    };
    apply(tx, program, history, before, row, Rewards { known, wants: Vec::new() }).await
}

/// What an invitation earned until now, and what it earns.
struct Rewards {
    known: Vec<Reward>,
    wants: Vec<reward::Want>,
}

impl Rewards {
    fn are_none(&self) -> bool {
        self.known.is_empty() && self.wants.is_empty()
    }
}

/// Writes the row, then what follows from it.
async fn apply(
    tx: &Tx,
    program: &program::Model,
    history: &Program,
    before: Model,
    mut row: Model,
    rewards: Rewards,
) -> Result<()> {
    // What is rewarded stays so for as long as it counts; the rewards say below whether that is still true.
    if row.state == State::Matured && before.state == State::Rewarded {
        row.state = State::Rewarded;
    }
    row.updated_at = tx.now();
    let counted = |row: &Model| row.inviter.filter(|_| counts(row.state));
    let figures = |row: &Model| (counted(row), row.value_fen, row.month.clone(), row.matured_at);
    if figures(&before) != figures(&row) {
        // The figures are sums over rows.
        store::save(tx, &mut vec![row.clone()]).await?;
        for inviter in [counted(&before), counted(&row)].into_iter().flatten() {
            standing::settle(tx, program.id, inviter, [&before.month, &row.month]).await?;
        }
    }
    let running = program.state != ProgramState::Paused;
    let outcome = reward::apply(tx, &row, rewards.known, &rewards.wants, running).await?;
    for inviter in ladders(&before, &row) {
        reward::climb(tx, program.id, inviter, history, running).await?;
    }
    if counts(row.state) {
        let (state, why, rewarded_at) = match outcome {
            reward::Outcome::Given => (State::Rewarded, Why::Counts, before.rewarded_at.or(Some(tx.now()))),
            reward::Outcome::Nothing => (State::Matured, Why::Counts, None),
            reward::Outcome::Refused => (State::Matured, Why::NotGiven, None),
            reward::Outcome::Waits if running => (State::Matured, Why::Counts, None),
            reward::Outcome::Waits => (State::Matured, Why::Paused, None),
        };
        if outcome == reward::Outcome::Waits && running {
            row.due_at = Some(tx.now() + ASK_AGAIN);
        }
        (row.state, row.why, row.rewarded_at) = (state, why.as_str().to_owned(), rewarded_at);
    } else {
        row.rewarded_at = None;
    }
    tell(tx, history, &before, &row)?;
    store::save(tx, &mut vec![row]).await
}

/// Whose ladders an invitation is a part of, or was.
fn ladders(before: &Model, row: &Model) -> Vec<MemberId> {
    let mut inviters: Vec<MemberId> =
        [before, row].into_iter().filter(|row| counts(row.state)).filter_map(|row| row.inviter).collect();
    inviters.sort_unstable();
    inviters.dedup();
    inviters
}

/// Says that it stands otherwise, and has those looked at whom that concerns.
fn tell(tx: &Tx, history: &Program, before: &Model, row: &Model) -> Result<()> {
    let stands = |row: &Model| (row.inviter, counts(row.state));
    if is_fresh(before) || (before.state, &before.why) != (row.state, &row.why) {
        metrics::counter!("referrals_moved_total", "why" => Why::of(&row.why).map_or("", Why::as_str)).increment(1);
        tx.emit(&ReferralMoved {
            member: row.inviter.unwrap_or(row.invitee),
            program: row.program_id,
            referral: row.id,
            from: before.state,
            to: row.state,
            why: row.why.clone(),
        })?;
    }
    if stands(before) == stands(row) {
        return Ok(());
    }
    // Who invited the inviter of somebody is rewarded only as long as that invitation counts.
    if history.versions.iter().any(|version| version.rules.levels > 1) {
        tx.enqueue(LookAtInvited { inviter: row.invitee, after: None })?;
    }
    // Who was there before can be invited by those whom they invited: what is above in the line may be a loop now.
    if history.versions.iter().any(|version| !version.rules.new_only) {
        tx.enqueue(Look::members([before.inviter, row.inviter].into_iter().flatten()))?;
    }
    Ok(())
}
