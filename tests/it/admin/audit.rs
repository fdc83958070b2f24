//! The record of what staff did: nothing without it, nothing in it that can be changed unseen.

use entity::admin::{audit_chain, audit_entry, staff::Role};
use huilian::infra::db::Tx;
use reqwest::{Method, StatusCode};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};

use crate::{
    exports::files::exported,
    support::{TestApp, story},
};

const CHECK: &str = "/api/admin/v1/audit/check";

/// What the record says, in order: action and how it was answered.
async fn record(app: &TestApp) -> Vec<(String, Option<i32>)> {
    let mut entries = app.rows::<audit_entry::Entity>().await;
    entries.sort_by_key(|entry| entry.place);
    entries.into_iter().map(|entry| (entry.action, entry.status)).collect()
}

async fn unseen(app: &TestApp, change: impl AsyncFn(&Tx)) {
    let changed = app.app.db.tx(async |tx: &Tx| {
        change(tx).await;
        Ok(())
    });
    changed.await.expect("a change behind everybody's back");
}

#[actix_web::test]
async fn whatever_staff_do_is_on_record_before_and_after_and_what_they_read_is_not() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        hq.get("/api/admin/v1/members").await;
        assert_eq!(
            hq.post("/api/admin/v1/members/look-up", &json!({ "phone": "13800138000" })).await.status,
            StatusCode::OK
        );
        let clerk = app.staff(Role::Clerk).await;
        let refused =
            clerk.call(Method::POST, "/api/admin/v1/followers/sync", Some(&json!({})), Some("sync-0001")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let signed_in = ("POST /api/admin/v1/sessions".to_owned(), Some(201));
        let look_up = |status| ("POST /api/admin/v1/members/look-up".to_owned(), status);
        let sync = |status| ("POST /api/admin/v1/followers/sync".to_owned(), status);
        assert_eq!(
            record(app).await,
            [signed_in.clone(), look_up(None), look_up(Some(200)), signed_in, sync(None), sync(Some(403))]
        );
        let page = hq.get("/api/admin/v1/audit?limit=4").await;
        let last = &page.body["items"][0];
        assert_eq!((&last["action"], &last["status"]), (&json!("POST /api/admin/v1/followers/sync"), &json!(403)));
        assert_eq!(last["request_id"].as_str(), refused.request_id.as_deref());
        let next = page.body["next"].as_str().expect("more of it");
        let rest = hq.get(&format!("/api/admin/v1/audit?limit=4&cursor={next}")).await.body;
        assert_eq!(rest["items"].as_array().map(Vec::len), Some(2));
        let theirs =
            hq.get(&format!("/api/admin/v1/audit?staff={}", last["staff"].as_str().expect("an id"))).await.body;
        assert_eq!(theirs["items"].as_array().map(Vec::len), Some(3), "the clerk signed in and tried");
        let shown = format!("{page:?} {rest} {theirs}");
        assert!(!shown.contains("13800138000"), "the record holds no contents");
    })
    .await;
}

#[actix_web::test]
async fn every_call_of_staff_that_is_no_reading_is_on_record() {
    story(async |app| {
        let api = app.get("/openapi.json").await.body;
        let hq = app.staff(Role::Headquarters).await;
        let mut expected = Vec::new();
        for (path, calls) in api["paths"].as_object().expect("paths") {
            for verb in calls.as_object().expect("calls").keys().filter(|verb| *verb != "get") {
                let public = path == "/api/admin/v1/sessions" || path.ends_with("/sessions/current");
                if !path.starts_with("/api/admin/") || public {
                    continue;
                }
                app.advance(chrono::TimeDelta::seconds(5));
                let address = path.replace(['{', '}'], "x");
                let method: Method = verb.to_uppercase().parse().expect("a method");
                hq.call(method.clone(), &address, Some(&json!({})), None).await;
                expected.push((format!("{method} {path}"), None::<i32>));
            }
        }
        let begun: Vec<(String, Option<i32>)> =
            record(app).await.into_iter().filter(|(_, status)| status.is_none()).collect();
        assert_eq!(begun, expected);
        assert!(expected.len() > 60, "{}", expected.len());
        assert_eq!(hq.get(CHECK).await.body["length"], json!(expected.len() * 2 + 1));
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn whoever_meddles_with_the_record_breaks_it() {
    story(async |app| {
        use audit_entry::{Column, Entity};
        let hq = app.staff(Role::Headquarters).await;
        for _ in 0..3 {
            hq.post("/api/admin/v1/members/look-up", &json!({ "phone": "13800138000" })).await;
        }
        let whole = hq.get(CHECK).await.body;
        assert_eq!((&whole["length"], &whole["wrong_at"]), (&json!(7), &Value::Null));
        let rows = app.rows::<audit_entry::Entity>().await;
        let third = rows.iter().find(|row| row.place == 3).expect("the third entry").clone();

        // Another status.
        let set = |status: Option<i32>| {
            Entity::update_many().col_expr(Column::Status, Expr::value(status)).filter(Column::Place.eq(3))
        };
        unseen(app, async |tx: &Tx| {
            set(Some(404)).exec(tx.db()).await.expect("an update");
        })
        .await;
        assert_eq!(hq.get(CHECK).await.body["wrong_at"], json!(3));
        unseen(app, async |tx: &Tx| {
            set(third.status).exec(tx.db()).await.expect("an update");
        })
        .await;
        assert_eq!(hq.get(CHECK).await.body["wrong_at"], Value::Null, "put back, it is what was written");

        // The last one cut off: the chain says that there was one more.
        unseen(app, async |tx: &Tx| {
            Entity::delete_many().filter(Column::Place.eq(7)).exec(tx.db()).await.expect("a removal");
        })
        .await;
        assert_eq!(hq.get(CHECK).await.body["wrong_at"], json!(7));
        // The length with it: the digest that the chain ends with is another.
        unseen(app, async |tx: &Tx| {
            let shorter = audit_chain::Entity::update_many().col_expr(audit_chain::Column::Length, Expr::value(6_i64));
            shorter.exec(tx.db()).await.expect("an update");
        })
        .await;
        assert_eq!(hq.get(CHECK).await.body["wrong_at"], json!(6));
    })
    .await;
}

#[actix_web::test]
async fn many_at_once_make_one_chain() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let body = json!({ "phone": "13800138000" });
        let calls = (0..12).map(|_| hq.post("/api/admin/v1/members/look-up", &body));
        for answer in futures_util::future::join_all(calls).await {
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        }
        let checked = hq.get(CHECK).await.body;
        assert_eq!((&checked["length"], &checked["wrong_at"]), (&json!(25), &Value::Null));
    })
    .await;
}

#[actix_web::test]
async fn what_cannot_be_put_on_record_does_not_happen() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        app.app.db.read().execute_unprepared("ALTER TABLE audit_chain RENAME TO gone").await.expect("no chain");
        let body = json!({ "login": "zhou.ym", "name": "周", "password": "a long enough secret", "role": "clerk" });
        let refused = hq.post("/api/admin/v1/staff", &body).await;
        assert!(refused.status.is_server_error(), "{refused:?}");
        app.app.db.read().execute_unprepared("ALTER TABLE gone RENAME TO audit_chain").await.expect("the chain");
        let staff = hq.get("/api/admin/v1/staff").await.body;
        assert_eq!(staff.as_array().map(Vec::len), Some(1), "nobody was added");
    })
    .await;
}

#[actix_web::test]
async fn the_record_as_a_file_says_in_every_line_who_took_it() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        hq.post("/api/admin/v1/members/look-up", &json!({ "phone": "13800138000" })).await;
        let me = hq.get("/api/admin/v1/me").await.body;
        let file = exported(app, &hq, json!({ "audit": {} })).await;
        assert!(file.header("content-type").starts_with("text/csv"));
        let text = file.body.as_str().expect("a file");
        let login = me["login"].as_str().expect("a login");
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert!(lines.len() > 3, "{text}");
        assert!(lines.iter().all(|line| line.contains(&format!(",{login} "))), "{text}");
        assert!(lines[1].contains("POST /api/admin/v1/members/look-up"));
    })
    .await;
}
