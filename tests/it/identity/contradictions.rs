//! Whatever nonsense is shown: provably different people are never one member, and staff hear of every contradiction.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    identity::{
        conflict,
        identity::{self, Kind, Source, Strength},
        member, merge as merges,
    },
    types::MemberId,
};
use futures_util::future::join_all;
use huilian::{
    identity::{Outcome, current, resolve},
    infra::db::Tx,
};
use proptest::{
    prelude::{Strategy, any, prop},
    prop_assert, prop_assert_eq,
    test_runner::{Config, TestCaseError, TestRunner},
};
use sea_orm::EntityTrait;

use super::people::{
    Shows::{self, Card, OpenId, Phone, UnionId},
    claims, holder,
};
use crate::support::TestApp;

type Showing = (Source, Vec<Shows>);

fn showings() -> impl Strategy<Value = (Vec<Showing>, bool)> {
    let value = prop_oneof_all();
    let source = prop::sample::select(vec![Source::MiniLogin, Source::MiniLogin, Source::Staff, Source::Import]);
    let one = (source, prop::collection::vec(value, 1..=3));
    (prop::collection::vec(one, 1..=12), any::<bool>())
}

fn prop_oneof_all() -> impl Strategy<Value = Shows> {
    let numbers = 1..=3_u32;
    proptest::prop_oneof![
        numbers.clone().prop_map(|number| OpenId("brand", number)),
        numbers.clone().prop_map(|number| OpenId("mini", number)),
        numbers.clone().prop_map(UnionId),
        numbers.clone().prop_map(Phone),
        (1..=2_u32).prop_map(Card),
    ]
}

/// Members with a phone that was checked.
fn with_phone(rows: &[identity::Model]) -> BTreeSet<MemberId> {
    let checked = rows.iter().filter(|row| row.kind == Kind::Phone && row.strength >= Strength::Staff);
    checked.map(|row| row.member_id).collect()
}

/// No member is provably two people.
fn nobody_is_two(rows: &[identity::Model]) -> Result<(), TestCaseError> {
    let mut seen: BTreeMap<(MemberId, Kind, &str), &str> = BTreeMap::new();
    for row in rows.iter().filter(|row| matches!(row.kind, Kind::OpenId | Kind::UnionId)) {
        let other = seen.insert((row.member_id, row.kind, &row.realm), &row.key);
        prop_assert!(other.is_none(), "{:?} has two of {:?} at {}", row.member_id, row.kind, row.realm);
    }
    Ok(())
}

async fn forget(app: &TestApp) {
    let db = app.app.db.read();
    identity::Entity::delete_many().exec(db).await.expect("rows");
    member::Entity::delete_many().exec(db).await.expect("rows");
    conflict::Entity::delete_many().exec(db).await.expect("rows");
    merges::Entity::delete_many().exec(db).await.expect("rows");
}

/// Shows something, and compares what is said of it with what is there.
async fn show_one(app: &TestApp, (source, shows): &Showing) -> Result<Outcome, TestCaseError> {
    let before = app.rows::<identity::Entity>().await;
    let claims = claims(app, *source, shows);
    let outcome = app.app.db.tx(async |tx: &Tx| resolve(tx, &claims).await).await.expect("a member");
    let after = app.rows::<identity::Entity>().await;
    nobody_is_two(&after)?;
    let mut one_person = true;
    for place in shows {
        one_person &= holder(app, *place).await == Some(outcome.member);
    }
    prop_assert_eq!(one_person, outcome.conflicts.is_empty(), "staff hear of contradictions, and of nothing else");
    prop_assert_eq!(holder(app, shows[0]).await, Some(outcome.member), "the anchor's member");
    let kept: BTreeSet<_> = after.iter().map(|row| row.id).collect();
    prop_assert!(before.iter().all(|row| kept.contains(&row.id)), "nothing is lost");
    let checked = with_phone(&before);
    for merge in app.rows::<merges::Entity>().await.iter().filter(|row| outcome.merges.contains(&row.id)) {
        let both = checked.contains(&merge.winner) && checked.contains(&merge.loser);
        prop_assert!(!both, "two checked phones were made one");
    }
    Ok(outcome)
}

async fn check_end(app: &TestApp, outcomes: &[Outcome]) -> Result<(), TestCaseError> {
    let rows = app.rows::<identity::Entity>().await;
    nobody_is_two(&rows)?;
    for row in &rows {
        prop_assert_eq!(current(app.app.db.read(), row.member_id).await.expect("a row"), Some(row.member_id));
    }
    for member in rows.iter().map(|row| row.member_id).collect::<BTreeSet<_>>() {
        let phones = rows.iter().filter(|row| row.member_id == member && row.kind == Kind::Phone);
        let (called, others): (Vec<_>, Vec<_>) = phones.partition(|row| row.current);
        prop_assert!(called.len() == 1 || called.is_empty() && others.is_empty(), "one phone to call");
    }
    for outcome in outcomes {
        let today = current(app.app.db.read(), outcome.member).await.expect("a row");
        prop_assert!(today.is_some(), "an id that was given out leads to somebody");
    }
    Ok(())
}

#[test]
fn nobody_is_ever_two_people_and_every_contradiction_is_heard() {
    let system = actix_web::rt::System::new();
    let app = system.block_on(TestApp::start(|settings| settings.leave_jobs = true));
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&showings(), |(showings, at_once)| {
        system.block_on(async {
            forget(&app).await;
            let mut outcomes = Vec::new();
            if at_once {
                let all: Vec<_> = showings.iter().map(|(source, shows)| claims(&app, *source, shows)).collect();
                let units = all.iter().map(|claims| app.app.db.tx(async |tx: &Tx| resolve(tx, claims).await));
                outcomes.extend(join_all(units).await.into_iter().map(|outcome| outcome.expect("a member")));
            } else {
                for showing in &showings {
                    app.advance(chrono::TimeDelta::seconds(1));
                    outcomes.push(show_one(&app, showing).await?);
                }
            }
            check_end(&app, &outcomes).await
        })
    });
    system.block_on(app.finish());
    checked.expect("provably different people stay apart");
}
