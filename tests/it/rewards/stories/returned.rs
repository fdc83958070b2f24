//! Nobody takes it, or staff take it back: every fen is free again.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    jobs::event,
    rewards::{grant::State as GrantState, payout::State},
};
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    rewards::{
        books, budget, grants, only, pass,
        till::{WAYS, Way, a_day, act, customer, flows, pocket, promise, take, till},
    },
    support::TestApp,
};

async fn kinds(app: &TestApp) -> Vec<String> {
    let facts = app.rows::<event::Entity>().await;
    facts.into_iter().map(|fact| fact.kind).filter(|kind| kind.starts_with("payout.")).collect()
}

#[actix_web::test]
async fn what_nobody_takes_within_a_day_comes_back_to_the_fen() {
    for way in WAYS {
        till(async |app| {
            let campaign = way.campaign(app, json!({ "amount": { "kind": "fixed", "amount": 1_234 } })).await;
            let (mine, member) = customer(app, "林小满").await;
            promise(app, member, campaign, "a").await;
            pass(app, TimeDelta::minutes(1)).await;
            assert_eq!((only(app).await.state, flows(app)), (State::WaitingUser, (1_234, 0)), "{way:?}");
            pass(app, TimeDelta::hours(21)).await;
            assert_eq!(kinds(app).await, ["payout.arrived", "payout.expiring"], "{way:?}");
            pass(app, a_day()).await;
            app.sandbox.settled().await;
            pass(app, TimeDelta::hours(2)).await;
            let row = only(app).await;
            assert_eq!((row.state, row.refunded), (State::Returned, row.amount), "{way:?}: {row:?}");
            assert_eq!((flows(app), pocket(app, &mine.person)), ((1_234, 1_234), 0), "{way:?}");
            assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 0], "{way:?}");
            assert_eq!(grants(app).await[0].state, GrantState::Returned);
            assert_eq!(take(app, &mine.person.id), 0, "it is too late");
            assert_eq!(kinds(app).await.last().map(String::as_str), Some("payout.returned"));
            books(app, campaign).await;
        })
        .await;
    }
}

#[actix_web::test]
async fn staff_take_a_transfer_back_before_it_is_confirmed() {
    till(async |app| {
        let campaign = Way::Transfer.campaign(app, json!({})).await;
        let (mine, member) = customer(app, "周一鸣").await;
        promise(app, member, campaign, "a").await;
        app.run_jobs().await;
        let row = only(app).await;
        let staff = app.staff(Role::Headquarters).await;
        let back = staff.post_once(&act(row.id, "cancel"), "cancel-key-1", &json!({ "reason": "发错了" })).await;
        assert_eq!(back.status, StatusCode::OK, "{back:?}");
        app.run_jobs().await;
        app.sandbox.settled().await;
        pass(app, TimeDelta::hours(1)).await;
        assert_eq!((only(app).await.state, flows(app)), (State::Returned, (1_000, 1_000)));
        assert_eq!((budget(app, campaign).await, take(app, &mine.person.id)), ([10_000, 0, 0, 0], 0));
        let detail = staff.get(&format!("/api/admin/v1/payouts/{}", row.id)).await.body;
        let steps = detail["steps"].as_array().expect("steps");
        let asked = steps.iter().find(|step| step["cause"] == "staff").expect("a step of staff");
        assert!(asked["staff"].is_string() && asked["reason"] == "发错了", "{asked}");
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn taking_back_comes_too_late_once_the_person_has_it() {
    till(async |app| {
        let campaign = Way::Transfer.campaign(app, json!({})).await;
        let (mine, member) = customer(app, "方可").await;
        promise(app, member, campaign, "a").await;
        app.run_jobs().await;
        let row = only(app).await;
        let staff = app.staff(Role::Headquarters).await;
        let back = staff.post_once(&act(row.id, "cancel"), "cancel-key-1", &json!({ "reason": "发错了" })).await;
        assert_eq!(back.status, StatusCode::OK);
        assert_eq!(take(app, &mine.person.id), 1, "quicker than our call");
        app.sandbox.settled().await;
        pass(app, TimeDelta::hours(1)).await;
        assert_eq!((only(app).await.state, pocket(app, &mine.person)), (State::Paid, 1_000));
        assert_eq!((budget(app, campaign).await, flows(app)), ([10_000, 0, 0, 1_000], (1_000, 0)));
        books(app, campaign).await;
    })
    .await;
}
