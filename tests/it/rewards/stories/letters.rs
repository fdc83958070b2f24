//! Notifications that are forged, bent, stale or come again change nothing, and are counted; the right one still arrives.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    rewards::{
        payout::State,
        stop::{self, Cause},
    },
    wechat::pay_notification,
};
use huilian::sandbox::{FaultKind, NewFault, NotificationOutcome, PAY_NOTIFY};
use serde_json::json;

use crate::{
    pay::letter::{Letter, content},
    rewards::{
        books, budget, only, pass, payouts, state_of,
        till::{Way, customer, flows, promise, take, till, till_with},
    },
    support::TestApp,
};

async fn refused(app: &TestApp, reason: &str) -> f64 {
    app.figure(&format!("pay_notifications_refused_total{{merchant=\"main\",reason=\"{reason}\"}}")).await
}

/// A transfer that waits, to somebody new; gives the person.
async fn waiting(app: &TestApp, campaign: entity::types::CampaignId, key: &str) -> String {
    let (mine, member) = customer(app, key).await;
    promise(app, member, campaign, key).await;
    app.run_jobs().await;
    mine.person.id.clone()
}

#[actix_web::test]
async fn what_is_not_wechats_is_refused_and_counted_and_wechats_own_comes_through() {
    till(async |app| {
        let campaign = Way::Transfer.campaign(app, json!({})).await;
        let faults = [
            (FaultKind::WrongSignature, "signature"),
            (FaultKind::Probe, "probe"),
            (FaultKind::WrongKey, "decrypt"),
            (FaultKind::Skew { seconds: -600 }, "replay_window"),
        ];
        for (fault, reason) in faults {
            let person = waiting(app, campaign, reason).await;
            let row = payouts(app).await.pop().expect("a payout");
            let before = refused(app, reason).await;
            app.sandbox.add_fault(NewFault::once(PAY_NOTIFY, fault)).expect("a fault");
            assert_eq!(take(app, &person), 1);
            app.sandbox.settled().await;
            assert!(refused(app, reason).await > before, "{reason} is not counted");
            assert_eq!(state_of(app, row.id).await, State::WaitingUser, "{reason} changed something");
            // WeChat Pay comes again after fifteen seconds, with the right one.
            pass(app, TimeDelta::minutes(5)).await;
            let told = app.sandbox.notifications(Some("main"), 1).remove(0);
            assert_eq!((told.outcome, told.attempts.len()), (NotificationOutcome::Delivered, 2), "{reason}");
            pass(app, TimeDelta::minutes(5)).await;
            assert_eq!(state_of(app, row.id).await, State::Paid, "{reason}");
        }
        assert_eq!((budget(app, campaign).await, flows(app)), ([10_000, 0, 0, 4_000], (4_000, 0)));
        assert!(app.rows::<stop::Entity>().await.is_empty(), "nothing of it stops anybody");
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn one_that_comes_again_is_known() {
    till(async |app| {
        let campaign = Way::Transfer.campaign(app, json!({})).await;
        let person = waiting(app, campaign, "林小满").await;
        app.sandbox.add_fault(NewFault::once(PAY_NOTIFY, FaultKind::Duplicate)).expect("a fault");
        take(app, &person);
        app.sandbox.settled().await;
        app.run_jobs().await;
        let told = app.sandbox.notifications(Some("main"), 1).remove(0);
        assert_eq!((told.outcome, told.attempts.len()), (NotificationOutcome::Delivered, 2));
        app.sandbox.notify_again(told.id).await.expect("a late duplicate");
        app.run_jobs().await;
        assert_eq!(app.rows::<pay_notification::Entity>().await.len(), 1, "kept once");
        let counted = "pay_notifications_total{merchant=\"main\",kind=\"repeated\"}";
        assert!(app.figure(counted).await >= 2.0);
        assert_eq!((only(app).await.state, budget(app, campaign).await), (State::Paid, [10_000, 0, 0, 1_000]));
        pass(app, TimeDelta::hours(1)).await;
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn one_with_another_amount_stops_the_merchant_until_staff_have_looked() {
    till(async |app| {
        let campaign = Way::Transfer.campaign(app, json!({})).await;
        let person = waiting(app, campaign, "林小满").await;
        app.sandbox.add_fault(NewFault::once(PAY_NOTIFY, FaultKind::WrongAmount)).expect("a fault");
        take(app, &person);
        app.sandbox.settled().await;
        app.run_jobs().await;
        let row = only(app).await;
        assert_eq!((row.state, row.review.as_deref()), (State::WaitingUser, Some("contradiction")));
        let brakes = app.rows::<stop::Entity>().await;
        assert_eq!((brakes[0].scope.as_str(), brakes[0].cause), ("merchant:main", Cause::Mismatch));
        // The question is believed: it is paid, once, and as much as was promised.
        pass(app, TimeDelta::minutes(15)).await;
        assert_eq!((only(app).await.state, budget(app, campaign).await), (State::Paid, [10_000, 0, 0, 1_000]));
        waiting_is_held(app, campaign).await;
        books(app, campaign).await;
    })
    .await;
}

async fn waiting_is_held(app: &TestApp, campaign: entity::types::CampaignId) {
    waiting(app, campaign, "周一鸣").await;
    let held = payouts(app).await.pop().expect("a payout");
    assert_eq!(held.state, State::Created, "nothing more leaves");
    let staff = app.staff(Role::Headquarters).await;
    let order = json!({ "scope": { "merchant": "main" }, "reason": "已与商户平台核对" });
    staff.post_once("/api/admin/v1/payout-stops/lift", "lift-key-1", &order).await;
    pass(app, TimeDelta::minutes(15)).await;
    assert_eq!(state_of(app, held.id).await, State::WaitingUser);
}

#[actix_web::test]
async fn what_another_merchant_is_told_says_nothing_to_ours() {
    till(async |app| {
        let campaign = Way::Transfer.campaign(app, json!({})).await;
        let person = waiting(app, campaign, "林小满").await;
        let row = only(app).await;
        let before = refused(app, "unknown_key").await;
        let mut content = content("1900009999");
        content["out_bill_no"] = json!(row.out_no);
        let letter = Letter::saying(app, "EV-1", &content);
        let (status, _) = letter.send().await;
        assert_eq!(status, reqwest::StatusCode::FORBIDDEN);
        assert!(refused(app, "unknown_key").await > before, "it is counted");
        app.run_jobs().await;
        assert_eq!((only(app).await.state, flows(app)), (State::WaitingUser, (1_000, 0)));
        take(app, &person);
        app.sandbox.settled().await;
        pass(app, TimeDelta::hours(1)).await;
        assert_eq!(only(app).await.state, State::Paid);
    })
    .await;
}

#[actix_web::test]
async fn none_that_is_lost_is_missed() {
    till_with(
        |_| {},
        async |app, wire| {
            let campaign = Way::Transfer.campaign(app, json!({})).await;
            let person = waiting(app, campaign, "林小满").await;
            wire.break_off();
            take(app, &person);
            app.sandbox.settled().await;
            assert_eq!(app.rows::<pay_notification::Entity>().await.len(), 0);
            pass(app, TimeDelta::minutes(30)).await;
            assert_eq!(only(app).await.state, State::Paid, "whoever waits for it asks");
            wire.mend();
            assert_eq!((budget(app, campaign).await, flows(app)), ([10_000, 0, 0, 1_000], (1_000, 0)));
            books(app, campaign).await;
        },
    )
    .await;
}
