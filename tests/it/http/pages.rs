//! The console's files: its own policy, nothing of others, and no HTML in the place of a script.

use reqwest::StatusCode;

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
