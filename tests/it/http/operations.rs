//! What operators and WeChat's console look at: health, figures, verification files, the docs page.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    faults::Rig,
    support::{story, story_with},
};

#[actix_web::test]
async fn a_healthy_node_is_alive_and_ready() {
    story(async |app| {
        let alive = app.get("/healthz").await;
        assert_eq!((alive.status, &alive.body), (StatusCode::OK, &json!("ok")));
        let ready = app.get("/readyz").await;
        assert_eq!(
            (ready.status, ready.body),
            (StatusCode::OK, json!({ "ready": true, "database": true, "cache": true }))
        );
    })
    .await;
}

#[actix_web::test]
async fn without_its_database_a_node_is_alive_but_not_ready() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            app.app.db.read().close_by_ref().await.expect("closing the database");
            let ready = app.get("/readyz").await;
            assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!((&ready.body["ready"], &ready.body["database"]), (&json!(false), &json!(false)));
            assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
        },
    )
    .await;
}

#[actix_web::test]
async fn a_node_that_only_runs_jobs_answers_operators_and_nobody_else() {
    let rig = Rig::new().await;
    let node = rig.worker().await;
    let get = async |path: &str| {
        let answer = reqwest::get(format!("http://{}{path}", node.address)).await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    };
    assert_eq!(get("/healthz").await, (200, "ok".to_owned()));
    let (status, ready) = get("/readyz").await;
    let ready: Value = serde_json::from_str(&ready).expect("JSON");
    assert_eq!((status, ready), (200, json!({ "ready": true, "database": true, "cache": true })));
    let (status, figures) = get("/metrics").await;
    assert!(status == 200 && figures.contains("jobs_queued{kind=\"reach.deliver\",state=\"live\"} 0"), "{figures}");
    for path in ["/api/admin/v1/me", "/wechat/brand/callback", "/console/", "/docs/", "/openapi.json"] {
        assert_eq!(get(path).await.0, 404, "{path}");
    }
    node.terminate();
    let (status, said) = node.ended().await;
    assert!(status.success(), "{status} {said:#?}");
}

#[actix_web::test]
async fn figures_count_requests_by_route_and_show_the_queue() {
    story(async |app| {
        let metrics = app.get("/metrics").await;
        assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
        let text = metrics.body.as_str().expect("text");
        for kind in ["wechat.handle_push", "identity.refresh_follower", "reach.deliver"] {
            let drained = format!("jobs_queued{{kind=\"{kind}\",state=\"live\"}} 0");
            assert!(text.contains(&drained), "{kind} reports zero instead of vanishing");
        }
        app.person("林小满").follow("brand").await;
        app.advance(TimeDelta::seconds(90));
        let waiting = "{kind=\"identity.refresh_follower\",state=\"live\"}";
        assert_eq!(app.figure(&format!("jobs_queued{waiting}")).await, 1.0);
        assert_eq!(app.figure(&format!("jobs_oldest_seconds{waiting}")).await, 90.0);
        assert_eq!(app.figure("jobs_late_seconds{kind=\"identity.refresh_follower\"}").await, 90.0);

        app.get("/api/admin/v1/conversations/cnv_06gzqn7n01rvnb8hvp20m4nfy0").await;
        let text = app.get("/metrics").await.body.as_str().expect("text").to_owned();
        assert!(text.contains("route=\"/api/admin/v1/conversations/{id}\",status=\"401\""), "by pattern: {text}");
        assert!(!text.contains("cnv_06gzqn7n01rvnb8hvp20m4nfy0"), "ids make no labels");
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn verification_files_are_served_as_they_are_and_nothing_else_is() {
    let name = "MP_verify_abcdefgh12345678.txt";
    story_with(
        |settings| drop(settings.folder.verification.insert(name.to_owned(), "abcdefgh12345678".to_owned())),
        async |app| {
            let file = app.get(&format!("/{name}")).await;
            assert_eq!((file.status, &file.body), (StatusCode::OK, &json!("abcdefgh12345678")));
            assert!(file.header("content-type").starts_with("text/plain"));
            for other in ["/MP_verify_other.txt", "/account.toml", "/brand/account.toml", "/..%2faccount.txt"] {
                assert_eq!(app.get(other).await.status, StatusCode::NOT_FOUND, "{other}");
            }
        },
    )
    .await;
}

#[actix_web::test]
async fn the_docs_page_needs_no_outside_host() {
    story(async |app| {
        assert!(app.get("/docs").await.status.is_success(), "redirected");
        let page = app.get("/docs/").await;
        assert_eq!(page.status, StatusCode::OK);
        let page = page.body.as_str().expect("a page").to_owned();
        assert!(!page.contains("://"), "{page}");
        let parts: Vec<&str> = page
            .split(['"', '\''])
            .filter(|part| part.starts_with("./") || part.ends_with(".js") || part.ends_with(".css"))
            .collect();
        assert!(parts.iter().any(|part| part.ends_with(".js")), "{page}");
        for part in parts {
            let path = format!("/docs/{}", part.trim_start_matches("./"));
            assert_eq!(app.get(&path).await.status, StatusCode::OK, "{path}");
        }
        let settings = app.get("/docs/swagger-initializer.js").await;
        let settings = settings.body.as_str().expect("a script").to_owned();
        assert!(settings.contains("/openapi.json") && !settings.contains("://"), "{settings}");
    })
    .await;
}
