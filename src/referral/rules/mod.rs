//! What an invitation is worth: a pure and total function of what is known of the invited person and of the program. It is
//! derived anew whenever something happened, so that lateness, repetition and order cannot matter.

mod attribution;
mod conditions;
pub mod log;
#[cfg(test)]
mod tests;
pub mod why;

use chrono::TimeDelta;
use entity::{
    referral::{finding::Stage, invitation::State, review::Decision},
    types::{MemberId, TouchId},
};
use serde_json::{Value, json};

use self::{
    conditions::Span,
    log::{Touch, Version},
};
pub use self::{
    log::{Log, Program},
    why::Why,
};
use crate::infra::clock::Time;

/// What an invitation is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// How far it is. Whether what it earns was given is no matter of this function: it never says `rewarded`.
    pub state: State,
    /// How it was decided.
    pub why: Why,
    /// The values that led to it.
    pub seen: Value,
    /// The version of the rules that decided.
    pub rules: i32,
    /// Whom it is credited to.
    pub inviter: Option<MemberId>,
    /// Who invited the inviter, where a second level is rewarded.
    pub second: Option<MemberId>,
    /// The code that decided.
    pub code: Option<String>,
    /// The touch that decided.
    pub touch: Option<TouchId>,
    /// When it happened.
    pub seen_at: Option<Time>,
    /// When they registered.
    pub registered_at: Option<Time>,
    /// When their phone was checked.
    pub phone_at: Option<Time>,
    /// When everything was done.
    pub qualified_at: Option<Time>,
    /// When it had held long enough.
    pub matured_at: Option<Time>,
    /// Since when it is held.
    pub held_at: Option<Time>,
    /// When it was refused or reversed.
    pub ended_at: Option<Time>,
    /// When time alone may change it.
    pub due_at: Option<Time>,
    /// What they bought since, less what came back.
    pub value_fen: i64,
    /// At which stage the guard has to look before anything can be said.
    pub wants: Option<Stage>,
}

impl Standing {
    fn ended(log: &Log, state: State, why: Why, seen: Value) -> Self {
        Self {
            state,
            why,
            seen,
            rules: 0,
            inviter: None,
            second: None,
            code: None,
            touch: None,
            seen_at: None,
            registered_at: log.registered_at,
            phone_at: log.phone_at,
            qualified_at: None,
            matured_at: None,
            held_at: None,
            ended_at: None,
            due_at: None,
            value_fen: 0,
            wants: None,
        }
    }

    /// Of somebody who touched no code any more: what they had was somebody else's doing.
    pub(super) fn nothing(log: &Log, rules: i32) -> Self {
        let state = if log.earned { State::Reversed } else { State::Refused };
        Self { rules, ..Self::ended(log, state, Why::NoTouch, json!({})) }
    }

    fn refused(log: &Log, version: &Version, why: Why, seen: Value) -> Self {
        let state = if log.earned { State::Reversed } else { State::Refused };
        Self { rules: version.number, ..Self::ended(log, state, why, seen) }
    }

    fn end(self, state: State, why: Why, at: Option<Time>) -> Self {
        Self { state, why, ended_at: at, held_at: None, due_at: None, wants: None, ..self }
    }

    /// Whether it counts for its inviter.
    pub fn counts(&self) -> bool {
        self.state == State::Matured
    }
}

/// What the invitation of one person is worth at a moment; none when they touched no code of the program.
pub fn stand(log: &Log, program: &Program, now: Time) -> Option<Standing> {
    let first = log.touches.iter().map(|touch| touch.at).min()?;
    // The rules that were in force when they registered; who was there before registers by the touch.
    let version = program.version_at(log.registered_at.map_or(now, |at| at.max(first)))?;
    let rules = &version.rules;
    if rules.new_only && !attribution::is_new(log) {
        let seen = json!({ "known_since": log.known_since, "first_touch": first });
        return Some(Standing::refused(log, version, Why::NotNew, seen));
    }
    let touch = match attribution::decide(log, program, rules, now) {
        Ok(touch) => touch,
        Err(why) => {
            let seen = json!({ "touches": log.touches.len(), "registered_at": log.registered_at });
            return Some(Standing::refused(log, version, why, seen));
        }
    };
    Some(follow(log, program, version, touch, now))
}

/// How far the invitation of a touch is that decides.
fn follow(log: &Log, program: &Program, version: &Version, touch: &Touch, now: Time) -> Standing {
    let rules = &version.rules;
    let window = TimeDelta::days(rules.window_days.into());
    let joined = attribution::joined_at(log, rules, touch).filter(|joined| *joined <= now);
    let after = log.purchases.iter().filter(|purchase| purchase.at >= touch.began_at);
    let base = Standing {
        state: State::Seen,
        why: Why::Waiting,
        seen: json!({ "touch_at": touch.at, "window_days": rules.window_days }),
        rules: version.number,
        inviter: touch.inviter,
        second: touch.second.filter(|second| rules.levels > 1 && *second != log.invitee),
        code: Some(touch.code.clone()),
        touch: Some(touch.id),
        seen_at: Some(touch.at),
        registered_at: joined,
        phone_at: log.phone_at.filter(|at| *at <= now),
        qualified_at: None,
        matured_at: None,
        held_at: None,
        ended_at: None,
        due_at: Some(touch.at + window + TimeDelta::milliseconds(1)),
        value_fen: after.map(log::Purchase::net).fold(0, i64::saturating_add),
        wants: None,
    };
    let Some(joined) = joined else { return base };
    let spans = conditions::all(log, rules, touch, joined);
    let standing = ripen(base, rules.mature_days, &spans, now);
    let banned = touch.inviter.and_then(|inviter| program.banned_since(inviter));
    if let Some(since) = banned
        && standing.matured_at.is_none_or(|matured| since < matured)
    {
        let reversed = standing.qualified_at.is_some() || log.earned;
        let state = if reversed { State::Reversed } else { State::Refused };
        return Standing { seen: json!({ "banned_at": since }), ..standing.end(state, Why::Banned, Some(since)) };
    }
    if let Some(at) = conditions::left_early(log, rules, touch).filter(|at| *at <= now) {
        let seen = json!({ "left_at": at, "leave_days": rules.leave_days });
        return Standing { seen, ..standing.end(State::Reversed, Why::LeftEarly, Some(at)) };
    }
    if let (Some(_), Some(fen)) = (standing.matured_at, rules.qualification.purchase_fen) {
        let spans = conditions::bought(log, touch, fen);
        if !spans.iter().any(|span| span.has(now)) {
            let at = spans.iter().rev().find_map(|span| span.until.filter(|until| *until <= now));
            let seen = json!({ "refunded_at": at, "purchase_fen": fen });
            return Standing { seen, ..standing.end(State::Reversed, Why::Refunded, at) };
        }
    }
    judge(log, program, touch, standing)
}

/// How long everything has been done without a break.
fn ripen(base: Standing, days: u16, spans: &[Span], now: Time) -> Standing {
    let days = TimeDelta::days(days.into());
    let held = |span: &&Span| span.from + days <= now && span.until.is_none_or(|until| span.from + days <= until);
    let (state, why) = match base.phone_at {
        Some(_) => (State::PhoneVerified, Why::Incomplete),
        None => (State::Registered, Why::Incomplete),
    };
    let base = Standing { state, why, ..base };
    if let Some(span) = spans.iter().find(held) {
        let (qualified_at, matured_at) = (Some(span.from), Some(span.from + days));
        let seen = json!({ "qualified_at": qualified_at, "matured_at": matured_at });
        let (state, why) = (State::Matured, Why::Counts);
        return Standing { state, why, seen, qualified_at, matured_at, due_at: None, ..base };
    }
    if let Some(span) = spans.iter().find(|span| span.has(now)) {
        let matures = span.from + days;
        let seen = json!({ "qualified_at": span.from, "matures_at": matures });
        let (qualified_at, due_at) = (Some(span.from), Some(matures));
        return Standing { state: State::Qualified, why: Why::Maturing, seen, qualified_at, due_at, ..base };
    }
    let next = spans.iter().map(|span| span.from).filter(|from| *from > now).min();
    Standing { due_at: next, ..base }
}

/// What the guard and staff say of an invitation that is qualified.
fn judge(log: &Log, program: &Program, touch: &Touch, standing: Standing) -> Standing {
    let last = log.reviews.last();
    if let Some(review) = last.filter(|review| review.decision == Decision::Reject) {
        return standing.end(State::Reversed, Why::Rejected, Some(review.at));
    }
    let (Some(inviter), Some(_)) = (touch.inviter, standing.qualified_at) else { return standing };
    let looked = |stage| log.checks.iter().any(|check| check.stage == stage && check.inviter == inviter);
    if !looked(Stage::Qualified) {
        return Standing { wants: Some(Stage::Qualified), ..standing };
    }
    if standing.matured_at.is_some() && !looked(Stage::Matured) {
        return Standing { wants: Some(Stage::Matured), ..standing };
    }
    if program.latest().is_some_and(|version| version.rules.trusted.contains(&inviter)) {
        return standing;
    }
    let released = |at: Time| last.is_some_and(|review| review.at >= at);
    let holding = log.findings.iter().filter(|found| found.holds && found.inviter == inviter && !released(found.at));
    let Some(since) = holding.clone().map(|found| found.at).min() else { return standing };
    let mut rules: Vec<&str> = holding.map(|found| found.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let seen = json!({ "rules": rules, "since": since });
    Standing { state: State::Held, why: Why::Guard, seen, held_at: Some(since), ..standing }
}
