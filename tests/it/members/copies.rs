//! A member gets a copy of everything that is held of them, and nothing of anybody else.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    members::{access, export},
};
use huilian::{belongings::BELONGINGS, infra::db::Tx, members::retention::ForgetOld};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Known, declare_id_card, named, well_known};
use crate::support::{TestApp, story};

const EXPORTS: &str = "/api/mini/v1/exports";

async fn two(app: &TestApp) -> (Known<'_>, Known<'_>) {
    declare_id_card(&app.staff(Role::Headquarters).await).await;
    let one = well_known(app, "林小满", "13800000001", super::ID_CARD).await;
    (one, well_known(app, "周一鸣", "13800000002", "440301199003070018").await)
}

/// Asks for a copy and gives where it is.
async fn ask(app: &TestApp, known: &Known<'_>) -> String {
    let asked = known.consumer.post(EXPORTS, &json!({})).await;
    assert_eq!((asked.status, &asked.body["state"]), (StatusCode::ACCEPTED, &json!("waiting")), "{asked:?}");
    let path = format!("{EXPORTS}/{}", asked.body["id"].as_str().expect("an id"));
    assert_eq!(known.consumer.get(&format!("{path}/file")).await.status, StatusCode::CONFLICT, "not yet");
    app.run_jobs().await;
    assert_eq!(known.consumer.get(&path).await.body["state"], "ready");
    path
}

#[actix_web::test]
async fn the_copy_holds_everything_of_the_member_and_nothing_of_another() {
    story(async |app| {
        let (one, other) = two(app).await;
        let file = one.consumer.get(&format!("{}/file", ask(app, &one).await)).await;
        assert_eq!(file.status, StatusCode::OK, "{file:?}");
        assert!(
            file.header("content-disposition").starts_with("attachment") && file.header("cache-control") == "no-store"
        );
        for line in BELONGINGS.iter().filter(|line| line.export.is_some()) {
            let rows = file.body["held"][line.table].as_array().map(Vec::len);
            assert!(rows > Some(0), "nothing of {}: let `well_known` leave something there", line.table);
        }
        let text = file.body.to_string();
        for name in &one.names {
            assert!(text.contains(name.as_str()), "{name}");
        }
        for name in &other.names {
            assert!(!text.contains(name.as_str()), "{name}");
        }
        assert!(!text.contains(&other.member.to_string()));
        assert!(!text.contains("v1."), "nothing is sealed");
    })
    .await;
}

#[actix_web::test]
async fn a_copy_is_only_the_members_is_kept_sealed_and_ends() {
    story(async |app| {
        let (one, other) = two(app).await;
        let known = named(app, &["13800000001"]).await;
        let path = ask(app, &one).await;
        assert_eq!(named(app, &["13800000001"]).await, known, "the file is sealed");
        for path in [path.clone(), format!("{path}/file")] {
            assert_eq!(other.consumer.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(other.consumer.get(EXPORTS).await.body, json!([]));
        let again = one.consumer.post(EXPORTS, &json!({})).await;
        assert!(path.ends_with(again.body["id"].as_str().expect("an id")), "within an hour it is the same one");

        app.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
        assert_eq!(one.consumer.get(&format!("{path}/file")).await.status, StatusCode::OK);
        app.advance(TimeDelta::seconds(1));
        assert_eq!(one.consumer.get(&format!("{path}/file")).await.status, StatusCode::NOT_FOUND);
        app.app.db.tx(async |tx: &Tx| tx.enqueue(ForgetOld {})).await.expect("a job");
        app.run_jobs().await;
        assert!(app.rows::<export::Entity>().await.is_empty());
        assert_eq!(app.rows::<access::Entity>().await.len(), 2, "who read what is kept for longer");
        app.advance(TimeDelta::days(1096));
        app.app.db.tx(async |tx: &Tx| tx.enqueue(ForgetOld {})).await.expect("a job");
        app.run_jobs().await;
        assert!(app.rows::<access::Entity>().await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_member_sees_and_corrects_what_is_held_and_bad_words_are_refused() {
    story(async |app| {
        let (one, _) = two(app).await;
        let mine = one.consumer.get("/api/mini/v1/profile").await.body;
        assert_eq!(
            (&mine["name"], &mine["nickname"], &mine["phone"]),
            (&json!("林小满"), &json!("林小满本人"), &json!("138****0001"))
        );
        let identities = one.consumer.get("/api/mini/v1/identities").await.body;
        assert!(identities.as_array().is_some_and(|list| list.len() == 4), "{identities}");
        assert!(!identities.to_string().contains("13800000001"));
        let patch = async |body: Value| one.consumer.patch("/api/mini/v1/profile", &body).await;
        app.advance(TimeDelta::seconds(1));
        assert_eq!(patch(json!({ "name": "林晓满", "birthday": null })).await.body["name"], "林晓满");
        let refused = patch(json!({ "nickname": "违规昵称" })).await;
        assert_eq!(
            (refused.status, &refused.body["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("nickname"))
        );
        assert_eq!(patch(json!({ "joined_by": "code" })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mine = one.consumer.get("/api/mini/v1/profile").await.body;
        assert_eq!((&mine["nickname"], &mine["birthday"]), (&json!("林小满本人"), &Value::Null));
    })
    .await;
}
