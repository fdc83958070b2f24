//! Pushes come late, twice and in any order; what holds in the end is what happened last.

use std::cell::Cell;

use chrono::TimeDelta;
use entity::{
    identity::follower::{self, State},
    types::OpenId,
};
use futures_util::future::join_all;
use huilian::{
    identity::followers,
    infra::db::Tx,
    wechat::{
        account::Format,
        intake::Received,
        message::{Fields, Push},
    },
};
use proptest::{
    prelude::{Just, Strategy, any, prop},
    prop_assert_eq,
    test_runner::{Config, TestCaseError, TestRunner},
};
use reqwest::StatusCode;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::support::{Delivery, TestApp, story_with};

/// A follow or a leave of this second, as WeChat pushes it.
fn event(app: &TestApp, open_id: &OpenId, second: usize, follows: bool) -> Fields {
    let account = app.account("brand");
    let happened = app.clock.now() - TimeDelta::minutes(2) + TimeDelta::seconds(i64::try_from(second).expect("few"));
    let event = if follows { "subscribe" } else { "unsubscribe" };
    Fields::new()
        .with("ToUserName", account.original_id.as_str())
        .with("FromUserName", open_id.as_str())
        .with("CreateTime", happened.timestamp())
        .with("MsgType", "event")
        .with("Event", event)
        .with("EventKey", "")
}

fn push<'a>(app: &'a TestApp, open_id: &OpenId, second: usize, follows: bool) -> Delivery<'a> {
    app.sealed(&app.account("brand"), &event(app, open_id, second, follows))
}

/// The same, opened and believed.
fn received(app: &TestApp, open_id: &OpenId, second: usize, follows: bool) -> Received {
    let raw = event(app, open_id, second, follows).write(Format::Xml);
    let push = Push::read(raw, Format::Xml).expect("a push");
    Received::new(app.account("brand"), push, app.clock.now())
}

async fn deliver(app: &TestApp, open_id: &OpenId, history: &[bool], order: &[usize], at_once: bool) {
    let pushes: Vec<Delivery<'_>> = order.iter().map(|second| push(app, open_id, *second, history[*second])).collect();
    if at_once {
        let answers = join_all(pushes.iter().map(Delivery::send)).await;
        assert!(answers.iter().all(|(status, _)| *status == StatusCode::OK), "{answers:?}");
    } else {
        for push in &pushes {
            assert_eq!(push.send().await.0, StatusCode::OK);
        }
    }
}

async fn state(app: &TestApp, open_id: &OpenId) -> follower::Model {
    let theirs = follower::Entity::find().filter(follower::Column::OpenId.eq(open_id.clone()));
    let mut rows = theirs.all(app.app.db.read()).await.expect("rows");
    assert_eq!(rows.len(), 1, "one row a person");
    rows.remove(0)
}

fn latest(history: &[bool]) -> State {
    if history.last() == Some(&true) { State::Following } else { State::Gone }
}

/// What happened second by second, and the order in which it is delivered, some of it again.
fn histories() -> impl Strategy<Value = (Vec<bool>, Vec<usize>, bool)> {
    prop::collection::vec(any::<bool>(), 1..=5).prop_flat_map(|history| {
        let seconds: Vec<usize> = (0..history.len()).collect();
        let again = prop::collection::vec(0..history.len(), 0..=3);
        let order = again.prop_flat_map(move |again| Just([seconds.clone(), again].concat()).prop_shuffle());
        (Just(history), order, any::<bool>())
    })
}

#[test]
fn whatever_the_order_of_the_pushes_the_latest_decides() {
    let system = actix_web::rt::System::new();
    let app = system.block_on(TestApp::start(|settings| settings.leave_jobs = true));
    let people = Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&histories(), |(history, order, at_once)| {
        people.set(people.get() + 1);
        let open_id: OpenId = format!("oOrder{:022}", people.get()).parse().expect("an OpenID");
        let row = system.block_on(async {
            deliver(&app, &open_id, &history, &order, at_once).await;
            state(&app, &open_id).await
        });
        prop_assert_eq!(row.state, latest(&history));
        Ok::<(), TestCaseError>(())
    });
    system.block_on(app.finish());
    checked.expect("every order gives the same state");
}

#[actix_web::test]
async fn pushes_that_are_handled_at_the_same_time_do_not_lose_each_other() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            for round in 0..10 {
                let open_id: OpenId = format!("oRace{round:023}").parse().expect("an OpenID");
                push(app, &open_id, 0, true).send().await;
                // Five returns and what happened last, each in a unit of work of its own.
                let history: Vec<bool> = (0..6).map(|second| second < 5 || round % 2 == 0).collect();
                let received: Vec<Received> = history
                    .iter()
                    .zip(1..)
                    .map(|(follows, second)| received(app, &open_id, second, *follows))
                    .collect();
                let units = received
                    .iter()
                    .map(|push| app.app.db.tx(async |tx: &Tx| followers::seen(tx, &[push]).await.map(drop)));
                for unit in join_all(units).await {
                    unit.expect("a unit of work");
                }
                let row = state(app, &open_id).await;
                assert_eq!((row.state, row.state_at), (latest(&history), received[5].sent_at()), "round {round}");
            }
        },
    )
    .await;
}
