//! Giving a phone number: by the button, as old clients do it, and what becomes of it.

use chrono::TimeDelta;
use entity::identity::{conflict, identity, member};
use reqwest::StatusCode;
use serde_json::json;

use super::people::{self, Shows};
use crate::support::{TestApp, story};

async fn members(app: &TestApp) -> usize {
    let rows = app.rows::<member::Entity>().await;
    rows.iter().filter(|row| row.state == member::State::Active).count()
}

#[actix_web::test]
async fn a_number_is_linked_once_and_shown_masked() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        for _ in 0..2 {
            let given = consumer.give_phone("13800000001").await;
            assert_eq!(given.status, StatusCode::OK, "{given:?}");
            assert_eq!((&given.body["phone"], &given.body["state"]), (&json!("138****0001"), &json!("linked")));
        }
        let again = consumer.person.log_in("shop").await;
        assert_eq!(again.logged_in["phone"], "138****0001");
        let phones = app.rows::<identity::Entity>().await.into_iter().filter(|row| row.kind == identity::Kind::Phone);
        assert_eq!(phones.filter(|row| row.current && row.strength == identity::Strength::Wechat).count(), 1);
    })
    .await;
}

#[actix_web::test]
async fn an_imported_member_is_recognised_by_the_number_and_keeps_standing() {
    story(async |app| {
        let imported = people::import(app, &[Shows::Phone(1), Shows::Card(7)]).await.member;
        let consumer = app.person("林小满").log_in("shop").await;
        assert_ne!(consumer.logged_in["member"], json!(imported.to_string()));
        let given = consumer.give_phone("13800000001").await;
        assert_eq!(given.body["member"], json!(imported.to_string()), "the card's member stays");
        assert_eq!(consumer.member().await, imported.to_string(), "and the session goes on");
        assert_eq!(members(app).await, 1);
    })
    .await;
}

#[actix_web::test]
async fn a_number_that_somebody_else_has_checked_is_looked_at_by_staff() {
    story(async |app| {
        let (one, other) = (app.person("林小满").log_in("shop").await, app.person("周一鸣").log_in("shop").await);
        one.give_phone("13800000001").await;
        let given = other.give_phone("13800000001").await;
        assert_eq!((given.status, &given.body["state"]), (StatusCode::OK, &json!("under_review")));
        assert_eq!(members(app).await, 2);
        let conflicts = app.rows::<conflict::Entity>().await;
        assert_eq!(conflicts.len(), 1);
        assert_eq!(conflicts[0].kind, conflict::Kind::RecycledNumber);
    })
    .await;
}

#[actix_web::test]
async fn codes_that_are_used_old_or_of_somebody_else_link_nothing() {
    story(async |app| {
        let (one, other) = (app.person("林小满").log_in("shop").await, app.person("周一鸣").log_in("shop").await);
        let tap = |person: &str| app.sandbox.tap_phone(person, "shop", Some("13800000001")).expect("a number").code;
        let refused = async |code: &str| {
            let answer = one.post("/api/mini/v1/phone", &json!({ "code": code })).await;
            assert_eq!(
                (answer.status, &answer.body["code"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!("phone_code_invalid"))
            );
        };
        refused(&tap(&other.person.id)).await;
        refused("no-code-of-anybody").await;
        let login = app.sandbox.login(&one.person.id, "shop").expect("a login code");
        refused(&login).await;
        let old = tap(&one.person.id);
        app.advance(TimeDelta::minutes(6));
        refused(&old).await;
        let used = tap(&one.person.id);
        assert_eq!(one.post("/api/mini/v1/phone", &json!({ "code": used })).await.status, StatusCode::OK);
        refused(&used).await;
        assert_eq!(
            app.rows::<identity::Entity>().await.iter().filter(|row| row.kind == identity::Kind::Phone).count(),
            1
        );
        let stranger = app.post("/api/mini/v1/phone", &json!({ "code": "x" })).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[actix_web::test]
async fn old_clients_send_the_number_encrypted_and_only_their_own_opens() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let send = async |data: Option<String>, iv: Option<String>| {
            let body = json!({ "encryptedData": data.expect("data"), "iv": iv.expect("an iv") });
            consumer.post("/api/mini/v1/phone/encrypted", &body).await
        };
        let tap = |person: &str| app.sandbox.tap_phone(person, "shop", Some("13800000001")).expect("a number");
        let other = app.person("周一鸣").log_in("shop").await;
        let theirs = tap(&other.person.id);
        let unreadable = send(theirs.encrypted_data, theirs.iv).await;
        assert_eq!(
            (unreadable.status, &unreadable.body["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("open_data_unreadable"))
        );
        let old = tap(&consumer.person.id);
        app.advance(TimeDelta::minutes(11));
        assert_eq!(send(old.encrypted_data, old.iv).await.body["code"], "open_data_unreadable");
        let mine = tap(&consumer.person.id);
        let damaged = mine.encrypted_data.clone().map(|data| data.replace('+', " "));
        if damaged != mine.encrypted_data {
            assert_eq!(send(damaged, mine.iv.clone()).await.body["code"], "open_data_unreadable");
        }
        let given = send(mine.encrypted_data, mine.iv).await;
        assert_eq!((given.status, &given.body["phone"]), (StatusCode::OK, &json!("138****0001")));
    })
    .await;
}
