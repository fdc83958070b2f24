//! Opening, changing and closing stores, and who works where.

use entity::admin::staff::Role;
use huilian::{admin::Post, infra::db::Tx, stores};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{PASSWORD, StaffActor, story};

const STORES: &str = "/api/admin/v1/stores";
const STAFF: &str = "/api/admin/v1/staff";

async fn opened(staff: &StaffActor<'_>, code: &str, name: &str) -> Value {
    let opened = staff.post(STORES, &json!({ "code": code, "name": name })).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{opened:?}");
    opened.body
}

#[actix_web::test]
async fn headquarters_open_rename_and_close_stores_that_everybody_sees() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let north = opened(&hq, "sz-north", "深圳北站店").await;
        opened(&hq, "sz-bay", "深圳湾店").await;
        let again = hq.post(STORES, &json!({ "code": "sz-bay", "name": "另一家" })).await;
        assert_eq!((again.status, &again.body["code"]), (StatusCode::CONFLICT, &json!("conflict")));
        for wrong in
            [json!({ "code": "", "name": "店" }), json!({ "code": "a b", "name": "店" }), json!({ "code": "a" })]
        {
            assert_eq!(hq.post(STORES, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        }
        let path = format!("{STORES}/{}", north["id"].as_str().expect("an id"));
        let closed = hq.patch(&path, &json!({ "name": "北站店", "closed": true })).await;
        assert_eq!(closed.body["closed_at"], json!(app.clock.now()), "{closed:?}");
        assert_eq!(hq.patch(&path, &json!({ "closed": true })).await.body["closed_at"], closed.body["closed_at"]);
        let clerk = app.staff(Role::Clerk).await;
        let names = clerk.get(STORES).await.body;
        let names: Vec<&Value> = names.as_array().expect("stores").iter().map(|store| &store["name"]).collect();
        assert_eq!(names, ["门店s1", "深圳湾店", "北站店"], "by their codes");
        assert_eq!(clerk.patch(&path, &json!({ "name": "我的店" })).await.status, StatusCode::FORBIDDEN);
        assert_eq!(hq.patch(&path, &json!({ "closed": false })).await.body["closed_at"], Value::Null);
    })
    .await;
}

#[actix_web::test]
async fn who_serves_customers_works_at_a_store_that_is_open() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let (open, shut) = (app.store("open").await, app.store("shut").await);
        let close = stores::Change { closed: Some(true), ..stores::Change::default() };
        app.app.db.tx(async |tx: &Tx| stores::change(tx, shut, &close).await).await.expect("a closed store");
        let add = async |login: &str, role: &str, store: Value| {
            let body = json!({ "login": login, "name": "新人", "password": PASSWORD, "role": role, "store": store });
            hq.post(STAFF, &body).await
        };
        for (role, store) in [
            ("clerk", Value::Null),
            ("manager", Value::Null),
            ("manager", json!(shut)),
            ("clerk", json!("sto_06gzqn7n01rvnb8hvp20m4nfy0")),
            ("headquarters", json!(open)),
        ] {
            let refused = add("new.one", role, store.clone()).await;
            let field = &refused.body["errors"][0]["field"];
            assert_eq!((refused.status, field), (StatusCode::UNPROCESSABLE_ENTITY, &json!("store")), "{role} {store}");
        }
        let added = add("new.one", "manager", json!(open)).await;
        assert_eq!((added.status, &added.body["store"]), (StatusCode::CREATED, &json!(open)));
        let path = format!("{STAFF}/{}", added.body["id"].as_str().expect("an id"));
        let moved = hq.patch(&path, &json!({ "store": shut })).await;
        assert_eq!(moved.status, StatusCode::UNPROCESSABLE_ENTITY, "{moved:?}");
        let promoted = hq.patch(&path, &json!({ "role": "headquarters" })).await;
        assert_eq!(
            (promoted.status, &promoted.body["store"]),
            (StatusCode::OK, &Value::Null),
            "who leaves their store"
        );
        let back = hq.patch(&path, &json!({ "role": "clerk" })).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "to which store?");
        let back = hq.patch(&path, &json!({ "role": "clerk", "store": open })).await;
        assert_eq!((back.status, &back.body["store"]), (StatusCode::OK, &json!(open)));
    })
    .await;
}

#[actix_web::test]
async fn another_store_signs_them_out_and_no_store_shows_nothing() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let (one, other) = (app.store("s1").await, app.store("s2").await);
        let clerk = app.staff_at(Post::Clerk(one)).await;
        let me = clerk.get("/api/admin/v1/me").await.body;
        assert_eq!(me["store"], json!(one));
        let path = format!("{STAFF}/{}", me["id"].as_str().expect("an id"));
        assert_eq!(hq.patch(&path, &json!({ "store": one })).await.status, StatusCode::OK);
        assert_eq!(clerk.get("/api/admin/v1/me").await.status, StatusCode::OK, "where they are already");
        assert_eq!(hq.patch(&path, &json!({ "store": other })).await.status, StatusCode::OK);
        assert_eq!(clerk.get("/api/admin/v1/me").await.status, StatusCode::UNAUTHORIZED);
        // As whoever was added before there were stores.
        let clerk = app.staff_at(Post::Clerk(one)).await;
        let lose = "UPDATE staff SET store_id = NULL";
        sea_orm::ConnectionTrait::execute_unprepared(app.app.db.read(), lose).await.expect("no stores");
        for path in ["/api/admin/v1/me", "/api/admin/v1/conversations", "/api/admin/v1/events"] {
            let refused = clerk.get(path).await;
            assert_eq!((refused.status, &refused.body["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")), "{path}");
        }
        assert_eq!(hq.get("/api/admin/v1/me").await.status, StatusCode::OK);
    })
    .await;
}
