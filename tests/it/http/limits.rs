//! How often a caller may come, and how long a request may take.

use std::time::Duration;

use chrono::TimeDelta;
use entity::admin::staff::Role;
use huilian::infra::db::Tx;
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::json;
use tokio::sync::oneshot;

use crate::support::{Answered, TestApp, story_with};

async fn story_of_five_a_minute(proxies: usize, test: impl AsyncFnOnce(&TestApp)) {
    let set = |settings: &mut crate::support::Settings| {
        settings.config.http.rate_per_minute = 5;
        settings.config.http.proxies = proxies;
    };
    story_with(set, test).await;
}

/// The answers to so many requests, by code.
async fn knock(app: &TestApp, times: usize, headers: &[(&str, &str)]) -> Vec<StatusCode> {
    let mut answers = Vec::new();
    for _ in 0..times {
        let mut request = app.http.get(format!("{}/api/admin/v1/me", app.base_url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answers.push(Answered::read(request).await.status);
    }
    answers
}

const REFUSED: StatusCode = StatusCode::TOO_MANY_REQUESTS;
const STRANGER: StatusCode = StatusCode::UNAUTHORIZED;

#[actix_web::test]
async fn who_comes_too_often_is_told_to_wait_until_the_minute_is_over() {
    story_of_five_a_minute(0, async |app| {
        assert_eq!(knock(app, 6, &[]).await, [STRANGER, STRANGER, STRANGER, STRANGER, STRANGER, REFUSED]);
        let refused = app.get("/api/admin/v1/me").await;
        assert_eq!((refused.status, &refused.body["code"]), (REFUSED, &json!("rate_limited")));
        assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=60).contains(&seconds)));
        assert_eq!(refused.header("content-type"), "application/problem+json");
        assert_eq!(refused.body["request_id"].as_str(), refused.request_id.as_deref());
        app.advance(TimeDelta::minutes(1));
        assert_eq!(knock(app, 1, &[]).await, [STRANGER]);
    })
    .await;
}

#[actix_web::test]
async fn each_credential_is_a_caller_of_its_own() {
    story_of_five_a_minute(0, async |app| {
        let (one, two) = (app.staff(Role::Clerk).await, app.staff(Role::Clerk).await);
        for _ in 0..5 {
            assert_eq!(one.get("/api/admin/v1/me").await.status, StatusCode::OK);
        }
        assert_eq!(one.get("/api/admin/v1/me").await.status, REFUSED);
        assert_eq!(two.get("/api/admin/v1/me").await.status, StatusCode::OK);
    })
    .await;
}

#[actix_web::test]
async fn making_up_credentials_does_not_make_many_callers() {
    story_of_five_a_minute(0, async |app| {
        let staff = app.staff(Role::Clerk).await;
        let mut answers = Vec::new();
        for number in 0..7 {
            let made_up = format!("Bearer made-up-{number}");
            answers.extend(knock(app, 1, &[("authorization", &made_up)]).await);
        }
        assert_eq!(answers.last(), Some(&REFUSED), "{answers:?}");
        app.advance(TimeDelta::minutes(1));
        assert_eq!(staff.get("/api/admin/v1/me").await.status, StatusCode::OK);
    })
    .await;
}

#[actix_web::test]
async fn making_up_credentials_helps_nobody_where_everybody_may_call() {
    story_of_five_a_minute(0, async |app| {
        let staff = app.staff(Role::Clerk).await;
        for (number, name) in (0..12).zip(["authorization", "cookie"].into_iter().cycle()) {
            let shown = match name {
                "cookie" => format!("huilian_session=hlc_made_up_{number}"),
                _ => format!("Bearer hlc_made_up_{number}"),
            };
            let request = app.http.get(format!("{}/api/h5/v1/entry", app.base_url)).header(name, shown);
            let answer = Answered::read(request).await.status;
            // Signing in was a call of this address, and the one that reaches the limit is still answered.
            assert_eq!(answer, if number < 5 { StatusCode::OK } else { REFUSED }, "{number}");
        }
        app.advance(TimeDelta::minutes(1));
        assert_eq!(staff.get("/api/admin/v1/me").await.status, StatusCode::OK);
    })
    .await;
}

#[actix_web::test]
async fn people_of_one_address_are_callers_of_their_own_by_their_cookies() {
    story_of_five_a_minute(0, async |app| {
        let (one, two) = (app.person("林小满").log_in("shop").await, app.person("周一鸣").log_in("shop").await);
        let ask = async |token: &str, more: &[(&str, &str)]| {
            let url = format!("{}/api/mini/v1/sessions/current", app.base_url);
            let mut request = app.http.get(url).header("cookie", format!("huilian_session={token}"));
            for (name, value) in more {
                request = request.header(*name, *value);
            }
            Answered::read(request).await.status
        };
        for number in 0..5 {
            // What is no token in the header does not make another caller of them.
            let basic = format!("Basic {number}");
            assert_eq!(ask(&one.token, &[("authorization", &basic)]).await, StatusCode::OK);
        }
        assert_eq!(ask(&one.token, &[]).await, REFUSED);
        assert_eq!(one.get("/api/mini/v1/sessions/current").await.status, REFUSED, "by the header, too");
        for _ in 0..5 {
            assert_eq!(ask(&two.token, &[]).await, StatusCode::OK, "nobody else is slowed down");
        }
    })
    .await;
}

#[actix_web::test]
async fn an_address_of_ones_own_is_as_many_as_a_household_has() {
    story_of_five_a_minute(1, async |app| {
        for number in 1..=5 {
            let address = format!("2001:db8:1:2::{number}");
            assert_eq!(knock(app, 1, &[("x-forwarded-for", &address)]).await, [STRANGER]);
        }
        assert_eq!(knock(app, 1, &[("x-forwarded-for", "2001:db8:1:2:ffff::9")]).await, [REFUSED]);
        assert_eq!(knock(app, 1, &[("x-forwarded-for", "2001:db8:1:3::1")]).await, [STRANGER]);
        assert_eq!(knock(app, 5, &[("x-forwarded-for", "203.0.113.1")]).await, [STRANGER; 5]);
        assert_eq!(knock(app, 1, &[("x-forwarded-for", "::ffff:203.0.113.1")]).await, [REFUSED], "the same one");
    })
    .await;
}

#[actix_web::test]
async fn behind_a_proxy_that_adds_a_line_of_its_own_nobody_chooses_their_address() {
    story_of_five_a_minute(1, async |app| {
        for number in 0..5 {
            let made_up = format!("198.51.100.{number}");
            let lines = [("x-forwarded-for", made_up.as_str()), ("x-forwarded-for", "203.0.113.1")];
            assert_eq!(knock(app, 1, &lines).await, [STRANGER]);
        }
        let lines = [("x-forwarded-for", "198.51.100.99"), ("x-forwarded-for", "203.0.113.1")];
        assert_eq!(knock(app, 1, &lines).await, [REFUSED]);
    })
    .await;
}

#[actix_web::test]
async fn behind_two_proxies_the_second_from_the_right_is_the_caller() {
    story_of_five_a_minute(2, async |app| {
        let from = |list| [("x-forwarded-for", list)];
        assert_eq!(knock(app, 5, &from("203.0.113.1, 10.0.0.2")).await, [STRANGER; 5]);
        for spoofed in ["198.51.100.7, 203.0.113.1, 10.0.0.2", "nonsense, , 203.0.113.1,10.0.0.3"] {
            assert_eq!(knock(app, 1, &from(spoofed)).await, [REFUSED], "{spoofed}");
        }
        assert_eq!(knock(app, 1, &from("203.0.113.9, 10.0.0.2")).await, [STRANGER]);
    })
    .await;
}

#[actix_web::test]
async fn behind_a_proxy_callers_are_told_apart_by_the_address_the_proxy_saw() {
    story_of_five_a_minute(1, async |app| {
        let from = |address| [("x-forwarded-for", address)];
        assert_eq!(knock(app, 6, &from("203.0.113.1")).await.last(), Some(&REFUSED));
        assert_eq!(
            knock(app, 1, &from("198.51.100.7, 203.0.113.1")).await,
            [REFUSED],
            "what callers write is not read"
        );
        assert_eq!(knock(app, 1, &from("203.0.113.1, 203.0.113.2")).await, [STRANGER]);
    })
    .await;
}

#[actix_web::test]
async fn without_a_proxy_nobody_chooses_their_own_address() {
    story_of_five_a_minute(0, async |app| {
        for number in 0..5 {
            knock(app, 1, &[("x-forwarded-for", &format!("203.0.113.{number}"))]).await;
        }
        assert_eq!(knock(app, 1, &[("x-forwarded-for", "203.0.113.99")]).await, [REFUSED]);
    })
    .await;
}

#[actix_web::test]
async fn pushes_of_wechat_and_probes_are_never_refused() {
    story_of_five_a_minute(0, async |app| {
        for number in 1..=12 {
            let open_id = format!("oTestPerson{number:016}");
            assert_eq!(app.text_from("brand", &open_id, number, "会员").send().await.0, StatusCode::OK);
            assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
            assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
            assert_eq!(app.get("/metrics").await.status, StatusCode::OK);
        }
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn a_request_that_takes_too_long_is_given_up() {
    story_with(
        // Real time: long enough to sign in.
        |settings| settings.config.http.timeout = Duration::from_secs(2),
        async |app| {
            let staff = app.staff(Role::Manager).await;
            let (held, holding) = oneshot::channel();
            let (release, released) = oneshot::channel::<()>();
            let (held, released) = (std::cell::Cell::new(Some(held)), std::cell::Cell::new(Some(released)));
            let hold = app.app.db.tx(async |tx: &Tx| {
                if tx.backend() == DbBackend::Postgres {
                    tx.db().execute_unprepared("LOCK TABLE follower_sync IN ACCESS EXCLUSIVE MODE").await?;
                }
                if let Some(held) = held.take() {
                    let _ = held.send(());
                }
                if let Some(released) = released.take() {
                    let _ = released.await;
                }
                Ok(())
            });
            let ask = async {
                holding.await.expect("the database is held");
                let answer = staff.post("/api/admin/v1/followers/sync", &json!({ "account": "brand" })).await;
                drop(release);
                answer
            };
            let (held, answer) = futures_util::future::join(hold, ask).await;
            held.expect("a unit of work");
            assert_eq!((answer.status, &answer.body["code"]), (StatusCode::GATEWAY_TIMEOUT, &json!("timeout")));
            assert_eq!(answer.body["request_id"].as_str(), answer.request_id.as_deref());
            assert_eq!(staff.get("/api/admin/v1/me").await.status, StatusCode::OK);
            app.run_jobs().await;
        },
    )
    .await;
}
