//! What members allow: by purpose, by the words they read, and at once.

use chrono::TimeDelta;
use entity::{admin::staff::Role, members::consent};
use huilian::{
    infra::db::Tx,
    members::{Purpose, consent::allows},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{VERSION, member_path};
use crate::{
    identity::people::somebody,
    support::{Consumer, TestApp, story, unique_name},
};

const CONSENTS: &str = "/api/mini/v1/consents";

async fn say(consumer: &Consumer<'_>, purpose: &str, granted: bool) -> StatusCode {
    let body = json!({ "granted": granted, "version": VERSION });
    consumer.person.app.advance(TimeDelta::seconds(1));
    consumer.put(&format!("{CONSENTS}/{purpose}"), &body).await.status
}

async fn allowed(app: &TestApp, consumer: &Consumer<'_>, purpose: Purpose) -> bool {
    let member = consumer.member().await.parse().expect("an id");
    allows(app.app.db.read(), member, purpose).await.expect("an answer")
}

#[actix_web::test]
async fn nothing_but_service_is_allowed_until_the_member_says_yes_and_a_no_holds_at_once() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let asked = consumer.get(CONSENTS).await.body;
        let purposes: Vec<_> = asked
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| (one["purpose"].clone(), one["allowed"].clone()))
            .collect();
        assert_eq!(purposes[0], (json!("service"), json!(true)));
        assert!(
            purposes.len() == 4 && purposes[1..].iter().all(|(_, allowed)| *allowed == json!(false)),
            "{purposes:?}"
        );
        assert!(asked[2]["text"]["text_zh"].as_str().is_some_and(|text| text.contains("推荐")), "{asked}");

        assert_eq!(say(&consumer, "personalisation", true).await, StatusCode::OK);
        assert!(allowed(app, &consumer, Purpose::Personalisation).await);
        assert!(!allowed(app, &consumer, Purpose::Marketing).await, "each purpose for itself");
        assert_eq!(say(&consumer, "personalisation", false).await, StatusCode::OK);
        assert!(!allowed(app, &consumer, Purpose::Personalisation).await);
        assert_eq!(say(&consumer, "personalisation", false).await, StatusCode::OK);
        assert_eq!(say(&consumer, "service", false).await, StatusCode::OK);
        assert!(!allowed(app, &consumer, Purpose::Service).await);
        let history = app.rows::<consent::Entity>().await;
        let said: Vec<_> = history.iter().map(|row| (row.purpose, row.granted, row.version.as_str())).collect();
        let personal = Purpose::Personalisation;
        let expected = [(personal, true, VERSION), (personal, false, VERSION), (Purpose::Service, false, VERSION)];
        assert_eq!(said, expected, "every answer is kept, repetitions are none");
    })
    .await;
}

#[actix_web::test]
async fn a_yes_is_one_to_the_words_of_today() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let put = async |path: &str, body: Value| consumer.put(&format!("{CONSENTS}/{path}"), &body).await;
        let old = put("marketing", json!({ "granted": true, "version": "2025-01" })).await;
        assert_eq!(
            (old.status, &old.body["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("version"))
        );
        let no = put("marketing", json!({ "granted": false, "version": "2025-01" })).await;
        assert_eq!(no.status, StatusCode::OK, "a no counts whatever was read");
        assert_eq!(
            put("espionage", json!({ "granted": true, "version": VERSION })).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(put("marketing", json!({ "granted": true })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

/// Staff join two members; gives the merge.
async fn join(app: &TestApp, winner: &str, loser: &str) -> Value {
    let staff = app.staff(Role::Headquarters).await;
    let order = json!({ "a": winner, "b": loser, "winner": winner, "reason": "同一人" });
    let merged = staff.post_once("/api/admin/v1/merges", &unique_name(), &order).await;
    assert!(merged.status.is_success(), "{merged:?}");
    merged.body
}

async fn part(app: &TestApp, merged: &Value) {
    let merge = merged["id"].as_str().expect("an id").parse().expect("an id");
    let undo = async |tx: &Tx| huilian::identity::merge::undo(tx, merge, somebody(app), None).await;
    app.app.db.tx(undo).await.expect("undone");
}

fn decided(merged: &Value, purpose: &str) -> Value {
    let decisions = merged["decisions"].as_array().expect("decisions");
    let decision = decisions.iter().find(|one| one["field"] == purpose).expect("a decision");
    json!([decision["chosen"], decision["why"]])
}

#[actix_web::test]
async fn after_a_merge_the_stricter_answer_holds_and_undoing_gives_each_their_own() {
    story(async |app| {
        let (one, other) = (app.person("林小满").log_in("shop").await, app.person("林晓满").log_in("shop").await);
        // The no comes last, then it comes first.
        for (purpose, first, second) in [("marketing", &one, &other), ("third_party_profiling", &other, &one)] {
            say(first, purpose, true).await;
            say(second, purpose, false).await;
        }
        say(&other, "service", false).await;
        say(&one, "service", true).await;
        say(&other, "personalisation", true).await;
        let before = app.rows::<consent::Entity>().await;
        let (winner, loser) = (one.member().await, other.member().await);
        let merged = join(app, &winner, &loser).await;
        for purpose in [Purpose::Marketing, Purpose::ThirdPartyProfiling, Purpose::Service] {
            assert!(!allowed(app, &one, purpose).await, "{purpose:?}");
        }
        assert!(allowed(app, &one, Purpose::Personalisation).await, "nobody has said no to it");
        assert_eq!(decided(&merged, "marketing"), json!(["loser", "stricter"]));
        assert_eq!(decided(&merged, "third_party_profiling"), json!(["winner", "stricter"]));
        let shown = app.staff(Role::Headquarters).await.get(&member_path(winner.parse().expect("an id"))).await.body;
        let marketing = &shown["member"]["consents"][1];
        assert_eq!((&marketing["purpose"], &marketing["allowed"]), (&json!("marketing"), &json!(false)));
        part(app, &merged).await;
        assert_eq!(app.rows::<consent::Entity>().await, before);
        assert!(allowed(app, &one, Purpose::Marketing).await && !allowed(app, &other, Purpose::Marketing).await);
        assert!(allowed(app, &one, Purpose::Service).await && !allowed(app, &other, Purpose::Service).await);
    })
    .await;
}

#[actix_web::test]
async fn a_yes_after_the_merge_holds_and_stays_when_the_merge_is_undone() {
    story(async |app| {
        let (one, other) = (app.person("林小满").log_in("shop").await, app.person("林晓满").log_in("shop").await);
        say(&other, "marketing", false).await;
        say(&one, "marketing", true).await;
        let merged = join(app, &one.member().await, &other.member().await).await;
        assert!(!allowed(app, &one, Purpose::Marketing).await);
        assert_eq!(say(&other, "marketing", true).await, StatusCode::OK);
        assert!(allowed(app, &one, Purpose::Marketing).await, "said by who they are now");
        part(app, &merged).await;
        assert!(allowed(app, &one, Purpose::Marketing).await && !allowed(app, &other, Purpose::Marketing).await);
    })
    .await;
}
