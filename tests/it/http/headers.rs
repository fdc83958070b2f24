//! What answers say to browsers and to whoever stands between: what may be loaded, framed, kept and told on.

use entity::admin::staff::Role;
use reqwest::StatusCode;

use crate::support::{Answered, story, story_with};

/// The directives of a policy.
fn policy(answer: &Answered) -> Vec<String> {
    answer.header("content-security-policy").split(';').map(|one| one.trim().to_owned()).collect()
}

#[actix_web::test]
async fn every_answer_carries_the_security_headers() {
    story_with(
        |settings| settings.config.http.rate_per_minute = 2,
        async |app| {
            let mut seen = Vec::new();
            for path in
                ["/healthz", "/nothing", "/openapi.json", "/docs/", "/metrics", "/api/x", "/api/admin/v1/me", "/api/x"]
            {
                let answer = app.get(path).await;
                assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path} {}", answer.status);
                assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path} {}", answer.status);
                let policy = policy(&answer);
                for wanted in ["default-src 'none'", "frame-ancestors 'none'"] {
                    assert!(policy.iter().any(|one| one == wanted), "{path} {}: {policy:?}", answer.status);
                }
                seen.push(answer.status.as_u16());
            }
            assert_eq!(seen, [200, 404, 200, 200, 200, 404, 401, 429]);
        },
    )
    .await;
}

#[actix_web::test]
async fn no_page_may_have_scripts_inside_or_elsewhere() {
    story(async |app| {
        for (path, scripts) in [
            ("/console/", "script-src 'self'"),
            ("/m/", "script-src 'self' https://res.wx.qq.com"),
            ("/docs/", "script-src 'self'"),
        ] {
            let answer = app.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            let policy = policy(&answer);
            assert!(policy.iter().any(|one| one == scripts), "{path}: {policy:?}");
            assert!(policy.iter().any(|one| one.starts_with("frame-ancestors ")), "{path}: {policy:?}");
            let page = answer.body.as_str().expect("a page");
            let inside = page
                .split("<script")
                .skip(1)
                .filter(|tag| !tag.split('>').next().is_some_and(|tag| tag.contains("src=")));
            assert_eq!(inside.count(), 0, "{path} has a script inside: {page}");
        }
    })
    .await;
}

#[actix_web::test]
async fn what_is_somebodys_own_is_kept_by_nobody_on_the_way() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let consumer = app.person("林小满").log_in("shop").await;
        let answers = [
            staff.get("/api/admin/v1/me").await,
            staff.get("/api/admin/v1/members").await,
            staff.get("/api/admin/v1/campaigns/cmp_06gzqn7n01rvnb8hvp20m4nfy0").await,
            consumer.get("/api/mini/v1/profile").await,
            consumer.get("/api/mini/v1/grants").await,
            consumer.get("/api/mini/v1/sessions/current").await,
            app.get("/api/h5/v1/entry").await,
            app.get("/api/mini/v1/profile").await,
            app.get("/api/nothing").await,
        ];
        for answer in &answers {
            assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
        }
    })
    .await;
}

#[actix_web::test]
async fn whoever_came_by_https_is_told_to_come_by_it_again() {
    let told = async |url: &'static str| {
        let mut told = String::new();
        let keep = &mut told;
        story_with(
            |settings| url.clone_into(&mut settings.config.http.public_url),
            async |app| {
                for path in ["/console/", "/api/admin/v1/me", "/healthz"] {
                    *keep = app.get(path).await.header("strict-transport-security").to_owned();
                }
            },
        )
        .await;
        told
    };
    assert_eq!(told("https://crm.example.com").await, "max-age=31536000");
    assert_eq!(told("http://127.0.0.1:8080").await, "", "browsers would not come by http any more");
}
