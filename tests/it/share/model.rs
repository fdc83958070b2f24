//! Visits, stays, purchases and refunds told in any order: everybody has what a plain re-computation says.

use std::{cell::Cell, collections::BTreeMap};

use chrono::{NaiveDate, TimeDelta};
use entity::types::MemberId;
use huilian::{
    infra::{calendar::day_of, clock::Time, db::Tx},
    orders,
    tracking::{
        behaviours::{self, Behaviour},
        origin::Origin,
    },
};
use proptest::{
    prelude::{Strategy, any, prop},
    test_runner::{Config, TestRunner},
};
use serde_json::json;

use super::{PAGE, came, has, link_of, running};
use crate::{referral::registered, support::TestApp};

const SHARERS: usize = 2;
const PEOPLE: usize = 6;
/// For how many visitors somebody gets points in a day.
const MOST: usize = 2;

#[derive(Clone, Debug)]
enum Fact {
    /// Who opens whose link, so many minutes after the start.
    Open(usize, usize, i64),
    /// Who stays for so many seconds, when.
    Stay(usize, i64, i64),
    /// Who buys for so much, when; whether it comes back.
    Buy(usize, i64, i64, bool),
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let (who, minute) = (0..PEOPLE, 1..4_000_i64);
    let open = (who.clone(), 0..SHARERS, minute.clone()).prop_map(|(who, sharer, at)| Fact::Open(who, sharer, at));
    let stay = (who.clone(), minute.clone(), 1..15_i64).prop_map(|(who, at, seconds)| Fact::Stay(who, at, seconds));
    let buy = (who, minute, any::<bool>(), any::<bool>())
        .prop_map(|(who, at, large, back)| Fact::Buy(who, at, if large { 900 } else { 300 }, back));
    // Who opens something stays for a while in most cases.
    let read =
        (0..PEOPLE, 0..SHARERS, 1..4_000_i64, 1..30_i64, 5..40_i64).prop_map(|(who, sharer, at, after, seconds)| {
            vec![Fact::Open(who, sharer, at), Fact::Stay(who, at + after, seconds)]
        });
    let any = proptest::prop_oneof![
        4 => read,
        1 => open.prop_map(|fact| vec![fact]),
        1 => stay.prop_map(|fact| vec![fact]),
        2 => buy.prop_map(|fact| vec![fact]),
    ];
    prop::collection::vec(any, 5..16).prop_map(|facts| facts.concat()).prop_shuffle()
}

/// When something happens, in seconds after the start; no two links are opened at the same moment.
fn second(minute: i64, sharer: usize) -> i64 {
    minute * 60 + i64::try_from(sharer).expect("few")
}

/// What a plain look at all of it says: the points of the sharers.
fn plain(facts: &[Fact], start: Time) -> [i64; SHARERS] {
    let at = |second: i64| start + TimeDelta::seconds(second);
    let mut counted: Vec<(usize, Time)> = Vec::new();
    let mut bought: Vec<(usize, Time)> = Vec::new();
    for visitor in 0..PEOPLE {
        let mut opens: Vec<(i64, usize)> = Vec::new();
        let mut stays: Vec<(i64, i64)> = Vec::new();
        let mut purchases: Vec<(i64, i64)> = Vec::new();
        for fact in facts {
            match fact {
                Fact::Open(who, sharer, minute) if *who == visitor && *sharer != visitor => {
                    opens.push((second(*minute, *sharer), *sharer));
                }
                Fact::Stay(who, minute, seconds) if *who == visitor => stays.push((second(*minute, 0), *seconds)),
                Fact::Buy(who, minute, fen, back) if *who == visitor => {
                    purchases.push((second(*minute, 0), if *back { 0 } else { *fen }));
                }
                _ => {}
            }
        }
        opens.sort_unstable();
        stays.sort_unstable();
        let found = opens.iter().enumerate().find_map(|(place, (opened, sharer))| {
            let other = opens.iter().skip(place + 1).find(|(_, other)| other != sharer);
            let end = other.map_or(i64::MAX, |(next, _)| *next).min(opened + 86_400);
            let begins = if place == 0 { opened - 60 } else { *opened };
            let mut sum = 0;
            let mut within = stays.iter().filter(|(at, _)| (begins..end).contains(at));
            let reached = within.find(|(_, seconds)| {
                sum += seconds;
                sum >= 10
            });
            reached.map(|(at, _)| (*sharer, *opened, (*at).max(*opened)))
        });
        let Some((sharer, opened, read)) = found else { continue };
        counted.push((sharer, at(read)));
        let first = purchases.iter().min_by_key(|(paid, _)| *paid);
        if let Some((paid, _)) = first.filter(|(paid, net)| *net >= 500 && *paid >= opened) {
            bought.push((sharer, at(*paid)));
        }
    }
    let mut points = [0; SHARERS];
    for (facts, each) in [(counted, 10), (bought, 200)] {
        let mut days: BTreeMap<(usize, NaiveDate), usize> = BTreeMap::new();
        facts.into_iter().for_each(|(sharer, at)| *days.entry((sharer, day_of(at))).or_default() += 1);
        for ((sharer, _), count) in days {
            points[sharer] += each * i64::try_from(count.min(MOST)).expect("few");
        }
    }
    points
}

async fn tell(
    app: &TestApp,
    base: u32,
    start: Time,
    keys: &[String],
    members: &[MemberId],
    number: usize,
    fact: &Fact,
) {
    let who = |person: usize| base + u32::try_from(person).expect("few");
    let at = |minute: i64| start + TimeDelta::minutes(minute);
    match fact {
        Fact::Open(visitor, sharer, minute) => {
            let at = start + TimeDelta::seconds(second(*minute, *sharer));
            came(app, who(*visitor), &keys[*sharer], at, Origin::default()).await;
        }
        Fact::Stay(visitor, minute, seconds) => {
            let (account, open_id) = ("shop".parse().expect("an account"), format!("oPerson{:021}", who(*visitor)));
            let event = json!({ "id": number.to_string(), "kind": "dwell", "page": PAGE, "millis": seconds * 1000, "at": at(*minute) });
            let event: Behaviour = serde_json::from_value(event).expect("an event");
            let open_id = open_id.parse().expect("an OpenID");
            let told = async |tx: &Tx| behaviours::record(tx, &account, &open_id, vec![event.clone()]).await;
            app.app.db.tx(told).await.expect("a stay");
        }
        Fact::Buy(visitor, minute, fen, back) => {
            let bought = orders::Paid {
                source: "pos".to_owned(),
                number: format!("{base}-{number}"),
                member: members[*visitor],
                amount: (*fen).try_into().expect("fen"),
                at: at(*minute),
            };
            let refund = orders::Refunded {
                source: "pos".to_owned(),
                order: bought.number.clone(),
                number: format!("{}-back", bought.number),
                amount: bought.amount,
                at: at(*minute + 1),
            };
            app.app.db.tx(async |tx: &Tx| orders::paid(tx, &bought).await).await.expect("a purchase");
            if *back {
                app.app.db.tx(async |tx: &Tx| orders::refunded(tx, &refund).await).await.expect("a refund");
            }
        }
    }
}

async fn play(app: &TestApp, base: u32, pause: usize, facts: &[Fact]) {
    let per_day = json!({ "visit": MOST, "registered": MOST, "purchase": MOST });
    running(app, json!({ "purchase_fen": 500, "per_day": per_day })).await;
    let start = app.clock.now();
    let (mut keys, mut members) = (Vec::new(), Vec::new());
    for number in (base..).take(PEOPLE) {
        members.push(registered(app, number, start).await);
    }
    for sharer in &members[..SHARERS] {
        keys.push(link_of(app, *sharer, PAGE).await);
    }
    app.advance(TimeDelta::minutes(4_100));
    for (number, fact) in facts.iter().enumerate() {
        tell(app, base, start, &keys, &members, number, fact).await;
        if number % pause == 0 {
            app.run_jobs().await;
        }
    }
    // Everybody is looked at once more: visits of whom nothing else was told.
    let look = huilian::share::jobs::Look::members(members.clone());
    app.app.db.tx(async |tx: &Tx| tx.enqueue(look.clone())).await.expect("a look");
    app.run_jobs().await;
    let expected = plain(facts, start);
    for (sharer, points) in expected.into_iter().enumerate() {
        assert_eq!(has(app, members[sharer]).await, points, "{sharer} of {facts:#?}");
    }
}

#[test]
fn any_order_gives_what_a_plain_re_computation_gives() {
    let system = actix_web::rt::System::new();
    let app = system.block_on(TestApp::start(|settings| settings.leave_jobs = true));
    let (base, earned) = (Cell::new(1_000), Cell::new(0));
    let mut runner = TestRunner::new(Config { cases: 54, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&(facts(), 1..4_usize), |(facts, pause)| {
        base.set(base.get() + 100);
        system.block_on(async {
            super::end_all(&app).await;
            play(&app, base.get(), pause, &facts).await;
        });
        earned.set(earned.get() + plain(&facts, app.clock.now()).iter().sum::<i64>());
        Ok(())
    });
    system.block_on(app.finish());
    checked.expect("what was given is what was earned");
    // Some 2,500, as a rule.
    assert!(earned.get() >= 500, "only {} points were earned: nothing was shown", earned.get());
}
