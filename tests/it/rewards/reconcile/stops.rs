//! A difference stops the merchant; staff let it pay again once every difference has its reason.

use std::sync::Arc;

use entity::{
    admin::staff::Role,
    rewards::{payout::State as Stood, reconciliation_case, stop},
};
use reqwest::StatusCode;
use serde_json::json;

use super::{Stands, cases, day, next_morning, out, put_one, statements::Statements, today};
use crate::{
    rewards::{give, person, running, scripted::Scripted},
    support::story_with,
};

#[actix_web::test]
async fn nothing_is_paid_until_every_difference_has_a_reason_and_staff_lift_the_stop() {
    let (scripted, bills) = (Scripted::default(), Statements::default());
    let set = |settings: &mut crate::support::Settings| {
        settings.payouts = Some(scripted.providers());
        settings.bills = Some(Arc::new(bills.clone()));
    };
    story_with(set, async |app| {
        app.run_jobs().await;
        let (now, date) = (app.clock.now(), today(app));
        let leak = super::number(app);
        let fine = put_one(app, Stands::paid(now, 100)).await;
        let gone = put_one(app, Stands::paid(now, 30)).await;
        bills.book([out(&fine, 100, now), out(&leak, 5_000, now)]);
        next_morning(app).await;
        let headquarters = app.staff(Role::Headquarters).await;
        let brakes = headquarters.get("/api/admin/v1/payout-stops").await.body;
        assert_eq!(
            (&brakes[0]["scope"], &brakes[0]["cause"]),
            (&json!("merchant:main"), &json!("mismatch")),
            "{brakes}"
        );
        // Somebody wants money: it waits.
        let campaign = running(app, json!({})).await;
        give(app, person(app, 1).await, campaign, "a").await;
        app.run_jobs().await;
        let held = |rows: Vec<entity::rewards::payout::Model>| rows.into_iter().find(|row| row.campaign_id == campaign);
        let waits = held(app.rows::<entity::rewards::payout::Entity>().await).expect("a payout");
        assert_eq!((waits.state, waits.code.as_deref(), scripted.count("send")), (Stood::Created, Some("stopped"), 0));
        // The brake stays on while a difference is open.
        let order = json!({ "scope": { "merchant": "main" }, "reason": "已核对" });
        let lift = async |key: &str| headquarters.post_once("/api/admin/v1/payout-stops/lift", key, &order).await;
        assert_eq!(lift("lift-key-1").await.status, StatusCode::CONFLICT);
        let shown = headquarters.get(&format!("/api/admin/v1/reconciliations/{}", day(app, date).await.id)).await.body;
        let listed = shown["cases"]["items"].as_array().expect("cases").clone();
        assert_eq!((&shown["state"], listed.len()), (&json!("different"), 2), "{shown}");
        let mut differences: Vec<_> = listed.iter().map(|case| case["difference_fen"].as_i64().expect("fen")).collect();
        differences.sort_unstable();
        assert_eq!(differences, [-5_000, 30]);
        assert!(listed.iter().any(|case| case["number"] == json!(gone)));
        for (at, case) in listed.iter().enumerate() {
            let path = format!("/api/admin/v1/reconciliation-cases/{}/settle", case["id"].as_str().expect("an id"));
            let clerk = app.staff(Role::Manager).await;
            let reason = json!({ "reason": "已向微信支付核实" });
            assert_eq!(clerk.post_once(&path, "settle-key", &reason).await.status, StatusCode::FORBIDDEN);
            assert_eq!(headquarters.post(&path, &reason).await.status, StatusCode::BAD_REQUEST, "without a key");
            let short = headquarters.post_once(&path, &format!("short-key-{at}"), &json!({ "reason": "" })).await;
            assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
            let key = format!("settle-key-{at}");
            let settled = headquarters.post_once(&path, &key, &reason).await;
            assert_eq!((settled.status, &settled.body["state"]), (StatusCode::OK, &json!("settled")), "{settled:?}");
            assert!(settled.body["staff"].is_string() && settled.body["reason"] == reason["reason"]);
            assert_eq!(headquarters.post_once(&path, &key, &reason).await.body, settled.body, "the same answer again");
            let twice = headquarters.post_once(&path, &format!("twice-key-{at}"), &reason).await;
            assert_eq!(twice.body["code"], "already_decided");
        }
        assert_eq!(lift("lift-key-2").await.body, json!([]));
        // Another look does not stop it again for what is settled, and the fen stay named.
        next_morning(app).await;
        assert!(app.rows::<stop::Entity>().await.is_empty());
        assert!(cases(app).await.iter().all(|case| case.state == reconciliation_case::State::Settled));
        assert_eq!(scripted.count("send"), 1);
        let paid = held(app.rows::<entity::rewards::payout::Entity>().await).expect("a payout");
        assert_eq!(paid.state, Stood::WaitingUser);
        app.run_jobs().await;
    })
    .await;
}
