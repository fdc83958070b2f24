//! What can never be paid is refused before anything is reserved, and by nobody later than by us.

use entity::{admin::staff::Role, rewards::grant::State};
use huilian::rewards::{Grant, decision::Why};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::rewards::{
    ask, books, budget, give, person,
    till::{Way, customer, till},
    wish,
};

#[actix_web::test]
async fn who_is_not_known_in_the_account_of_the_campaign_is_refused_before_any_reservation() {
    till(async |app| {
        let member = person(app, 1).await;
        for way in [Way::Transfer, Way::MiniRedPacket] {
            let campaign = way.campaign(app, json!({})).await;
            let granted = give(app, member, campaign, &format!("{way:?}")).await;
            assert_eq!((granted.state, granted.why), (State::Refused, Why::NoPayee), "{way:?}");
            assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 0]);
            books(app, campaign).await;
        }
        assert!(app.rows::<entity::rewards::payout::Entity>().await.is_empty());
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn accounts_that_do_not_fit_the_way_or_the_merchant_are_refused_when_they_are_written() {
    till(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let now = app.clock.now();
        let terms = |gives: Value| {
            json!({
                "name": "邀请有礼", "gives": gives, "amount": { "kind": "fixed", "amount": 1000 }, "budget": 10_000,
                "starts_at": now, "ends_at": now + chrono::TimeDelta::days(1), "claim": { "hours": 1 },
            })
        };
        let at = |way: Way, field: &str, value: &str| {
            let mut gives = way.gives();
            gives[field] = json!(value);
            gives
        };
        let wrong = [
            at(Way::RedPacket, "account", "shop"),
            at(Way::MiniRedPacket, "account", "brand"),
            at(Way::Transfer, "account", "nobody"),
            at(Way::Transfer, "merchant", "other"),
            at(Way::RedPacket, "scene", "PRODUCT_9"),
        ];
        for (number, gives) in wrong.into_iter().enumerate() {
            let answer =
                staff.post_once("/api/admin/v1/campaigns", &format!("wrong-{number}-key"), &terms(gives)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}: {answer:?}");
        }
        for (number, amount) in [0, -1, 99, 20_001, i64::MAX].into_iter().enumerate() {
            let mut terms = terms(Way::RedPacket.gives());
            terms["amount"]["amount"] = json!(amount);
            terms["budget"] = json!(9_007_199_254_740_991_i64);
            let answer = staff.post_once("/api/admin/v1/campaigns", &format!("amount-{number}-key"), &terms).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{amount}: {answer:?}");
        }
        assert!(app.rows::<entity::rewards::campaign::Entity>().await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn amounts_below_what_wechat_pays_never_reach_it() {
    till(async |app| {
        let (_, member) = customer(app, "林小满").await;
        let amount = json!({ "kind": "asked", "max": 20_000 });
        let campaign = Way::RedPacket.campaign(app, json!({ "amount": amount, "budget": 100_000 })).await;
        for asked in [i64::MIN, -1, 0, 1, 99, 20_001, i64::MAX] {
            let granted = ask(app, &Grant { amount: Some(asked), ..wish(member, campaign, &asked.to_string()) }).await;
            assert_eq!((granted.state, granted.why), (State::Refused, Why::Amount), "{asked}");
        }
        let right = ask(app, &Grant { amount: Some(100), ..wish(member, campaign, "right") }).await;
        assert_eq!(right.state, State::Paying);
        assert_eq!(budget(app, campaign).await, [100_000, 100, 0, 0]);
        app.run_jobs().await;
        books(app, campaign).await;
    })
    .await;
}
