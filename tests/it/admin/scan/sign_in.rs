//! Whoever has linked their WeChat signs in with it, and with nothing less than before.

use chrono::TimeDelta;
use entity::admin::{audit_entry, staff::Role};
use huilian::{admin::scan::By, infra::config::Admin};
use reqwest::{StatusCode, header::COOKIE};
use serde_json::json;

use super::{Phone, Screen, agreed, linked, me, on};
use crate::{
    admin::second_factor::{set_up, shown},
    support::{Answered, PASSWORD, story, story_with},
};

#[actix_web::test]
async fn whoever_has_linked_their_wechat_signs_in_by_scanning() {
    story_with(on, async |app| {
        let (staff, person) = (app.staff(Role::Manager).await, app.person("林小满"));
        linked(app, &staff, &person).await;
        assert_eq!(app.get("/api/admin/v1/entry").await.body, json!({ "wechat": true }));
        let screen = Screen::of_stranger(app).await;
        assert_eq!(screen.state().await, "waiting");
        let phone = Phone::of(&person, &screen).await;
        let seen = phone.look(&screen).await.body;
        let says = (&seen["purpose"], &seen["browser"], &seen["here"], &seen["staff"]);
        assert_eq!(says, (&json!("sign_in"), &json!(super::WINDOWS), &json!(false), &me(&staff).await["name"]));
        assert_eq!(seen["asked_at"].as_str().and_then(|at| at.parse().ok()), Some(app.clock.now()));
        assert_eq!(screen.state().await, "scanned");
        assert_eq!(screen.sign_in(None).await.status, StatusCode::NOT_FOUND, "nobody has agreed");
        assert_eq!(phone.say(&screen, screen.another_number()).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(phone.say(&screen, &screen.number).await, StatusCode::NO_CONTENT);
        assert_eq!(screen.state().await, "confirmed");
        let session = screen.sign_in(None).await;
        assert_eq!(
            (session.status, &session.body["staff"]["login"]),
            (StatusCode::CREATED, &me(&staff).await["login"])
        );
        let token = session.body["token"].as_str().expect("a token");
        let known = app.http.get(format!("{}/api/admin/v1/me", app.base_url)).bearer_auth(token);
        assert_eq!(Answered::read(known).await.body["id"], me(&staff).await["id"]);

        assert_eq!(
            (screen.sign_in(None).await.status, screen.state().await),
            (StatusCode::NOT_FOUND, "over".to_owned())
        );
        assert_eq!(phone.say(&screen, &screen.number).await, StatusCode::NOT_FOUND, "and agreed to once");
        let last = app.rows::<audit_entry::Entity>().await.pop().expect("a record");
        assert_eq!((last.action.as_str(), last.status), ("POST /api/admin/v1/scans/{key}/session", Some(201)));
        assert_eq!(json!(last.staff_id), me(&staff).await["id"]);
    })
    .await;
}

#[actix_web::test]
async fn the_cookie_is_for_nobody_but_the_browser() {
    story_with(
        |settings| {
            on(settings);
            settings.config.http.public_url = "https://crm.example.com".to_owned();
        },
        async |app| {
            let answer = app.post("/api/admin/v1/scans", &json!({})).await;
            let cookie = answer.header("set-cookie");
            for wanted in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/api"] {
                assert!(cookie.contains(wanted), "{cookie}");
            }
            let link = answer.body["link"].as_str().expect("a link");
            assert!(link.starts_with("https://crm.example.com/m/staff/") && link.ends_with("?account=brand"), "{link}");
        },
    )
    .await;
}

#[actix_web::test]
async fn in_wechats_own_browser_no_number_is_asked_for() {
    story_with(on, async |app| {
        let (staff, person) = (app.staff(Role::Clerk).await, app.person("林小满"));
        linked(app, &staff, &person).await;
        let screen = Screen::of_stranger(app).await;
        let phone = Phone::of(&person, &screen).await;
        // One browser: it has both cookies, and says that the page is ours.
        let both = format!("huilian_session={}; {}", phone.token, screen.cookie());
        let here =
            |request: reqwest::RequestBuilder| request.header(COOKIE, &both).header("sec-fetch-site", "same-origin");
        assert_eq!(Answered::read(here(app.http.get(phone.url(&screen)))).await.body["here"], json!(true));
        let url = format!("{}/confirm", phone.url(&screen));
        assert_eq!(phone.say(&screen, "").await, StatusCode::UNPROCESSABLE_ENTITY, "elsewhere it is");
        assert_eq!(Answered::read(here(app.http.post(url)).json(&json!({}))).await.status, StatusCode::NO_CONTENT);
        assert_eq!(screen.sign_in(None).await.status, StatusCode::CREATED);
    })
    .await;
}

#[actix_web::test]
async fn a_second_factor_is_asked_for_as_after_a_password() {
    story_with(on, async |app| {
        let (staff, person) = (app.staff(Role::Manager).await, app.person("林小满"));
        linked(app, &staff, &person).await;
        let secret = set_up(app, &staff).await;
        app.advance(TimeDelta::seconds(30));
        let screen = agreed(app, &person).await;
        let missing = screen.sign_in(None).await;
        assert_eq!((missing.status, &missing.body["code"]), (StatusCode::UNAUTHORIZED, &json!("second_factor_needed")));
        let wrong = screen.sign_in(Some("000000")).await;
        assert_eq!((wrong.status, &wrong.body["code"]), (StatusCode::UNAUTHORIZED, &json!("unauthorized")));
        let code = shown(app, &secret);
        assert_eq!(screen.sign_in(Some(&code)).await.status, StatusCode::CREATED, "the code is still good");
        assert_eq!(screen.sign_in(Some(&code)).await.status, StatusCode::NOT_FOUND);

        let again = agreed(app, &person).await;
        assert_eq!(again.sign_in(Some(&code)).await.status, StatusCode::UNAUTHORIZED, "each code counts once");
        app.advance(TimeDelta::seconds(90));
        assert_eq!(again.sign_in(None).await.body["code"], json!("second_factor_needed"));
        app.advance(TimeDelta::seconds(30));
        assert_eq!(again.sign_in(Some(&shown(app, &secret))).await.status, StatusCode::NOT_FOUND, "not for ever");
    })
    .await;
}

#[actix_web::test]
async fn a_login_that_rests_rests_for_wechat_too() {
    story_with(on, async |app| {
        let (staff, person) = (app.staff(Role::Clerk).await, app.person("林小满"));
        linked(app, &staff, &person).await;
        let login = me(&staff).await["login"].clone();
        let sign_in = async |password: &str| {
            app.post("/api/admin/v1/sessions", &json!({ "login": login, "password": password })).await.status
        };
        for _ in 0..10 {
            assert_eq!(sign_in("wrong").await, StatusCode::UNAUTHORIZED);
        }
        let screen = agreed(app, &person).await;
        let resting = screen.sign_in(None).await;
        assert_eq!((resting.status, resting.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "900"));
        app.advance(TimeDelta::minutes(15));
        for _ in 0..12 {
            assert_eq!(agreed(app, &person).await.sign_in(None).await.status, StatusCode::CREATED, "no attack");
        }
        assert_eq!(sign_in(PASSWORD).await, StatusCode::CREATED, "the password goes on");
    })
    .await;
}

#[actix_web::test]
async fn where_it_is_switched_off_there_is_nothing_of_it() {
    story(async |app| {
        assert_eq!(app.get("/api/admin/v1/entry").await.body, json!({ "wechat": false }));
        assert_eq!(app.post("/api/admin/v1/scans", &json!({})).await.status, StatusCode::NOT_FOUND);
        let staff = app.staff(Role::Clerk).await;
        assert_eq!(staff.post(super::MINE, &json!({ "password": PASSWORD })).await.status, StatusCode::NOT_FOUND);
        let by = |key: &str| By::new(&Admin { wechat_account: key.to_owned() }, &app.app.folder.accounts);
        assert!(by("").is_ok() && by("brand").is_ok());
        for wrong in ["shop", "nobody", "Brand"] {
            assert_eq!(by(wrong).expect_err(wrong).key, "admin.wechat_account");
        }
    })
    .await;
}
