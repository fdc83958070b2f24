//! A table of visits: who is credited, when it counts, and what comes of it.

use chrono::TimeDelta;
use entity::{
    share::{campaign::State as CampaignState, visit::State},
    types::{MemberId, TouchId},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Standing, Why,
    log::{Campaign, Dwell, Log, Open, Purchase, Version},
    stand,
};
use crate::{infra::clock::Time, share::terms::Rules};

const ME: u128 = 1;
const PAGE: &str = "pages/goods/tea";
const OTHER: &str = "pages/goods/cup";

fn at(seconds: i64) -> Time {
    let start: Time = "2026-11-21T02:00:00Z".parse().unwrap();
    start + TimeDelta::seconds(seconds)
}

fn member(number: u128) -> MemberId {
    Uuid::from_u128(number).into()
}

fn rules(change: Value) -> Rules {
    let page = |page| json!({ "page": page, "title": "好茶" });
    let mut rules = json!({ "pages": [page(PAGE), page(OTHER)], "dwell_seconds": 10, "window_days": 7 });
    rules.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    serde_json::from_value(rules).unwrap()
}

fn campaign(change: Value) -> Campaign {
    let versions = vec![Version { number: 1, at: at(-100), rules: rules(change) }];
    let states = vec![(at(-100), CampaignState::Draft), (at(0), CampaignState::Running)];
    Campaign { starts_at: at(0), ends_at: at(60 * 86_400), states, versions }
}

fn open(sharer: u128, page: &str, seconds: i64) -> Open {
    let id: TouchId = Uuid::from_u128(u128::try_from(seconds).unwrap() + 7).into();
    Open {
        id,
        key: format!("k{sharer}"),
        page: page.to_owned(),
        at: at(seconds),
        began_at: at(seconds),
        sharer: Some(member(sharer)),
        second: None,
        own_device: false,
    }
}

fn dwell(page: &str, seconds: i64, millis: i64) -> Dwell {
    Dwell { page: page.to_owned(), at: at(seconds), millis }
}

fn log(opens: Vec<Open>, dwells: Vec<Dwell>) -> Log {
    let earned = std::collections::BTreeSet::new();
    Log { visitor: member(ME), opens, dwells, registered_at: None, purchases: Vec::new(), earned }
}

fn only(log: &Log, campaign: &Campaign, seconds: i64) -> Standing {
    let mut found = stand(log, campaign, at(seconds));
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn a_visit_counts_from_the_moment_at_which_it_was_long_enough() {
    let campaign = campaign(json!({}));
    let seen = log(vec![open(2, PAGE, 100)], vec![dwell(PAGE, 104, 4_000), dwell(OTHER, 110, 60_000)]);
    let found = only(&seen, &campaign, 200);
    assert_eq!((found.state, found.why), (State::Seen, Why::Waiting));
    assert_eq!(found.due_at, Some(at(100 + 86_400)));
    assert_eq!(found.seen, json!({ "stayed_ms": 4_000, "wanted_ms": 10_000 }));
    let late = only(&seen, &campaign, 100 + 86_400);
    assert_eq!((late.state, late.why, late.due_at), (State::Refused, Why::TooShort, None));
    let enough = Log { dwells: vec![dwell(PAGE, 130, 6_000), dwell(PAGE, 104, 4_000)], ..seen.clone() };
    let found = only(&enough, &campaign, 100 + 90_000);
    assert_eq!((found.state, found.counted_at, found.sharer), (State::Counted, Some(at(130)), Some(member(2))));
    let tomorrow = Log { dwells: vec![dwell(PAGE, 100 + 86_400, 60_000)], ..seen };
    assert_eq!(only(&tomorrow, &campaign, 200_000).why, Why::TooShort, "a day later is another visit");
    let again =
        log(vec![open(2, PAGE, 100), open(2, PAGE, 104), open(2, PAGE, 200_000)], vec![dwell(PAGE, 110, 10_000)]);
    assert_eq!(only(&again, &campaign, 200_001).counted_at, Some(at(110)), "opened again by the same link");
    let later = Log { dwells: vec![dwell(PAGE, 200_010, 10_000)], ..again };
    assert_eq!(only(&later, &campaign, 200_020).counted_at, Some(at(200_010)), "read days later");
    let at_once = log(vec![open(2, PAGE, 100)], Vec::new());
    let found = only(&at_once, &self::campaign(json!({ "dwell_seconds": 0 })), 100);
    assert_eq!((found.state, found.counted_at), (State::Counted, Some(at(100))));
}

#[test]
fn whoever_shared_first_and_was_read_is_credited_whatever_the_order_of_telling() {
    let campaign = campaign(json!({}));
    let opens = vec![open(2, PAGE, 100), open(3, PAGE, 1_000), open(4, PAGE, 5_000)];
    let dwells = vec![dwell(PAGE, 105, 5_000), dwell(PAGE, 1_020, 20_000), dwell(PAGE, 5_030, 30_000)];
    for turn in 0..3 {
        let (mut opens, mut dwells) = (opens.clone(), dwells.clone());
        opens.rotate_left(turn);
        dwells.rotate_right(turn);
        let found = only(&log(opens, dwells), &campaign, 9_000);
        assert_eq!((found.sharer, found.counted_at), (Some(member(3)), Some(at(1_020))), "the first was left at once");
    }
}

#[test]
fn what_does_not_count_says_why() {
    let long = |page: &str, seconds| vec![dwell(page, seconds, 60_000)];
    let mut paused = campaign(json!({}));
    paused.states.extend([
        (at(1_000), CampaignState::Paused),
        (at(2_000), CampaignState::Running),
        (at(3_000), CampaignState::Ended),
    ]);
    let own = Open { own_device: true, ..open(2, PAGE, 100) };
    let gone = Open { sharer: None, ..open(2, PAGE, 100) };
    let early = Open { at: at(-50), began_at: at(-50), ..open(2, PAGE, 100) };
    for (what, opened, why) in [
        ("myself", open(ME, PAGE, 100), Why::Own),
        ("the device of the sharer", own, Why::OwnDevice),
        ("a sharer who is forgotten", gone, Why::SharerGone),
        ("before it ran", early, Why::NotStarted),
        ("while it is held", open(2, PAGE, 1_500), Why::WasPaused),
        ("when it goes on", open(2, PAGE, 2_500), Why::Counts),
        ("when it is over", open(2, PAGE, 3_000), Why::Over),
        ("another page", open(2, "pages/index", 100), Why::NotNamed),
    ] {
        let dwells = long(&opened.page, 0).into_iter().map(|dwell| Dwell { at: opened.at, ..dwell }).collect();
        let found = only(&log(vec![opened], dwells), &paused, 9_000);
        assert_eq!(found.why, why, "{what}: {found:?}");
        assert_eq!(found.counts(), why == Why::Counts, "{what}");
    }
    let mut earned = log(vec![open(ME, PAGE, 100)], long(PAGE, 100));
    earned.earned.insert(PAGE.to_owned());
    assert_eq!(only(&earned, &paused, 9_000).state, State::Reversed, "what was earned meanwhile is taken back");
    assert_eq!(stand(&log(Vec::new(), long(PAGE, 100)), &paused, at(9_000)), Vec::new(), "nobody shared it");
}

#[test]
fn the_rules_of_the_moment_of_opening_decide() {
    let mut changed = campaign(json!({}));
    changed.versions.push(Version { number: 2, at: at(500), rules: rules(json!({ "dwell_seconds": 60 })) });
    let stays =
        |seconds| only(&log(vec![open(2, PAGE, seconds)], vec![dwell(PAGE, seconds + 20, 20_000)]), &changed, 9_000);
    assert_eq!((stays(100).rules, stays(100).state), (1, State::Counted));
    assert_eq!((stays(600).rules, stays(600).state), (2, State::Seen));
}

#[test]
fn registering_and_buying_are_credited_once_to_the_first_visit_from_which_they_can_have_come() {
    let campaign = campaign(json!({ "purchase_fen": 500 }));
    let opens = vec![open(2, PAGE, 100), open(3, OTHER, 1_000)];
    let dwells = vec![dwell(PAGE, 120, 20_000), dwell(OTHER, 1_020, 20_000)];
    let bought = |seconds, net| Purchase { at: at(seconds), net };
    let of = |registered: Option<i64>, purchases: Vec<Purchase>| {
        let log = Log { registered_at: registered.map(at), purchases, ..log(opens.clone(), dwells.clone()) };
        let found = stand(&log, &campaign, at(900_000));
        let brief = |page: &str| {
            let found = found.iter().find(|found| found.page == page).unwrap();
            (found.registered_at.is_some(), found.purchased_at.is_some(), found.value_fen)
        };
        (brief(PAGE), brief(OTHER))
    };
    let none = (false, false, 0);
    assert_eq!(of(None, Vec::new()), (none, none));
    assert_eq!(of(Some(99), Vec::new()), (none, none), "was there before");
    assert_eq!(of(Some(100), Vec::new()), ((true, false, 0), none), "by the visit itself");
    assert_eq!(of(Some(2_000), vec![bought(3_000, 800)]), ((true, true, 800), none));
    let week = 7 * 86_400;
    assert_eq!(of(Some(100 + week + 1), Vec::new()), (none, (true, false, 0)), "too late for the first only");
    assert_eq!(of(None, vec![bought(1_000 + week + 1, 800)]), (none, none), "too late for both");
    assert_eq!(of(None, vec![bought(3_000, 499)]), ((false, false, 499), none), "a fen too little is left of it");
    assert_eq!(of(None, vec![bought(50, 900), bought(3_000, 800)]), ((false, false, 800), none), "not their first");
    let short = Log { registered_at: Some(at(2_000)), ..log(opens.clone(), vec![dwell(OTHER, 1_020, 20_000)]) };
    let found = stand(&short, &campaign, at(900_000));
    let credited = found.iter().find(|found| found.registered_at.is_some()).unwrap();
    assert_eq!(credited.sharer, Some(member(3)), "what was not read brings nothing");
}
