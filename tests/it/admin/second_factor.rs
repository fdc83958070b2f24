//! A second factor: set up by whoever holds the authenticator, asked for at every sign-in, each code once.

use chrono::TimeDelta;
use entity::admin::staff::{self, Role};
use reqwest::StatusCode;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::support::{Answered, PASSWORD, StaffActor, TestApp, story};

const MINE: &str = "/api/admin/v1/me/second-factor";

/// What the authenticator shows now.
pub fn shown(app: &TestApp, secret: &Value) -> String {
    let secret = Secret::try_from_base32(secret.as_str().expect("a secret")).expect("base32");
    let totp = Builder::new().with_secret(secret.as_bytes().to_vec()).with_account_name("x").build().expect("a TOTP");
    let now = u64::try_from(app.clock.now().timestamp()).expect("after 1970");
    totp.generate(now).to_string()
}

async fn login(actor: &StaffActor<'_>) -> String {
    actor.get("/api/admin/v1/me").await.body["login"].as_str().expect("a login").to_owned()
}

async fn sign_in(app: &TestApp, login: &str, code: Option<&str>) -> Answered {
    app.post("/api/admin/v1/sessions", &json!({ "login": login, "password": PASSWORD, "code": code })).await
}

/// Sets one up; gives its secret.
pub async fn set_up(app: &TestApp, actor: &StaffActor<'_>) -> Value {
    let begun = actor.post(MINE, &json!({})).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{begun:?}");
    let url = begun.body["url"].as_str().expect("an address");
    let secret = begun.body["secret"].clone();
    assert!(url.starts_with("otpauth://totp/") && url.contains(secret.as_str().expect("a secret")), "{url}");
    let code = shown(app, &secret);
    let confirmed = actor.post(&format!("{MINE}/confirm"), &json!({ "code": code })).await;
    assert_eq!(confirmed.status, StatusCode::NO_CONTENT, "{confirmed:?}");
    secret
}

#[actix_web::test]
async fn from_the_first_code_on_the_password_alone_is_not_enough() {
    story(async |app| {
        let actor = app.staff(Role::Manager).await;
        let login = login(&actor).await;
        let secret = set_up(app, &actor).await;
        assert_eq!(actor.get("/api/admin/v1/me").await.body["second_factor"], json!(true));
        let missing = sign_in(app, &login, None).await;
        let says = (missing.status, &missing.body["code"]);
        assert_eq!(says, (StatusCode::UNAUTHORIZED, &json!("second_factor_needed")));
        let wrong = app.post("/api/admin/v1/sessions", &json!({ "login": login, "password": "wrong" })).await;
        assert_eq!(wrong.body["code"], json!("unauthorized"), "only who knows the password hears that there is one");

        app.advance(TimeDelta::seconds(30));
        let code = shown(app, &secret);
        assert_eq!(sign_in(app, &login, Some(&code)).await.status, StatusCode::CREATED);
        assert_eq!(sign_in(app, &login, Some(&code)).await.status, StatusCode::UNAUTHORIZED, "each code counts once");
        app.advance(TimeDelta::seconds(90));
        assert_eq!(sign_in(app, &login, Some(&code)).await.status, StatusCode::UNAUTHORIZED, "and not for ever");
        let stored = format!("{:?}", app.rows::<staff::Entity>().await);
        assert!(!stored.contains(secret.as_str().expect("a secret")), "the secret is sealed");
    })
    .await;
}

#[actix_web::test]
async fn codes_cannot_be_guessed() {
    story(async |app| {
        let actor = app.staff(Role::Manager).await;
        let login = login(&actor).await;
        let secret = set_up(app, &actor).await;
        app.advance(TimeDelta::seconds(30));
        for _ in 0..10 {
            assert_eq!(sign_in(app, &login, Some("000000")).await.status, StatusCode::UNAUTHORIZED);
        }
        let right = sign_in(app, &login, Some(&shown(app, &secret))).await;
        assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

#[actix_web::test]
async fn one_that_was_never_confirmed_locks_nobody_out_and_can_be_begun_anew() {
    story(async |app| {
        let actor = app.staff(Role::Manager).await;
        let login = login(&actor).await;
        let none = actor.post(&format!("{MINE}/confirm"), &json!({ "code": "123456" })).await;
        assert_eq!(none.status, StatusCode::CONFLICT);
        actor.post(MINE, &json!({})).await;
        let wrong = actor.post(&format!("{MINE}/confirm"), &json!({ "code": "000000" })).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(sign_in(app, &login, None).await.status, StatusCode::CREATED);
        set_up(app, &actor).await;
        let again = actor.post(MINE, &json!({})).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "it does not get replaced by a session that was left open");
    })
    .await;
}

#[actix_web::test]
async fn it_is_removed_with_a_last_code_or_by_headquarters() {
    story(async |app| {
        let (hq, actor) = (app.staff(Role::Headquarters).await, app.staff(Role::Manager).await);
        let login = login(&actor).await;
        let secret = set_up(app, &actor).await;
        app.advance(TimeDelta::seconds(30));
        let remove = format!("{MINE}/remove");
        let wrong = actor.post(&remove, &json!({ "code": "000000" })).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let removed = actor.post(&remove, &json!({ "code": shown(app, &secret) })).await;
        assert_eq!(removed.status, StatusCode::NO_CONTENT, "{removed:?}");
        assert_eq!(sign_in(app, &login, None).await.status, StatusCode::CREATED);

        set_up(app, &actor).await;
        let id = actor.get("/api/admin/v1/me").await.body["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/admin/v1/staff/{id}/second-factor");
        assert_eq!(actor.delete(&path).await.status, StatusCode::FORBIDDEN);
        assert_eq!(hq.delete(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(sign_in(app, &login, None).await.status, StatusCode::CREATED);
    })
    .await;
}
