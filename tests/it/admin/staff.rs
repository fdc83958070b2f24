//! Headquarters add staff, change what they may do, and end it; everybody looks after their own sessions and password.

use entity::admin::staff::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answered, PASSWORD, StaffActor, TestApp, story};

const STAFF: &str = "/api/admin/v1/staff";

async fn me(actor: &StaffActor<'_>) -> Answered {
    actor.get("/api/admin/v1/me").await
}

async fn sign_in(app: &TestApp, login: &Value, password: &str) -> Answered {
    app.post("/api/admin/v1/sessions", &json!({ "login": login, "password": password })).await
}

#[actix_web::test]
async fn headquarters_add_a_clerk_who_signs_in() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let store = app.store("s1").await;
        let person = |login: &str, password: &str| {
            json!({ "login": login, "name": "周雨眠", "password": password, "role": "clerk", "store": store })
        };
        let body = person("zhou.ym", PASSWORD);
        let added = hq.post(STAFF, &body).await;
        assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
        assert!(!added.body.to_string().contains(PASSWORD));
        assert_eq!(hq.post(STAFF, &body).await.status, StatusCode::CONFLICT);
        let weak = hq.post(STAFF, &person("chen.x", "short")).await;
        assert_eq!(
            (weak.status, &weak.body["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("password"))
        );
        let clerk = sign_in(app, &json!("zhou.ym"), PASSWORD).await;
        assert_eq!(clerk.body["staff"]["role"], json!("clerk"));
        let logins = hq.get(STAFF).await.body;
        assert!(logins.as_array().expect("staff").iter().any(|person| person["login"] == "zhou.ym"));
        let clerk = app.staff(Role::Clerk).await;
        let names = clerk.get("/api/admin/v1/colleagues").await.body;
        assert!(names.to_string().contains("周雨眠") && !names.to_string().contains("zhou.ym"), "names, no logins");
    })
    .await;
}

#[actix_web::test]
async fn another_role_or_none_signs_them_out_at_once() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let actor = app.staff(Role::Manager).await;
        let person = me(&actor).await.body;
        let path = format!("{STAFF}/{}", person["id"].as_str().expect("an id"));
        let renamed = hq.patch(&path, &json!({ "name": "林店长" })).await;
        assert_eq!((renamed.status, &renamed.body["name"]), (StatusCode::OK, &json!("林店长")));
        assert_eq!(me(&actor).await.status, StatusCode::OK, "a name signs nobody out");
        assert_eq!(hq.patch(&path, &json!({ "role": "clerk" })).await.body["role"], json!("clerk"));
        assert_eq!(me(&actor).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(app, &person["login"], PASSWORD).await.body["staff"]["role"], json!("clerk"));
        let disabled = hq.patch(&path, &json!({ "disabled": true })).await;
        assert!(disabled.body["disabled_at"].is_string());
        assert_eq!(sign_in(app, &person["login"], PASSWORD).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(hq.patch(&path, &json!({ "disabled": false })).await.body["disabled_at"], Value::Null);
        assert_eq!(sign_in(app, &person["login"], PASSWORD).await.status, StatusCode::CREATED);
    })
    .await;
}

#[actix_web::test]
async fn headquarters_sign_somebody_out_who_may_come_back() {
    story(async |app| {
        let (hq, clerk) = (app.staff(Role::Headquarters).await, app.staff(Role::Clerk).await);
        let person = me(&clerk).await.body;
        let login = &person["login"];
        let elsewhere = sign_in(app, login, PASSWORD).await.body["token"].as_str().expect("a token").to_owned();
        let path = format!("{STAFF}/{}/sessions", person["id"].as_str().expect("an id"));
        assert_eq!(clerk.delete(&path).await.status, StatusCode::FORBIDDEN);
        assert_eq!(hq.delete(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(me(&clerk).await.status, StatusCode::UNAUTHORIZED);
        let other = app.http.get(format!("{}/api/admin/v1/me", app.base_url)).bearer_auth(&elsewhere);
        assert_eq!(Answered::read(other).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(app, login, PASSWORD).await.status, StatusCode::CREATED, "nothing else has changed");
        let nobody = format!("{STAFF}/stf_{}/sessions", "0".repeat(32));
        assert_ne!(hq.delete(&nobody).await.status, StatusCode::NO_CONTENT);
    })
    .await;
}

#[actix_web::test]
async fn nobody_takes_away_their_own_rights() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let path = format!("{STAFF}/{}", me(&hq).await.body["id"].as_str().expect("an id"));
        for change in [json!({ "role": "clerk" }), json!({ "disabled": true })] {
            assert_eq!(hq.patch(&path, &change).await.status, StatusCode::CONFLICT, "{change}");
        }
        assert_eq!(hq.patch(&path, &json!({ "name": "总部", "role": "headquarters" })).await.status, StatusCode::OK);
    })
    .await;
}

#[actix_web::test]
async fn a_new_password_ends_the_other_sessions() {
    story(async |app| {
        let actor = app.staff(Role::Clerk).await;
        let login = me(&actor).await.body["login"].clone();
        let elsewhere = sign_in(app, &login, PASSWORD).await.body["token"].as_str().expect("a token").to_owned();
        let new = "another long secret";
        let wrong = actor.post("/api/admin/v1/me/password", &json!({ "old": "wrong", "new": new })).await;
        assert_eq!(
            (wrong.status, &wrong.body["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("old"))
        );
        let changed = actor.post("/api/admin/v1/me/password", &json!({ "old": PASSWORD, "new": new })).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{changed:?}");
        assert_eq!(me(&actor).await.status, StatusCode::OK);
        let other = app.http.get(format!("{}/api/admin/v1/me", app.base_url)).bearer_auth(&elsewhere);
        assert_eq!(Answered::read(other).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(app, &login, PASSWORD).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(app, &login, new).await.status, StatusCode::CREATED);
        let hq = app.staff(Role::Headquarters).await;
        let path = format!("{STAFF}/{}/password", me(&actor).await.body["id"].as_str().expect("an id"));
        assert_eq!(hq.post(&path, &json!({ "password": PASSWORD })).await.status, StatusCode::NO_CONTENT);
        assert_eq!(me(&actor).await.status, StatusCode::UNAUTHORIZED, "given by somebody else it ends all of them");
        assert_eq!(sign_in(app, &login, PASSWORD).await.status, StatusCode::CREATED);
    })
    .await;
}

#[actix_web::test]
async fn everybody_sees_and_ends_their_own_sessions_and_nobody_elses() {
    story(async |app| {
        let (actor, other) = (app.staff(Role::Clerk).await, app.staff(Role::Clerk).await);
        let login = me(&actor).await.body["login"].clone();
        let lost = sign_in(app, &login, PASSWORD).await.body["token"].as_str().expect("a token").to_owned();
        let sessions = actor.get("/api/admin/v1/me/sessions").await.body;
        let sessions = sessions.as_array().expect("sessions");
        assert_eq!(sessions.len(), 2);
        let there = sessions.iter().find(|session| session["current"] == json!(false)).expect("the other one");
        let path = format!("/api/admin/v1/me/sessions/{}", there["id"].as_str().expect("an id"));
        assert_eq!(other.delete(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(actor.delete(&path).await.status, StatusCode::NO_CONTENT);
        let gone = app.http.get(format!("{}/api/admin/v1/me", app.base_url)).bearer_auth(&lost);
        assert_eq!(Answered::read(gone).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(me(&actor).await.status, StatusCode::OK);
    })
    .await;
}
