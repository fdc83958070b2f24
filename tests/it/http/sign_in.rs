//! Staff sign in and out: what can be guessed, what is stored, and when it ends.

use chrono::TimeDelta;
use entity::{
    admin::{staff, staff_session},
    types::StaffId,
};
use huilian::{admin, infra::db::Tx};
use reqwest::StatusCode;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use crate::support::{Answered, TestApp, story, story_with};

const SESSIONS: &str = "/api/admin/v1/sessions";
const PASSWORD: &str = "correct horse battery";

async fn add(app: &TestApp, login: &str) -> StaffId {
    let post = app.post_of(staff::Role::Manager).await;
    admin::staff::add(&app.app.db, login, "店员", PASSWORD.to_owned(), post).await.expect("a member of staff")
}

async fn sign_in(app: &TestApp, login: &str, password: &str) -> Answered {
    app.post(SESSIONS, &json!({ "login": login, "password": password })).await
}

async fn token(app: &TestApp, login: &str) -> String {
    let answer = sign_in(app, login, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer.body["token"].as_str().expect("a token").to_owned()
}

/// The status of "who am I?" with this token.
async fn known(app: &TestApp, token: &str) -> StatusCode {
    let request = app.http.get(format!("{}/api/admin/v1/me", app.base_url)).bearer_auth(token);
    Answered::read(request).await.status
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_login_look_the_same() {
    story(async |app| {
        add(app, "lin.xm").await;
        let mut refused = [sign_in(app, "lin.xm", "wrong").await, sign_in(app, "nobody", "wrong").await];
        for answer in &mut refused {
            assert_eq!((answer.status, &answer.body["code"]), (StatusCode::UNAUTHORIZED, &json!("unauthorized")));
            answer.body["request_id"].take();
        }
        assert_eq!(refused[0].body, refused[1].body);
        assert!(app.rows::<staff_session::Entity>().await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn after_ten_attempts_a_login_rests_for_a_quarter_of_an_hour_and_others_do_not() {
    story(async |app| {
        add(app, "lin.xm").await;
        add(app, "zhou.ym").await;
        for _ in 0..10 {
            assert_eq!(sign_in(app, "lin.xm", "wrong").await.status, StatusCode::UNAUTHORIZED);
        }
        let resting = sign_in(app, "lin.xm", PASSWORD).await;
        assert_eq!((resting.status, &resting.body["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limited")));
        assert_eq!(resting.header("retry-after"), "900");
        assert_eq!(sign_in(app, "zhou.ym", PASSWORD).await.status, StatusCode::CREATED);
        app.advance(TimeDelta::minutes(15));
        assert_eq!(sign_in(app, "lin.xm", PASSWORD).await.status, StatusCode::CREATED);
    })
    .await;
}

#[actix_web::test]
async fn somebody_elsewhere_cannot_lock_a_colleague_out() {
    story_with(
        |settings| settings.config.http.proxies = 1,
        async |app| {
            add(app, "lin.xm").await;
            let from = async |address: &str, password: &str| {
                let body = json!({ "login": "lin.xm", "password": password });
                let request = app.http.post(format!("{}{SESSIONS}", app.base_url)).header("x-forwarded-for", address);
                Answered::read(request.json(&body)).await.status
            };
            for _ in 0..11 {
                from("203.0.113.1", "wrong").await;
            }
            assert_eq!(from("203.0.113.1", PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(from("203.0.113.2", PASSWORD).await, StatusCode::CREATED);
        },
    )
    .await;
}

#[actix_web::test]
async fn signing_in_well_again_and_again_is_no_attack() {
    story(async |app| {
        add(app, "lin.xm").await;
        for _ in 0..12 {
            token(app, "lin.xm").await;
        }
    })
    .await;
}

#[actix_web::test]
async fn signing_out_ends_this_session_at_once_and_no_other() {
    story(async |app| {
        add(app, "lin.xm").await;
        let (phone, desk) = (token(app, "lin.xm").await, token(app, "lin.xm").await);
        assert_ne!(phone, desk);
        let request = app.http.delete(format!("{}{SESSIONS}/current", app.base_url)).bearer_auth(&phone);
        assert_eq!(Answered::read(request).await.status, StatusCode::NO_CONTENT);
        assert_eq!(known(app, &phone).await, StatusCode::UNAUTHORIZED);
        assert_eq!(known(app, &desk).await, StatusCode::OK);
    })
    .await;
}

#[actix_web::test]
async fn a_session_ends_after_twelve_hours() {
    story(async |app| {
        add(app, "lin.xm").await;
        let answer = sign_in(app, "lin.xm", PASSWORD).await;
        let ends = app.clock.now() + TimeDelta::hours(12);
        assert_eq!(answer.body["expires_at"].as_str().and_then(|at| at.parse().ok()), Some(ends));
        let token = answer.body["token"].as_str().expect("a token");
        app.advance(TimeDelta::hours(12) - TimeDelta::milliseconds(1));
        assert_eq!(known(app, token).await, StatusCode::OK);
        app.advance(TimeDelta::milliseconds(1));
        assert_eq!(known(app, token).await, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[actix_web::test]
async fn disabled_staff_are_out_at_once_and_cannot_come_back() {
    story(async |app| {
        let id = add(app, "lin.xm").await;
        let token = token(app, "lin.xm").await;
        let disable = async |tx: &Tx| {
            let them = staff::Entity::update_many().filter(staff::Column::Id.eq(id));
            them.col_expr(staff::Column::DisabledAt, Expr::value(tx.now())).exec(tx.db()).await?;
            Ok(())
        };
        app.app.db.tx(disable).await.expect("a disabled member of staff");
        assert_eq!(known(app, &token).await, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(app, "lin.xm", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[actix_web::test]
async fn neither_tokens_nor_passwords_are_stored_or_told() {
    story(async |app| {
        add(app, "lin.xm").await;
        let token = token(app, "lin.xm").await;
        let sessions = format!("{:?}", app.rows::<staff_session::Entity>().await);
        let (_, random) = token.split_once('_').expect("a prefix");
        assert!(random.len() >= 43, "256 bits");
        assert!(!sessions.contains(random));
        let staff = app.rows::<staff::Entity>().await;
        assert!(staff[0].password.starts_with("$argon2id$") && !staff[0].password.contains(PASSWORD));
        let me = app.http.get(format!("{}/api/admin/v1/me", app.base_url)).bearer_auth(&token);
        let me = Answered::read(me).await.body;
        assert_eq!((&me["login"], &me["role"]), (&json!("lin.xm"), &json!("manager")));
        assert!(me.get("password").is_none());
    })
    .await;
}

#[actix_web::test]
async fn logins_are_unique_and_passwords_long_enough() {
    story(async |app| {
        add(app, "lin.xm").await;
        let post = app.post_of(staff::Role::Clerk).await;
        let add = async |login: &str, password: &str| {
            let added = admin::staff::add(&app.app.db, login, "x", password.to_owned(), post).await;
            added.map(drop).map_err(|error| error.code().as_str())
        };
        assert_eq!(add("lin.xm", PASSWORD).await, Err("conflict"));
        for login in ["x", "Lin", "lin xm", "林小满", &"x".repeat(65)] {
            assert_eq!(add(login, PASSWORD).await, Err("invalid"), "{login}");
        }
        for password in ["short", "zhou.ym-zhou.ym"] {
            assert_eq!(add("zhou.ym", password).await, Err("invalid"), "{password}");
        }
        assert_eq!(add("zhou.ym", PASSWORD).await, Ok(()));
    })
    .await;
}
