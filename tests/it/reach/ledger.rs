//! What staff see: what may be said to a member now, what was said, and why not.

use chrono::TimeDelta;
use entity::admin::staff::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{SHOP, message, offer, put, refuses, somebody};
use crate::{members::member_path, support::story};

fn way(ledger: &Value, kind: &str) -> Value {
    let messages = ledger["messages"].as_array().expect("messages");
    messages.iter().find(|message| message["kind"] == kind).expect("a message")["way"].clone()
}

#[actix_web::test]
async fn the_ledger_says_what_may_be_said_and_how() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        let staff = app.staff(Role::Headquarters).await;
        let path = format!("{}/reach", member_path(known.member));
        let read = async || {
            let answer = staff.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
            answer.body
        };
        let first = read().await;
        assert_eq!((&first["transactional"]["now"], &first["marketing"]["why"]), (&json!(true), &json!("no_consent")));
        assert_eq!(way(&first, "payout_arrived"), json!({ "channel": "template", "account": "brand" }));
        known.permits("shop", SHOP).await;
        let second = read().await;
        assert_eq!(way(&second, "payout_arrived"), json!({ "channel": "subscription", "account": "shop" }));
        let accounts = second["accounts"].as_array().expect("accounts");
        let shop = accounts.iter().find(|account| account["account"] == "shop").expect("the mini program");
        assert_eq!((&shop["permits"][0]["template_id"], &shop["permits"][0]["available"]), (&json!(SHOP), &json!(1)));
        assert!(shop["person"].as_str().is_some_and(|person| person.starts_with("OpenID(…")), "{shop}");
        known.writes().await;
        app.advance(TimeDelta::minutes(5));
        let third = read().await;
        assert_eq!(way(&third, "points_expiring"), json!({ "channel": "custom", "account": "brand" }));
        let accounts = third["accounts"].as_array().expect("accounts");
        let brand = accounts.iter().find(|account| account["account"] == "brand").expect("the official account");
        let window = &brand["windows"][0];
        assert_eq!((&window["minutes"], &window["left"], &brand["follows"]), (&json!(2875), &json!(5), &json!(true)));
        known.person.unfollow("brand").await;
        app.run_jobs().await;
        app.advance(TimeDelta::hours(13));
        let staff = app.staff(Role::Headquarters).await;
        let last = staff.get(&path).await.body;
        assert_eq!(way(&last, "points_expiring"), Value::Null);
        assert_eq!((&last["transactional"]["now"], &last["transactional"]["why"]), (&json!(false), &json!("quiet")));
        assert_eq!(last["quiet_until"], last["transactional"]["from"]);
        assert_eq!(last["quiet_until"], "2026-11-22T00:00:00Z", "eight in the morning in Shanghai");
    })
    .await;
}

#[actix_web::test]
async fn every_message_shows_its_tries_and_why_it_was_not_said() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        known.permits("shop", SHOP).await;
        refuses(app, super::SUBSCRIBE_SEND, 43101);
        for (number, message) in
            [message(app, known.member, "a"), offer(app, known.member, "b")].into_iter().enumerate()
        {
            app.advance(TimeDelta::seconds(1));
            put(app, &message).await;
            assert!(app.run_jobs().await > 0, "{number}");
        }
        let staff = app.staff(Role::Headquarters).await;
        let list = staff.get(&format!("{}/deliveries", member_path(known.member))).await;
        assert_eq!(list.status, StatusCode::OK, "{list:?}");
        let items = list.body["items"].as_array().expect("items");
        let shown = |index: usize| [&items[index]["key"], &items[index]["state"], &items[index]["reason"]];
        assert_eq!(shown(0), [&json!("b"), &json!("suppressed"), &json!("no_consent")], "the latest first");
        assert_eq!(shown(1), [&json!("a"), &json!("delivered"), &Value::Null]);
        let tries = items[1]["attempts"].as_array().expect("tries");
        let tried = |index: usize| [&tries[index]["channel"], &tries[index]["state"], &tries[index]["reason"]];
        assert_eq!(tried(0), [&json!("subscription"), &json!("refused"), &json!("43101")]);
        assert_eq!(tried(1), [&json!("template"), &json!("delivered"), &Value::Null]);
        let first = staff.get(&format!("{}/deliveries?limit=1", member_path(known.member))).await.body;
        let next = first["next"].as_str().expect("another page");
        let second = staff.get(&format!("{}/deliveries?limit=1&cursor={next}", member_path(known.member))).await.body;
        assert_eq!((&second["items"][0]["key"], &second["next"]), (&json!("a"), &Value::Null));
        let told = staff.get(&format!("{}/timeline", member_path(known.member))).await.body;
        let told: Vec<_> =
            told["items"].as_array().expect("facts").iter().filter(|fact| fact["source"] == "reach").collect();
        let kinds: Vec<_> = told.iter().map(|fact| fact["kind"].as_str().expect("a kind")).collect();
        assert_eq!(kinds, ["payout_arrived.suppressed", "payout_arrived.delivered"]);
        assert_eq!((&told[1]["channel"], &told[1]["text"]), (&json!("brand"), &json!("template")));
    })
    .await;
}

#[actix_web::test]
async fn of_nobody_there_is_nothing_to_see_and_clerks_see_nothing() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        let clerk = app.staff(Role::Clerk).await;
        let staff = app.staff(Role::Headquarters).await;
        let nobody = member_path(app.app.random.id(app.clock.now()));
        for path in ["reach", "deliveries"] {
            let refused = clerk.get(&format!("{}/{path}", member_path(known.member))).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
            assert_eq!(staff.get(&format!("{nobody}/{path}")).await.status, StatusCode::NOT_FOUND);
        }
    })
    .await;
}
