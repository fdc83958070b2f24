//! What stops payouts by itself, with a real WeChat Pay behind it.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    rewards::{payout::State, stop},
};
use huilian::sandbox::MerchantPatch;
use serde_json::json;

use crate::{
    rewards::{
        books, budget, pass, payouts,
        till::{Way, calls, customer, flows, promise, till, till_with},
    },
    support::TestApp,
};

const CREATE: &str = "/v3/fund-app/mch-transfer/transfer-bills";
const SEND: &str = "/mmpaymkttransfers/sendredpack";

async fn brakes(app: &TestApp) -> Vec<(String, stop::Cause, String)> {
    let rows = app.rows::<stop::Entity>().await;
    rows.into_iter().map(|row| (row.scope, row.cause, row.reason)).collect()
}

#[actix_web::test]
async fn an_empty_account_opens_the_circuit_and_the_same_numbers_go_on_after_the_top_up() {
    for (way, path, code) in [(Way::Transfer, CREATE, "NOT_ENOUGH"), (Way::RedPacket, SEND, "NOTENOUGH")] {
        let poor = |settings: &mut crate::support::Settings| settings.sandbox.merchants[0].balance = 900;
        till_with(poor, async |app, _| {
            let campaign = way.campaign(app, json!({})).await;
            let ((one, first), (two, second)) = (customer(app, "林小满").await, customer(app, "周一鸣").await);
            promise(app, first, campaign, "a").await;
            app.run_jobs().await;
            assert_eq!(brakes(app).await, [("merchant:main".to_owned(), stop::Cause::Circuit, code.to_owned())]);
            promise(app, second, campaign, "b").await;
            app.run_jobs().await;
            assert_eq!(calls(app, path), 1, "{way:?}: nobody else is tried meanwhile");
            let numbers: Vec<_> = payouts(app).await.into_iter().map(|row| row.out_no).collect();
            app.sandbox.top_up("main", 100_000).expect("money");
            pass(app, TimeDelta::hours(1)).await;
            let rows = payouts(app).await;
            assert!(rows.iter().all(|row| row.state == State::WaitingUser), "{way:?}: {rows:?}");
            assert_eq!(rows.iter().map(|row| &row.out_no).collect::<Vec<_>>(), numbers.iter().collect::<Vec<_>>());
            for person in [&one.person, &two.person] {
                assert_eq!(crate::rewards::till::take(app, &person.id), 1);
            }
            app.sandbox.settled().await;
            pass(app, TimeDelta::hours(7)).await;
            assert_eq!((budget(app, campaign).await, flows(app)), ([10_000, 0, 0, 2_000], (2_000, 0)), "{way:?}");
            books(app, campaign).await;
        })
        .await;
    }
}

#[actix_web::test]
async fn a_frozen_merchant_is_left_alone_until_it_is_thawed() {
    till(async |app| {
        let campaign = Way::Transfer.campaign(app, json!({})).await;
        let (_, member) = customer(app, "林小满").await;
        let frozen = |frozen| MerchantPatch { frozen: Some(frozen), ..MerchantPatch::default() };
        app.sandbox.change_merchant("main", &frozen(true)).expect("a merchant");
        promise(app, member, campaign, "a").await;
        pass(app, TimeDelta::minutes(50)).await;
        assert_eq!((calls(app, CREATE), brakes(app).await[0].1), (1, stop::Cause::Circuit));
        assert_eq!(budget(app, campaign).await, [10_000, 1_000, 0, 0]);
        app.sandbox.change_merchant("main", &frozen(false)).expect("a merchant");
        pass(app, TimeDelta::hours(2)).await;
        assert_eq!((payouts(app).await[0].state, calls(app, CREATE)), (State::WaitingUser, 2));
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn a_kill_switch_between_two_calls_holds_the_second_one() {
    till(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let campaign = Way::Transfer.campaign(app, json!({ "budget": 100_000 })).await;
        let (_, member) = customer(app, "林小满").await;
        let scopes = [json!("all"), json!({ "merchant": "main" }), json!({ "campaign": campaign })];
        for (round, scope) in scopes.into_iter().enumerate() {
            let order = json!({ "scope": scope, "reason": "怀疑泄漏" });
            promise(app, member, campaign, &format!("before-{round}")).await;
            app.run_jobs().await;
            assert_eq!(calls(app, CREATE), 2 * round + 1, "{scope}");
            // Fixed and reserved, and its turn comes only after the switch.
            promise(app, member, campaign, &format!("after-{round}")).await;
            staff.post_once("/api/admin/v1/payout-stops", &format!("stop-{round}-key"), &order).await;
            pass(app, TimeDelta::minutes(5)).await;
            assert_eq!(calls(app, CREATE), 2 * round + 1, "{scope}: the next call is held");
            staff.post_once("/api/admin/v1/payout-stops/lift", &format!("lift-{round}-key"), &order).await;
            pass(app, TimeDelta::minutes(15)).await;
            assert_eq!(calls(app, CREATE), 2 * round + 2, "{scope}");
        }
        assert_eq!(budget(app, campaign).await, [100_000, 0, 6_000, 0]);
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn no_more_leaves_in_an_hour_than_may() {
    let slow = |settings: &mut crate::support::Settings| settings.config.rewards.hour_fen = 2_000.into();
    till_with(slow, async |app, _| {
        let campaign = Way::Transfer.campaign(app, json!({})).await;
        let (_, member) = customer(app, "林小满").await;
        for number in 0..3 {
            promise(app, member, campaign, &format!("{number}")).await;
        }
        pass(app, TimeDelta::minutes(20)).await;
        assert_eq!((calls(app, CREATE), budget(app, campaign).await), (2, [10_000, 1_000, 2_000, 0]));
        let waits = payouts(app).await.into_iter().find(|row| row.state == State::Created).expect("one that waits");
        assert_eq!(waits.code.as_deref(), Some("hour_reached"));
        pass(app, TimeDelta::hours(1)).await;
        assert_eq!((calls(app, CREATE), budget(app, campaign).await), (3, [10_000, 0, 3_000, 0]));
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn too_many_that_fail_stop_the_campaign() {
    till(async |app| {
        let campaign = Way::Transfer.campaign(app, json!({ "amount": { "kind": "fixed", "amount": 100 } })).await;
        for number in 0..20 {
            let (person, member) = customer(app, &format!("会员{number}")).await;
            if number < 7 {
                app.sandbox.set_pay_risk(&person.person.id, Some("TRANSFER_RISK")).expect("a risk");
            }
            promise(app, member, campaign, &format!("{number}")).await;
            app.run_jobs().await;
            crate::rewards::till::take(app, &person.person.id);
            app.sandbox.settled().await;
            app.run_jobs().await;
        }
        // Time for the sweep, within the hour.
        pass(app, TimeDelta::minutes(15)).await;
        let failed = payouts(app).await.into_iter().filter(|row| row.state == State::Rejected).count();
        assert_eq!(failed, 7, "more than 30 of a hundred");
        let row = crate::rewards::campaign_row(app, campaign).await;
        assert_eq!(row.paused_why.as_deref(), Some("failures"));
        let (_, late) = customer(app, "后来的人").await;
        assert_eq!(crate::rewards::give(app, late, campaign, "late").await.why.as_str(), "not_running");
        books(app, campaign).await;
    })
    .await;
}
