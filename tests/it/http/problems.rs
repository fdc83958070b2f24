//! Every error is problem JSON, in the reader's language, with an id to quote.

use entity::admin::staff::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answered, TestApp, story, story_with};

const SESSIONS: &str = "/api/admin/v1/sessions";

/// Checks what all problems have in common.
fn is_problem(answer: &Answered, status: StatusCode, code: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
    assert_eq!(answer.body["code"], code);
    assert_eq!(answer.body["type"], format!("urn:huilian:error:{code}"));
    assert_eq!(answer.body["status"], status.as_u16());
    assert!(answer.body["title"].as_str().is_some_and(|title| !title.is_empty()));
    assert!(answer.request_id.is_some());
    assert_eq!(answer.body["request_id"].as_str(), answer.request_id.as_deref());
}

async fn post(app: &TestApp, kind: &str, body: Vec<u8>) -> Answered {
    let request = app.http.post(format!("{}{SESSIONS}", app.base_url)).header("content-type", kind).body(body);
    Answered::read(request).await
}

#[actix_web::test]
async fn an_address_that_does_not_exist_is_a_problem_like_any_other() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        for path in ["/nothing", "/api/admin/v1/nothing", "/api/nothing/v9", "/nothing.txt", "/wechat"] {
            is_problem(&app.get(path).await, StatusCode::NOT_FOUND, "not_found");
        }
        is_problem(&staff.put("/api/admin/v1/me", &json!({})).await, StatusCode::NOT_FOUND, "not_found");
        for id in ["nonsense", "job_0000", "cnv_06gzqn7n01rvnb8hvp20m4nfy0"] {
            let path = format!("/api/admin/v1/jobs/{id}/run-again");
            is_problem(&staff.post(&path, &json!({})).await, StatusCode::NOT_FOUND, "not_found");
        }
    })
    .await;
}

#[actix_web::test]
async fn titles_are_in_the_language_that_the_reader_names_first() {
    story(async |app| {
        let title = async |languages: Option<&str>| {
            let mut request = app.http.get(format!("{}/nothing", app.base_url));
            if let Some(languages) = languages {
                request = request.header("accept-language", languages);
            }
            Answered::read(request).await.body["title"].clone()
        };
        for languages in [None, Some("zh-CN,zh;q=0.9,en;q=0.8"), Some("fr,zh,en"), Some("fr"), Some("*")] {
            assert_eq!(title(languages).await, "没有找到", "{languages:?}");
        }
        for languages in ["en", "en-US,en;q=0.9", "fr, EN-GB, zh"] {
            assert_eq!(title(Some(languages)).await, "Not found", "{languages}");
        }
    })
    .await;
}

#[actix_web::test]
async fn what_is_wrong_is_told_in_the_language_of_the_reader() {
    story(async |app| {
        let refused = async |language: &str, body: &str| {
            let request = app.http.post(format!("{}{SESSIONS}", app.base_url)).header("accept-language", language);
            Answered::read(request.header("content-type", "application/json").body(body.to_owned())).await.body
        };
        let empty = r#"{"login":"","password":"x"}"#;
        assert_eq!(refused("zh-CN", empty).await["errors"][0]["message"], "长度不能小于 1");
        assert_eq!(refused("en", empty).await["errors"][0]["message"], "length is lower than 1");
        assert_eq!(refused("zh-CN", "{").await["detail"], "请求内容不是正确的 JSON");
        assert_eq!(refused("en", "{").await["detail"], "the body is not valid JSON");
    })
    .await;
}

#[actix_web::test]
async fn a_request_keeps_its_id_when_it_has_a_decent_one_and_gets_one_otherwise() {
    story(async |app| {
        let ask = async |path: &str, id: &str| {
            let request = app.http.get(format!("{}{path}", app.base_url)).header("x-request-id", id);
            let answer = Answered::read(request).await;
            assert!(answer.body.is_string() || answer.body["request_id"].as_str() == answer.request_id.as_deref());
            answer.request_id.expect("every answer has an id")
        };
        for path in ["/healthz", "/nothing", "/api/admin/v1/me"] {
            assert_eq!(ask(path, "trace-0123456789").await, "trace-0123456789");
            for bad in ["short", "with space in it", "<script>alert</script>", &"x".repeat(65)] {
                let given = ask(path, bad).await;
                assert_ne!(given, bad);
                assert!(given.len() >= 16, "{given}");
            }
        }
        assert_ne!(app.get("/healthz").await.request_id, app.get("/healthz").await.request_id);
    })
    .await;
}

#[actix_web::test]
async fn a_body_that_cannot_be_read_is_refused_with_the_reason() {
    story(async |app| {
        let json = "application/json";
        for (kind, body) in [
            (json, "{"),
            (json, ""),
            (json, r#"{"login":"a","password":"b"} c"#),
            ("text/plain", "{}"),
            ("application/xml", "<a/>"),
        ] {
            is_problem(&post(app, kind, body.into()).await, StatusCode::BAD_REQUEST, "bad_request");
        }
        let limit = app.app.config.http.body_limit;
        is_problem(&post(app, json, vec![b' '; limit + 1]).await, StatusCode::PAYLOAD_TOO_LARGE, "too_large");
        let fits = post(app, json, vec![b' '; limit]).await;
        is_problem(&fits, StatusCode::BAD_REQUEST, "bad_request");
    })
    .await;
}

#[actix_web::test]
async fn fields_that_break_rules_are_named_by_their_path() {
    story(async |app| {
        let fields = |answer: &Answered| -> Vec<String> {
            is_problem(answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid");
            let errors = answer.body["errors"].as_array().expect("errors");
            assert!(errors.iter().all(|error| error["message"].as_str().is_some_and(|message| !message.is_empty())));
            errors.iter().map(|error| error["field"].as_str().expect("a field").to_owned()).collect()
        };
        let empty = app.post(SESSIONS, &json!({ "login": "", "password": "" })).await;
        assert_eq!(fields(&empty), ["login", "password"], "all at once");
        let number = app.post(SESSIONS, &json!({ "login": 7, "password": "x" })).await;
        assert_eq!(fields(&number), ["login"]);
        let missing = app.post(SESSIONS, &json!({ "password": "x" })).await;
        assert_eq!(fields(&missing), ["login"]);
        let staff = app.staff(Role::Manager).await;
        let deep = json!({
            "account": "brand", "name": "n", "priority": 1, "enabled": true,
            "condition": { "on": { "exact": ["a"] } },
            "action": { "replies": [{ "kind": "text", "content": 7 }] },
        });
        let deep = staff.post("/api/admin/v1/reply-rules", &deep).await;
        assert!(fields(&deep)[0].starts_with("action"), "{deep:?}");
        for query in ["limit=0", "limit=101"] {
            let list = staff.get(&format!("/api/admin/v1/conversations?{query}")).await;
            assert_eq!(fields(&list), ["limit"]);
        }
        for query in ["limit=many", "cursor=nonsense", "state=asleep"] {
            let list = staff.get(&format!("/api/admin/v1/conversations?{query}")).await;
            is_problem(&list, StatusCode::BAD_REQUEST, "bad_request");
        }
    })
    .await;
}

#[actix_web::test]
async fn what_failed_inside_stays_inside() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let staff = app.staff(Role::Manager).await;
            app.app.db.read().close_by_ref().await.expect("closing the database");
            let answer = staff.get("/api/admin/v1/me").await;
            is_problem(&answer, StatusCode::SERVICE_UNAVAILABLE, "unavailable");
            assert!(!answer.header("retry-after").is_empty());
            let words = answer.body.to_string().to_lowercase();
            assert!(["sql", "pool", "select", "conn"].iter().all(|word| !words.contains(word)), "{words}");
            assert_eq!(answer.body.get("detail"), None::<&Value>);
        },
    )
    .await;
}

#[actix_web::test]
async fn the_character_that_no_database_column_takes_is_refused_wherever_it_stands() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        for path in ["pictures/%00", "shares/a%00b", "invitations/%00", "oauth/%00/start?return=/m/"] {
            is_problem(&app.get(&format!("/api/h5/v1/{path}")).await, StatusCode::NOT_FOUND, "not_found");
        }
        is_problem(&staff.get("/api/admin/v1/members?cursor=%00").await, StatusCode::BAD_REQUEST, "bad_request");
        let terms = json!({ "name": "a\0b" });
        is_problem(&staff.post("/api/admin/v1/stores", &terms).await, StatusCode::BAD_REQUEST, "bad_request");
        // The escape of a backslash, and no escape of the character.
        let words = br#"{"login":"\\u0000","password":"a long enough secret"}"#.to_vec();
        is_problem(&post(app, "application/json", words).await, StatusCode::UNAUTHORIZED, "unauthorized");
    })
    .await;
}
