//! Who may ask, agree, fetch.

use chrono::TimeDelta;
use entity::admin::staff::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answered, StaffActor, story, story_with};

pub const EXPORTS: &str = "/api/admin/v1/exports";

pub async fn ask(staff: &StaffActor<'_>, what: Value, key: &str) -> Answered {
    staff.post_once(EXPORTS, key, &json!({ "what": what, "reason": "年度对账需要" })).await
}

/// The path of a fresh request.
pub async fn asked(staff: &StaffActor<'_>, what: Value, key: &str) -> String {
    let asked = ask(staff, what, key).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{asked:?}");
    format!("{EXPORTS}/{}", asked.body["id"].as_str().expect("an id"))
}

#[actix_web::test]
async fn somebody_else_agrees_and_only_who_asked_fetches() {
    story(async |app| {
        let (one, other) = (app.staff(Role::Headquarters).await, app.staff(Role::Headquarters).await);
        let path = asked(&one, json!({ "members": {} }), "export-0001").await;
        assert_eq!(asked(&one, json!({ "members": {} }), "export-0001").await, path, "asked once");
        let (approve, file) = (format!("{path}/approve"), format!("{path}/file"));
        assert_eq!(one.get(&path).await.body["state"], "waiting");
        assert_eq!(one.post(&approve, &json!({})).await.status, StatusCode::FORBIDDEN, "not one's own");
        assert_eq!(one.post(&file, &json!({})).await.status, StatusCode::CONFLICT);
        assert_eq!(other.post(&approve, &json!({})).await.body["state"], "writing");
        assert_eq!(other.post(&approve, &json!({})).await.body["code"], "already_decided");
        app.run_jobs().await;
        let ready = one.get(&path).await.body;
        assert_eq!((&ready["state"], &ready["done"], &ready["fetched"]), (&json!("ready"), &ready["total"], &json!(0)));
        assert_eq!(other.post(&file, &json!({})).await.status, StatusCode::NOT_FOUND, "who agreed has not asked");
        assert_eq!(one.post(&file, &json!({})).await.status, StatusCode::OK);
        assert_eq!(one.get(&path).await.body["fetched"], 1);
        let record = one.get("/api/admin/v1/audit").await.body["items"].clone();
        let noted = |entry: &&Value| entry["path"] == json!(file) && entry["status"] == 200;
        assert_eq!(record.as_array().expect("entries").iter().filter(noted).count(), 1, "{record}");

        // Its time is over; who asked and why stays.
        app.advance(TimeDelta::days(4));
        let one_again = app.staff(Role::Headquarters).await;
        app.run_jobs().await;
        assert_eq!(one_again.get(&path).await.body["state"], "over");
        assert!(app.rows::<entity::exports::export_part::Entity>().await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn what_is_refused_or_taken_back_is_never_written() {
    story(async |app| {
        let (one, other) = (app.staff(Role::Headquarters).await, app.staff(Role::Headquarters).await);
        let refused = asked(&one, json!({ "audit": {} }), "export-0001").await;
        let answer = other.post(&format!("{refused}/refuse"), &json!({ "reason": "用途不清楚" })).await;
        assert_eq!(
            (&answer.body["state"], &answer.body["why"]),
            (&json!("refused"), &json!("用途不清楚")),
            "{answer:?}"
        );
        assert_eq!(other.post(&format!("{refused}/approve"), &json!({})).await.status, StatusCode::CONFLICT);

        let taken_back = asked(&one, json!({ "audit": {} }), "export-0002").await;
        assert_eq!(other.delete(&taken_back).await.status, StatusCode::NOT_FOUND, "not somebody else's");
        other.post(&format!("{taken_back}/approve"), &json!({})).await;
        for _ in 0..2 {
            assert_eq!(one.delete(&taken_back).await.status, StatusCode::NO_CONTENT);
        }
        app.run_jobs().await;
        assert_eq!(one.get(&taken_back).await.body["state"], "withdrawn");
        assert!(app.rows::<entity::exports::export_part::Entity>().await.is_empty());
        let list = one.get(EXPORTS).await.body;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(2), "{list}");
    })
    .await;
}

#[actix_web::test]
async fn what_the_configuration_names_needs_nobodys_consent() {
    let alone =
        |settings: &mut crate::support::Settings| settings.config.privacy.export_alone = vec!["audit".to_owned()];
    story_with(alone, async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let path = asked(&hq, json!({ "audit": {} }), "export-0001").await;
        app.run_jobs().await;
        assert_eq!(hq.get(&path).await.body["state"], "ready");
        let waits = ask(&hq, json!({ "members": {} }), "export-0002").await;
        assert_eq!(waits.body["state"], "waiting");
    })
    .await;
}

#[actix_web::test]
async fn a_request_needs_a_reason_and_something_that_is_there() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let send = async |body: Value| hq.post_once(EXPORTS, "export-0001", &body).await.status;
        assert_eq!(send(json!({ "what": { "audit": {} }, "reason": "" })).await, StatusCode::UNPROCESSABLE_ENTITY);
        let nowhere = json!({ "bill": "rcn_06gzqn7n01rvnb8hvp20m4nfy0" });
        assert_eq!(send(json!({ "what": nowhere, "reason": "年度对账" })).await, StatusCode::NOT_FOUND);
        let unknown = json!({ "what": { "members": { "phone": "1" } }, "reason": "年度对账" });
        assert_eq!(send(unknown).await, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}
