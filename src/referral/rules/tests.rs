//! The rules as tables: what is known of one person, and what it is worth.

use chrono::TimeDelta;
use entity::{
    referral::{finding::Stage, invitation::State, program::State as ProgramState, review::Decision},
    types::{MemberId, TouchId},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Log, Program, Standing, Why,
    log::{Check, Finding, Follow, Purchase, Review, Touch, Version},
    stand,
};
use crate::{infra::clock::Time, referral::terms::Rules};

const ME: u128 = 1;

fn member(number: u128) -> MemberId {
    Uuid::from_u128(number).into()
}

/// So many hours after the program began.
fn at(hours: i64) -> Time {
    let start: Time = "2026-11-01T00:00:00Z".parse().unwrap();
    start + TimeDelta::hours(hours)
}

const DAY: i64 = 24;

fn rules(change: serde_json::Value) -> Rules {
    let mut rules = json!({ "attribution": "first", "window_days": 7, "leave_days": 3 });
    rules.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    serde_json::from_value(rules).unwrap()
}

fn program(change: serde_json::Value) -> Program {
    Program {
        starts_at: at(0),
        ends_at: at(60 * DAY),
        states: vec![(at(-1), ProgramState::Draft), (at(0), ProgramState::Running)],
        versions: vec![Version { number: 1, at: at(-1), rules: rules(change) }],
    }
}

fn touch(inviter: u128, hours: i64) -> Touch {
    Touch {
        id: TouchId::from(Uuid::from_u128(inviter * 10_000 + u128::try_from(hours.max(0)).unwrap())),
        code: format!("code{inviter}"),
        at: at(hours),
        began_at: at(hours),
        inviter: Some(member(inviter)),
        line: Vec::new(),
        second: None,
    }
}

/// Somebody who touched codes and registered at these hours.
fn log(touches: Vec<Touch>, registered: Option<i64>) -> Log {
    let first = touches.iter().map(|touch| touch.at).min();
    Log {
        invitee: member(ME),
        known_since: first.into_iter().chain(registered.map(at)).min(),
        registered_at: registered.map(at),
        phone_at: None,
        follows: Vec::new(),
        purchases: Vec::new(),
        touches,
        checks: Vec::new(),
        findings: Vec::new(),
        reviews: Vec::new(),
        earned: false,
        kept: None,
    }
}

/// The same, looked at by the guard for this inviter.
fn looked_at(log: Log, inviter: u128) -> Log {
    let check = |stage| Check { stage, inviter: member(inviter), at: at(0) };
    Log { checks: vec![check(Stage::Qualified), check(Stage::Matured)], ..log }
}

fn follow(hours: i64, follows: bool) -> Follow {
    Follow { account: "brand".parse().unwrap(), at: at(hours), follows }
}

fn known(log: &Log, program: &Program, hours: i64) -> Standing {
    stand(log, program, at(hours)).unwrap()
}

type Case = (&'static str, serde_json::Value, Vec<Touch>, Option<i64>, Result<u128, Why>);

#[test]
fn whose_invitation_it_was() {
    let (first, last) = (json!({}), json!({ "attribution": "last" }));
    let itself = Touch { inviter: Some(member(ME)), ..touch(9, 3) };
    let gone = Touch { inviter: None, ..touch(9, 3) };
    let loops = Touch { line: vec![member(7), member(ME)], ..touch(9, 3) };
    let in_one_visit = Touch { began_at: at(5), at: at(5) + TimeDelta::minutes(29), ..touch(9, 0) };
    let long_after = Touch { began_at: at(5), at: at(5) + TimeDelta::minutes(31), ..touch(9, 0) };
    let banned = json!({ "banned": [member(2)] });
    let cases: Vec<Case> = vec![
        ("the first of two", first.clone(), vec![touch(2, 1), touch(3, 2)], Some(5), Ok(2)),
        ("the last of two", last.clone(), vec![touch(2, 1), touch(3, 2)], Some(5), Ok(3)),
        ("whatever order they come in", first.clone(), vec![touch(3, 2), touch(2, 1)], Some(5), Ok(2)),
        ("nobody registered yet", first.clone(), vec![touch(2, 1)], None, Ok(2)),
        ("at the very moment", first.clone(), vec![touch(2, 5)], Some(5), Ok(2)),
        ("cause before effect", last.clone(), vec![touch(2, 1), touch(3, 6)], Some(5), Ok(2)),
        ("the last hour of the window", first.clone(), vec![touch(2, 1)], Some(1 + 7 * DAY), Ok(2)),
        ("an hour too late", first.clone(), vec![touch(2, 0)], Some(1 + 7 * DAY), Err(Why::TooLate)),
        ("the first too late, the second not", first.clone(), vec![touch(2, 0), touch(3, 9)], Some(1 + 7 * DAY), Ok(3)),
        ("told within the visit that registered", first.clone(), vec![in_one_visit], Some(5), Ok(9)),
        ("told long after", first.clone(), vec![long_after], Some(5), Err(Why::TooLate)),
        ("oneself", first.clone(), vec![itself.clone()], Some(5), Err(Why::SelfInvited)),
        ("oneself and a friend", first.clone(), vec![itself, touch(3, 4)], Some(5), Ok(3)),
        ("in a circle", first.clone(), vec![loops.clone()], Some(5), Err(Why::Loop)),
        ("in a circle and otherwise", last.clone(), vec![touch(2, 1), loops], Some(5), Ok(2)),
        ("by somebody who is gone", first.clone(), vec![gone], Some(5), Err(Why::InviterGone)),
        ("by somebody banned", banned.clone(), vec![touch(2, 1)], Some(5), Err(Why::Banned)),
        ("by somebody banned and somebody else", banned, vec![touch(2, 1), touch(3, 2)], Some(5), Ok(3)),
        ("before the start", first.clone(), vec![touch(2, -1)], Some(5), Err(Why::NotStarted)),
        ("at the start", first.clone(), vec![touch(2, 0)], Some(5), Ok(2)),
        ("after the end", first.clone(), vec![touch(2, 60 * DAY)], Some(60 * DAY + 1), Err(Why::Over)),
        ("just before the end", first, vec![touch(2, 60 * DAY - 1)], Some(60 * DAY), Ok(2)),
    ];
    for (what, change, touches, registered, expected) in cases {
        let found = known(&log(touches, registered), &program(change), 60 * DAY + 2);
        let now = registered.map_or(6, |hours| hours + 1);
        let found =
            if registered.is_none() { known(&log(vec![touch(2, 1)], None), &program(json!({})), now) } else { found };
        match expected {
            Ok(inviter) => assert_eq!(found.inviter, Some(member(inviter)), "{what}: {found:?}"),
            Err(why) => {
                assert_eq!((found.state, found.why, found.inviter), (State::Refused, why, None), "{what}");
            }
        }
    }
}

#[test]
fn the_order_in_which_touches_are_told_changes_nothing() {
    let touches: Vec<Touch> = (0..6).map(|hours| touch(u128::try_from(hours % 3 + 2).unwrap(), hours)).collect();
    for change in [json!({}), json!({ "attribution": "last" })] {
        let expected = known(&log(touches.clone(), Some(5)), &program(change.clone()), 9);
        for turn in 0..6 {
            let mut turned = touches.clone();
            turned.rotate_left(turn);
            assert_eq!(known(&log(turned, Some(5)), &program(change.clone()), 9), expected);
        }
    }
}

#[test]
fn only_new_people_count_unless_the_rules_say_otherwise() {
    let before = Log { known_since: Some(at(0)), ..log(vec![touch(2, 1)], Some(5)) };
    let found = known(&before, &program(json!({})), 9);
    assert_eq!((found.state, found.why), (State::Refused, Why::NotNew));
    let given = known(&Log { earned: true, ..before.clone() }, &program(json!({})), 9);
    assert_eq!(given.state, State::Reversed, "what was earned meanwhile is taken back");
    let visited = Log { known_since: Some(at(1)), ..log(vec![touch(2, 1), touch(3, 4)], Some(5)) };
    let found = known(&visited, &program(json!({ "attribution": "last" })), 9);
    assert_eq!(found.inviter, Some(member(3)), "an earlier touch makes nobody known");
    let back = Log { registered_at: Some(at(-900)), known_since: Some(at(-900)), ..log(vec![touch(2, 1)], None) };
    let found = known(&back, &program(json!({ "new_only": false })), 9);
    assert_eq!((found.inviter, found.registered_at), (Some(member(2)), Some(at(1))), "invited back by the touch");
}

#[test]
fn a_scan_in_the_second_in_which_a_program_was_started_came_after_that() {
    let mut started = program(json!({}));
    started.states = vec![(at(-1), ProgramState::Draft), (at(1) + TimeDelta::milliseconds(700), ProgramState::Running)];
    let before = Touch { at: at(1) - TimeDelta::seconds(1), ..touch(2, 0) };
    for (touch, expected) in [(touch(2, 1), Some(member(2))), (before, None)] {
        assert_eq!(known(&log(vec![touch], Some(5)), &started, 9).inviter, expected);
    }
}

#[test]
fn paused_times_count_nothing_and_bans_hold_for_what_is_not_mature() {
    let mut paused = program(json!({}));
    paused.states.extend([
        (at(10), ProgramState::Paused),
        (at(20), ProgramState::Running),
        (at(30), ProgramState::Ended),
    ]);
    for (hours, expected) in [
        (9, Ok(())),
        (10, Err(Why::WasPaused)),
        (19, Err(Why::WasPaused)),
        (20, Ok(())),
        (29, Ok(())),
        (30, Err(Why::Over)),
    ] {
        let found = known(&log(vec![touch(2, hours)], Some(hours + 1)), &paused, 50);
        assert_eq!(if found.inviter.is_some() { Ok(()) } else { Err(found.why) }, expected, "{hours}");
    }
    let mut banning = program(json!({ "mature_days": 2 }));
    let ban = |number, hours: i64, change| Version { number, at: at(hours), rules: rules(change) };
    banning.versions.push(ban(2, 3 * DAY, json!({ "mature_days": 2, "banned": [member(2)] })));
    banning.versions.push(ban(3, 4 * DAY, json!({ "mature_days": 2, "banned": [member(2), member(4)] })));
    let mature = looked_at(log(vec![touch(2, 1)], Some(2)), 2);
    assert_eq!(known(&mature, &banning, 9 * DAY).state, State::Matured, "what was mature before the ban stays");
    let late = looked_at(log(vec![touch(2, 40)], Some(41)), 2);
    let found = known(&late, &banning, 9 * DAY);
    assert_eq!((found.state, found.why, found.ended_at), (State::Reversed, Why::Banned, Some(at(3 * DAY))));
    banning.versions.push(ban(4, 5 * DAY, json!({ "mature_days": 2, "banned": [] })));
    assert_eq!(known(&late, &banning, 9 * DAY).state, State::Matured, "a ban that is lifted never was");
}

#[test]
fn the_rules_of_the_day_of_registering_decide() {
    let mut changed = program(json!({ "mature_days": 1 }));
    changed.versions.push(Version { number: 2, at: at(10), rules: rules(json!({ "mature_days": 9 })) });
    let early = looked_at(log(vec![touch(2, 8)], Some(9)), 2);
    let late = looked_at(log(vec![touch(2, 8)], Some(11)), 2);
    let now = 11 + 2 * DAY;
    assert_eq!((known(&early, &changed, now).rules, known(&early, &changed, now).state), (1, State::Matured));
    assert_eq!((known(&late, &changed, now).rules, known(&late, &changed, now).state), (2, State::Qualified));
}

#[test]
fn it_goes_from_state_to_state_as_things_are_done() {
    let wanted = json!({
        "mature_days": 2,
        "qualification": { "follow": "brand", "phone": true, "purchase_fen": 5_000, "stayed_days": 1 },
    });
    let program = program(wanted);
    let mut log = looked_at(log(vec![touch(2, 1)], None), 2);
    let look = |log: &Log, hours| {
        let found = known(log, &program, hours);
        (found.state, found.due_at)
    };
    assert_eq!(look(&log, 2), (State::Seen, Some(at(1 + 7 * DAY) + TimeDelta::milliseconds(1))));
    assert_eq!(known(&log, &program, 2 + 7 * DAY).why, Why::TooLate, "who never registers is too late");
    log.registered_at = Some(at(3));
    log.follows.push(follow(3, true));
    assert_eq!(look(&log, 4), (State::Registered, None));
    log.phone_at = Some(at(4));
    assert_eq!(look(&log, 5), (State::PhoneVerified, None));
    log.purchases.push(Purchase { at: at(5), fen: 4_999, refunds: Vec::new() });
    assert_eq!(look(&log, 6), (State::PhoneVerified, None), "a fen too little");
    log.purchases.push(Purchase { at: at(6), fen: 5_000, refunds: Vec::new() });
    assert_eq!(look(&log, 7), (State::PhoneVerified, Some(at(3 + DAY))), "stays until tomorrow");
    assert_eq!(look(&log, 3 + DAY), (State::Qualified, Some(at(3 + 3 * DAY))));
    let found = known(&log, &program, 3 + 3 * DAY);
    assert_eq!((found.state, found.qualified_at, found.value_fen), (State::Matured, Some(at(3 + DAY)), 9_999));
    assert!(found.counts() && found.due_at.is_none());
    log.purchases[1].refunds.push((at(9 * DAY), 1));
    assert_eq!(look(&log, 8 * DAY), (State::Matured, None), "not yet");
    let found = known(&log, &program, 9 * DAY);
    assert_eq!((found.state, found.why, found.value_fen), (State::Reversed, Why::Refunded, 9_998));
    log.purchases.push(Purchase { at: at(10 * DAY), fen: 6_000, refunds: Vec::new() });
    assert_eq!(look(&log, 10 * DAY).0, State::Matured, "bought again");
}

#[test]
fn leaving_soon_ends_it_for_good_and_leaving_later_begins_the_wait_anew() {
    let wanted = json!({ "mature_days": 5, "qualification": { "follow": "brand" } });
    let program = program(wanted);
    let mut log = looked_at(log(vec![touch(2, 1)], Some(1)), 2);
    log.follows = vec![follow(1, true), follow(3 * DAY, false), follow(4 * DAY, true)];
    let found = known(&log, &program, 20 * DAY);
    assert_eq!((found.state, found.why, found.ended_at), (State::Reversed, Why::LeftEarly, Some(at(3 * DAY))));
    log.follows = vec![follow(1, true), follow(1 + 3 * DAY, false)];
    assert_eq!(known(&log, &program, 20 * DAY).state, State::Registered, "just after the days for leaving");
    log.follows.push(follow(10 * DAY, true));
    let found = known(&log, &program, 11 * DAY);
    assert_eq!((found.state, found.qualified_at), (State::Qualified, Some(at(10 * DAY))));
    assert_eq!(known(&log, &program, 15 * DAY).state, State::Matured);
    log.follows.push(follow(16 * DAY, false));
    assert_eq!(known(&log, &program, 17 * DAY).state, State::Matured, "what has matured stays");
}

#[test]
fn what_is_found_holds_until_staff_have_looked() {
    let mut log = log(vec![touch(2, 1)], Some(1));
    let mut program = program(json!({ "mature_days": 1 }));
    assert_eq!(known(&log, &program, 2).wants, Some(Stage::Qualified), "the guard looks first");
    log.checks.push(Check { stage: Stage::Qualified, inviter: member(2), at: at(2) });
    assert_eq!(known(&log, &program, 3).wants, None);
    assert_eq!(known(&log, &program, 2 * DAY).wants, Some(Stage::Matured), "and again");
    log.checks.push(Check { stage: Stage::Matured, inviter: member(2), at: at(2 * DAY) });
    let finding =
        |inviter, holds| Finding { rule: "ring".to_owned(), inviter: member(inviter), holds, at: at(2 * DAY) };
    log.findings = vec![finding(2, false), finding(3, true)];
    assert_eq!(known(&log, &program, 3 * DAY).state, State::Matured, "to be known only, or of another inviter");
    log.findings.push(finding(2, true));
    let held = known(&log, &program, 3 * DAY);
    assert_eq!((held.state, held.why, held.held_at), (State::Held, Why::Guard, Some(at(2 * DAY))));
    assert_eq!(held.seen["rules"], json!(["ring"]));
    program.versions.push(Version { number: 2, at: at(3 * DAY), rules: rules(json!({ "trusted": [member(2)] })) });
    assert_eq!(known(&log, &program, 3 * DAY).state, State::Matured, "whom staff trust is not held");
    program.versions.pop();
    for (decision, hours, state) in [
        (Decision::Release, 3 * DAY, State::Matured),
        (Decision::Reject, 4 * DAY, State::Reversed),
        (Decision::Release, 5 * DAY, State::Matured),
    ] {
        log.reviews.push(Review { decision, at: at(hours) });
        assert_eq!(known(&log, &program, hours).state, state, "{decision:?}");
    }
    log.findings.push(Finding { at: at(6 * DAY), ..finding(2, true) });
    assert_eq!(known(&log, &program, 6 * DAY).state, State::Held, "something new was found");
}

#[test]
fn two_levels_at_most_are_rewarded() {
    let above = Touch { second: Some(member(5)), line: vec![member(5), member(6)], ..touch(2, 1) };
    let one = known(&log(vec![above.clone()], Some(1)), &program(json!({})), 2);
    let two = known(&log(vec![above.clone()], Some(1)), &program(json!({ "levels": 2 })), 2);
    assert_eq!((one.second, two.second), (None, Some(member(5))));
    let mut circle = above;
    circle.second = Some(member(ME));
    circle.line.clear();
    assert_eq!(known(&log(vec![circle], Some(1)), &program(json!({ "levels": 2 })), 2).second, None);
    let garde = |rules: Rules| garde::Validate::validate(&rules).is_ok();
    assert!(
        garde(rules(json!({ "levels": 2 })))
            && !garde(rules(json!({ "levels": 3 })))
            && !garde(rules(json!({ "levels": 0 })))
    );
}

#[test]
fn who_touched_nothing_has_no_invitation() {
    assert_eq!(stand(&log(Vec::new(), Some(1)), &program(json!({})), at(2)), None);
}
