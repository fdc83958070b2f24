//! A customer of another store who stands at the counter.

use chrono::TimeDelta;
use entity::{admin::staff::Role, members::access};
use huilian::admin::Post;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::home;
use crate::{
    identity::people::{
        Shows::{Card, Phone},
        import,
    },
    members::member_path,
    support::{StaffActor, story},
};

const LOOK_UP: &str = "/api/admin/v1/members/look-up";

async fn found(staff: &StaffActor<'_>, body: Value) -> usize {
    let answer = staff.post(LOOK_UP, &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body["items"].as_array().expect("members").len()
}

#[actix_web::test]
async fn whoever_was_looked_up_by_phone_is_seen_masked_until_midnight_by_that_clerk_alone() {
    story(async |app| {
        let member = import(app, &[Phone(1), Card(1)]).await.member;
        app.at_home(member).await;
        // Ten minutes to midnight in Shanghai.
        app.advance(TimeDelta::hours(13) + TimeDelta::minutes(50));
        let elsewhere = app.store("s2").await;
        let (clerk, colleague) =
            (app.staff_at(Post::Clerk(elsewhere)).await, app.staff_at(Post::Clerk(elsewhere)).await);
        let path = member_path(member);
        let seen = [path.clone(), format!("{path}/points"), format!("{path}/points/entries")];
        for path in &seen {
            assert_eq!(clerk.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(found(&clerk, json!({ "phone": "13800000002" })).await, 0);
        assert_eq!(found(&clerk, json!({ "phone": "13800000001" })).await, 1);
        for path in &seen {
            assert_eq!(clerk.get(path).await.status, StatusCode::OK, "{path}");
            assert_eq!(colleague.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(clerk.get(&path).await.body["basics"]["phone"], "138****0001", "masked as ever");
        let hq = app.staff(Role::Headquarters).await;
        let record = hq.get(&format!("{path}/accesses")).await.body;
        assert_eq!((&record[0]["what"], &record[0]["scene"]), (&json!("card"), &json!("at_hand")), "{record}");
        let acts = hq.get("/api/admin/v1/audit").await.body.to_string();
        assert!(acts.contains("POST /api/admin/v1/members/look-up"), "{acts}");
        app.advance(TimeDelta::minutes(15));
        for path in &seen {
            assert_eq!(clerk.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(found(&clerk, json!({ "card": { "issuer": "pos", "number": "00000001" } })).await, 1);
        assert_eq!(clerk.get(&path).await.status, StatusCode::OK);
        assert_eq!(app.rows::<access::Entity>().await.len(), 2, "each look-up is on record");
    })
    .await;
}

#[actix_web::test]
async fn at_hand_is_the_masked_card_and_nothing_more() {
    story(async |app| {
        let member = import(app, &[Phone(1)]).await.member;
        app.at_home(member).await;
        let manager = app.staff_at(Post::Manager(app.store("s2").await)).await;
        let path = member_path(member);
        assert_eq!(found(&manager, json!({ "phone": "13800000001" })).await, 1);
        assert_eq!(manager.get(&path).await.status, StatusCode::OK);
        for more in ["timeline", "identities", "reach", "deliveries"] {
            let refused = manager.get(&format!("{path}/{more}")).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{more}: {refused:?}");
        }
        let reveal = json!({ "what": "phone", "scene": "call", "reason": "客户来店" });
        assert_eq!(manager.post(&format!("{path}/reveal"), &reveal).await.status, StatusCode::NOT_FOUND);
        assert_eq!(manager.patch(&path, &json!({ "name": "别人" })).await.status, StatusCode::NOT_FOUND);
        let own = app.staff(Role::Manager).await;
        assert_eq!(found(&own, json!({ "phone": "13800000001" })).await, 1);
        assert_eq!(app.rows::<access::Entity>().await.len(), 1, "of the own store nothing needs a record");
    })
    .await;
}

#[actix_web::test]
async fn a_store_records_what_its_own_and_those_at_hand_buy_and_finds_a_home_for_who_has_none() {
    story(async |app| {
        let (newcomer, guest) = (import(app, &[Phone(1)]).await.member, import(app, &[Phone(2)]).await.member);
        app.at_home(guest).await;
        let store = app.store("s2").await;
        let manager = app.staff_at(Post::Manager(store)).await;
        let buys = async |member, number: &str| {
            let at = app.clock.now();
            let body = json!({ "source": "pos", "number": number, "member": member, "amount_fen": 900, "at": at });
            manager.post_once("/api/admin/v1/orders", &format!("order-{number}"), &body).await.status
        };
        for member in [newcomer, guest] {
            assert_eq!(buys(member, &format!("early-{member}")).await, StatusCode::NOT_FOUND);
        }
        for phone in ["13800000001", "13800000002"] {
            assert_eq!(found(&manager, json!({ "phone": phone })).await, 1);
        }
        assert_eq!((buys(newcomer, "A-1").await, buys(guest, "A-2").await), (StatusCode::OK, StatusCode::OK));
        assert_eq!(home(app, newcomer).await, Some(store), "the first purchase");
        assert_eq!(home(app, guest).await, Some(app.store("s1").await), "who has a home keeps it");
        app.run_jobs().await;
        let refund = async |staff: &StaffActor<'_>, order: &str| {
            let body = json!({
                "source": "pos", "order": order, "number": format!("R-{order}"), "amount_fen": 100,
                "at": app.clock.now(),
            });
            let key = format!("refund-{order}-{}", app.app.random.token());
            staff.post_once("/api/admin/v1/orders/refunds", &key, &body).await.status
        };
        let stranger = app.staff_at(Post::Manager(app.store("s3").await)).await;
        assert_eq!(refund(&stranger, "A-1").await, StatusCode::NOT_FOUND);
        assert_eq!(refund(&manager, "nobody's").await, StatusCode::NOT_FOUND, "which cannot be told from that");
        assert_eq!(refund(&manager, "A-1").await, StatusCode::NO_CONTENT);
        let hq = app.staff(Role::Headquarters).await;
        assert_eq!(refund(&hq, "told-later").await, StatusCode::NO_CONTENT);
        app.run_jobs().await;
    })
    .await;
}
