//! Whose invitation it was: cause before effect, then a window, then the first or the last.

use chrono::TimeDelta;
use entity::referral::program::State;

use super::{
    log::{Log, Program, Touch},
    why::Why,
};
use crate::{
    infra::clock::Time,
    referral::terms::{Attribution, Rules},
};

/// Since when they count as registered by a touch.
pub(super) fn joined_at(log: &Log, rules: &Rules, touch: &Touch) -> Option<Time> {
    match log.registered_at {
        // Who was there before is invited back by the touch itself.
        Some(at) if !rules.new_only && at < touch.began_at => Some(touch.at),
        at => at,
    }
}

/// Whether nothing was known of them before their first touch.
pub(super) fn is_new(log: &Log) -> bool {
    let first = log.touches.iter().map(|touch| touch.began_at).min();
    match (first, log.known_since) {
        (Some(first), Some(known)) => known >= first,
        _ => true,
    }
}

/// Why a touch does not count, if it does not.
pub(super) fn against(log: &Log, program: &Program, rules: &Rules, touch: &Touch, now: Time) -> Option<Why> {
    match touch.inviter {
        // What was given for it already stays given.
        None if log.kept.as_ref() == Some(&touch.code) => {}
        None => return Some(Why::InviterGone),
        Some(inviter) if inviter == log.invitee => return Some(Why::SelfInvited),
        Some(inviter) if program.banned_since(inviter).is_some_and(|since| since <= touch.at) => {
            return Some(Why::Banned);
        }
        Some(_) => {}
    }
    match program.state_at(touch.at) {
        State::Draft => return Some(Why::NotStarted),
        State::Paused => return Some(Why::WasPaused),
        State::Ended => return Some(Why::Over),
        State::Running if touch.at < program.starts_at => return Some(Why::NotStarted),
        State::Running if touch.at >= program.ends_at => return Some(Why::Over),
        State::Running => {}
    }
    if touch.line.contains(&log.invitee) {
        return Some(Why::Loop);
    }
    let window = TimeDelta::days(rules.window_days.into());
    let grace = TimeDelta::minutes(rules.grace_minutes.into());
    match joined_at(log, rules, touch) {
        Some(joined) if touch.began_at > joined || touch.at - joined > grace => Some(Why::TooLate),
        Some(joined) if joined - touch.at > window => Some(Why::TooLate),
        None if now - touch.at > window => Some(Why::TooLate),
        _ => None,
    }
}

/// The touch that decides, or why none does. There must be touches.
pub(super) fn decide<'a>(log: &'a Log, program: &Program, rules: &Rules, now: Time) -> Result<&'a Touch, Why> {
    let mut touches: Vec<&Touch> = log.touches.iter().collect();
    touches.sort_by_key(|touch| (touch.at, touch.id));
    if rules.attribution == Attribution::Last {
        touches.reverse();
    }
    let mut first = None;
    for touch in touches {
        match against(log, program, rules, touch, now) {
            None => return Ok(touch),
            Some(why) => drop(first.get_or_insert(why)),
        }
    }
    Err(first.unwrap_or(Why::Waiting))
}
