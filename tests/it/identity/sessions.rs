//! Logging in to the mini program: who may, what is kept, on which devices, and how it ends.

use chrono::TimeDelta;
use entity::identity::{identity, member, session, wechat_session};
use huilian::sandbox::{FaultKind, NewFault, PersonPatch};
use reqwest::{StatusCode, header::COOKIE};
use serde_json::json;

use crate::support::{Answered, TestApp, story};

const SESSIONS: &str = "/api/mini/v1/sessions";
const CURRENT: &str = "/api/mini/v1/sessions/current";
const ROTATE: &str = "/api/mini/v1/sessions/current/rotate";

/// The answer to "does my session stand?" with this token.
async fn known(app: &TestApp, token: &str) -> StatusCode {
    Answered::read(app.http.get(format!("{}{CURRENT}", app.base_url)).bearer_auth(token)).await.status
}

#[actix_web::test]
async fn who_logs_in_again_is_the_same_member_on_another_device() {
    story(async |app| {
        let person = app.person("林小满");
        let (first, second) = (person.log_in("shop").await, person.log_in("shop").await);
        assert_eq!((&first.logged_in["new"], &second.logged_in["new"]), (&json!(true), &json!(false)));
        assert_eq!(first.logged_in["member"], second.logged_in["member"]);
        assert_ne!(first.token, second.token);
        assert_eq!(first.logged_in.get("phone"), None, "there is none yet");
        let devices = second.get(SESSIONS).await.body;
        assert_eq!(devices.as_array().map(Vec::len), Some(2), "{devices}");
        let one = |field: &str, value| devices.as_array().and_then(|all| all.iter().find(|it| it[field] == value));
        let other = one("current", json!(false)).expect("the first device");
        assert_eq!((&other["device"], &other["entrance"]), (&json!("测试手机"), &json!("mini_program")));
        let path = format!("{SESSIONS}/{}", other["id"].as_str().expect("an id"));
        assert_eq!(second.delete(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(second.delete(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(known(app, &first.token).await, StatusCode::UNAUTHORIZED);
        assert_eq!(second.delete(CURRENT).await.status, StatusCode::NO_CONTENT);
        assert_eq!(known(app, &second.token).await, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[actix_web::test]
async fn nobody_ends_or_sees_the_sessions_of_others() {
    story(async |app| {
        let (one, other) = (app.person("林小满").log_in("shop").await, app.person("周一鸣").log_in("shop").await);
        let session = one.logged_in["session"].as_str().expect("an id");
        assert_eq!(other.delete(&format!("{SESSIONS}/{session}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.get(SESSIONS).await.body.as_array().map(Vec::len), Some(1));
        assert_eq!(known(app, &one.token).await, StatusCode::OK);
    })
    .await;
}

#[actix_web::test]
async fn a_code_that_is_used_old_or_of_another_app_makes_nobody() {
    story(async |app| {
        let person = app.person("林小满");
        let code = app.sandbox.login(&person.id, "shop").expect("a code");
        let send = |code: &str| json!({ "account": "shop", "code": code });
        assert_eq!(app.post(SESSIONS, &send(&code)).await.status, StatusCode::CREATED);
        let old = app.sandbox.login(&person.id, "shop").expect("a code");
        app.advance(TimeDelta::minutes(6));
        for bad in [code.as_str(), old.as_str(), "no-code-of-anybody"] {
            let refused = app.post(SESSIONS, &send(bad)).await;
            assert_eq!(
                (refused.status, &refused.body["code"]),
                (StatusCode::UNAUTHORIZED, &json!("login_code_invalid"))
            );
        }
        let official = app.post(SESSIONS, &json!({ "account": "brand", "code": "x" })).await;
        assert_eq!(
            (official.status, &official.body["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("account"))
        );
        assert_eq!(app.rows::<member::Entity>().await.len(), 1);
        assert_eq!(app.rows::<session::Entity>().await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn whom_wechat_blocks_gets_clear_words_and_no_account() {
    story(async |app| {
        let person = app.person("林小满");
        let blocked = PersonPatch { login_blocked: Some(true), ..PersonPatch::default() };
        app.sandbox.change_person(&person.id, blocked).expect("a person");
        let refused = person.try_log_in("shop").await;
        assert_eq!((refused.status, &refused.body["code"]), (StatusCode::FORBIDDEN, &json!("login_blocked")));
        assert!(refused.body["title"].as_str().is_some_and(|title| title.contains("风险")), "{refused:?}");
        let busy = FaultKind::Errcode { errcode: 45011, errmsg: None };
        app.sandbox.add_fault(NewFault::once("/sns/jscode2session", busy)).expect("a fault");
        let other = app.person("周一鸣");
        let often = other.try_log_in("shop").await;
        assert_eq!((often.status, &often.body["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limited")));
        app.sandbox.add_fault(NewFault::once("/sns/jscode2session", FaultKind::ResetAfter)).expect("a fault");
        let lost = other.try_log_in("shop").await;
        assert_eq!((lost.status, &lost.body["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("unavailable")));
        assert!(app.rows::<member::Entity>().await.is_empty());
        let busy = FaultKind::Errcode { errcode: -1, errmsg: None };
        app.sandbox
            .add_fault(NewFault { times: Some(2), ..NewFault::once("/sns/jscode2session", busy) })
            .expect("a fault");
        other.log_in("shop").await;
        assert_eq!(app.rows::<member::Entity>().await.len(), 1, "it is asked again while WeChat is busy");
    })
    .await;
}

#[actix_web::test]
async fn a_rotated_token_is_good_for_one_more_minute() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let rotated = consumer.post(ROTATE, &json!({})).await;
        assert_eq!(rotated.status, StatusCode::CREATED, "{rotated:?}");
        let fresh = rotated.body["token"].as_str().expect("a token").to_owned();
        assert_ne!(fresh, consumer.token);
        assert_eq!((known(app, &consumer.token).await, known(app, &fresh).await), (StatusCode::OK, StatusCode::OK));
        app.advance(TimeDelta::minutes(1));
        assert_eq!(
            (known(app, &consumer.token).await, known(app, &fresh).await),
            (StatusCode::UNAUTHORIZED, StatusCode::OK)
        );
    })
    .await;
}

#[actix_web::test]
async fn a_session_lasts_as_long_as_it_is_used_and_is_forgotten_afterwards() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        for _ in 0..3 {
            app.advance(TimeDelta::days(20));
            assert_eq!(known(app, &consumer.token).await, StatusCode::OK);
        }
        app.run_jobs().await;
        app.advance(TimeDelta::days(30));
        assert_eq!(known(app, &consumer.token).await, StatusCode::UNAUTHORIZED);
        app.advance(TimeDelta::days(1));
        app.run_jobs().await;
        assert!(app.rows::<session::Entity>().await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn neither_tokens_nor_session_keys_are_stored() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let rows = app.rows::<session::Entity>().await;
        assert!(rows.iter().all(|row| !format!("{row:?}").contains(consumer.token.trim_start_matches("hlc_"))));
        let keys = app.rows::<wechat_session::Entity>().await;
        assert!(keys.len() == 1 && keys[0].sealed.starts_with("v1."), "sealed");
        assert!(app.rows::<identity::Entity>().await.iter().any(|row| row.kind == identity::Kind::UnionId));
    })
    .await;
}

#[actix_web::test]
async fn the_cookie_of_a_page_reads_everywhere_and_changes_only_from_our_own_pages() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let cookie = format!("huilian_session={}", consumer.token);
        let ask = async |request: reqwest::RequestBuilder| Answered::read(request.header(COOKIE, &cookie)).await.status;
        let url = |path: &str| format!("{}{path}", app.base_url);
        assert_eq!(ask(app.http.get(url(CURRENT))).await, StatusCode::OK);
        assert_eq!(ask(app.http.post(url(ROTATE))).await, StatusCode::UNAUTHORIZED);
        let foreign = app.http.post(url(ROTATE)).header("sec-fetch-site", "cross-site");
        assert_eq!(ask(foreign).await, StatusCode::UNAUTHORIZED);
        let ours = app.http.post(url(ROTATE)).header("sec-fetch-site", "same-origin");
        assert_eq!(ask(ours).await, StatusCode::CREATED);
    })
    .await;
}

#[actix_web::test]
async fn wechats_own_session_is_checked_with_wechat() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let stands = async || consumer.get("/api/mini/v1/sessions/current/wechat").await.body["stands"].clone();
        assert_eq!(stands().await, json!(true));
        app.sandbox.login(&consumer.person.id, "shop").expect("the client logs in and tells us nothing");
        assert_eq!(stands().await, json!(false));
    })
    .await;
}
