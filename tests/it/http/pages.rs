//! The files of console and member pages: a policy of their own, nothing of others, and no HTML in the place of a script.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::story;

#[actix_web::test]
async fn the_console_is_served_under_a_policy_without_scripts_inside_the_page() {
    story(async |app| {
        let directives = |path: &'static str| async move {
            let answer = app.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            answer.header("content-security-policy").split(';').map(|one| one.trim().to_owned()).collect::<Vec<_>>()
        };
        for path in ["/console/", "/console/members/anybody"] {
            let policy = directives(path).await;
            for wanted in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"] {
                assert!(policy.iter().any(|one| one == wanted), "{path}: {policy:?}");
            }
            assert!(!policy.iter().any(|one| one.contains("unsafe")), "{path}: {policy:?}");
        }
        assert_eq!(app.get("/console").await.status, StatusCode::OK, "redirected");
        for missing in ["/console/assets/none.js", "/console/../Cargo.toml", "/console/%2e%2e/index.css"] {
            assert_eq!(app.get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
        }
    })
    .await;
}

#[actix_web::test]
async fn member_pages_are_shown_by_the_sandbox_and_no_other_frame() {
    story(async |app| {
        for path in ["/m/", "/m/i/0123456789"] {
            let answer = app.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            let policy = answer.header("content-security-policy").to_owned();
            let frame = format!("frame-ancestors {}", app.app.config.wechat.open_url);
            for wanted in ["default-src 'none'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'", &frame] {
                assert!(policy.split(';').any(|one| one.trim() == wanted), "{wanted}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{policy}");
        }
        assert_eq!(app.get("/m").await.status, StatusCode::OK, "redirected");
        for missing in ["/m/assets/none.js", "/m/../Cargo.toml"] {
            assert_eq!(app.get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
        }
    })
    .await;
}

#[actix_web::test]
async fn member_pages_learn_by_which_account_people_sign_in() {
    story(async |app| {
        let answer = app.get("/api/h5/v1/entry").await;
        assert_eq!(answer.status, StatusCode::OK);
        let accounts = answer.body["accounts"].as_array().expect("accounts");
        let keys: Vec<_> = accounts.iter().filter_map(|account| account["key"].as_str()).collect();
        assert_eq!(keys, ["brand"], "official accounts only");
        assert_eq!(answer.body["sandbox"], json!(app.app.config.wechat.open_url));
    })
    .await;
}
