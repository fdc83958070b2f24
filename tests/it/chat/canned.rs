//! Words that are used again and again, and pictures.

use std::io::Cursor;

use entity::admin::staff::Role;
use huilian::sandbox::{From, Via};
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answered, StaffActor, TestApp, story};

const CANNED: &str = "/api/admin/v1/canned-replies";

async fn titles(staff: &StaffActor<'_>) -> Vec<String> {
    let list = staff.get(CANNED).await.body;
    let title = |one: &Value| one["title"].as_str().expect("a title").to_owned();
    list.as_array().expect("a list").iter().map(title).collect()
}

#[actix_web::test]
async fn managers_write_canned_replies_and_clerks_use_them() {
    story(async |app| {
        let (manager, clerk) = (app.staff(Role::Manager).await, app.staff(Role::Clerk).await);
        let draft = |title: &str| json!({ "title": title, "text": format!("{title}：好的，马上为你处理。") });
        assert_eq!(clerk.post(CANNED, &draft("问候")).await.status, StatusCode::FORBIDDEN);
        let mut ids = Vec::new();
        for title in ["问候", "退换货", "营业时间"] {
            let made = manager.post(CANNED, &draft(title)).await;
            assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
            ids.push(made.body["id"].clone());
        }
        assert_eq!(titles(&clerk).await, ["问候", "退换货", "营业时间"]);
        let order = json!({ "ids": [ids[2], ids[0]] });
        let ordered = manager.put(&format!("{CANNED}/order"), &order).await;
        assert_eq!(
            (ordered.status, titles(&clerk).await),
            (StatusCode::OK, ["营业时间", "问候", "退换货"].map(str::to_owned).to_vec())
        );
        let one = format!("{CANNED}/{}", ids[0].as_str().expect("an id"));
        let changed = manager.put(&one, &draft("你好")).await;
        assert_eq!((changed.status, &changed.body["title"]), (StatusCode::OK, &json!("你好")));
        assert_eq!(
            manager.put(&one, &json!({ "title": "", "text": "" })).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(manager.delete(&one).await.status, StatusCode::NO_CONTENT);
        assert_eq!(manager.delete(&one).await.status, StatusCode::NOT_FOUND);
        assert_eq!(titles(&clerk).await, ["营业时间", "退换货"]);
    })
    .await;
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(width, height)).write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

async fn send(app: &TestApp, staff: &StaffActor<'_>, path: &str, key: &str, file: Vec<u8>) -> Answered {
    let request = app.http.post(format!("{}{path}", app.base_url)).bearer_auth(&staff.token);
    Answered::read(request.header("Idempotency-Key", key).header("content-type", "image/png").body(file)).await
}

#[actix_web::test]
async fn staff_answer_with_a_picture_once() {
    story(async |app| {
        let person = app.follower("林小满").await;
        person.say("brand", "转人工").await;
        let clerk = app.staff(Role::Clerk).await;
        let id =
            clerk.get("/api/admin/v1/conversations").await.body["items"][0]["id"].as_str().expect("an id").to_owned();
        let thread = format!("/api/admin/v1/conversations/{id}");
        let path = format!("{thread}/pictures");
        for (hostile, status) in [
            (b"<svg onload='alert(1)'/>".to_vec(), StatusCode::UNPROCESSABLE_ENTITY),
            (b"GIF89a".to_vec(), StatusCode::UNPROCESSABLE_ENTITY),
            (vec![0; 2 * 1024 * 1024], StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            assert_eq!(send(app, &clerk, &path, "picture-bad", hostile).await.status, status);
        }
        let first = send(app, &clerk, &path, "picture-0001", png(2400, 40)).await;
        assert_eq!(first.status, StatusCode::CREATED, "{first:?}");
        assert_eq!(send(app, &clerk, &path, "picture-0001", png(2400, 40)).await.body, first.body);
        let other = send(app, &clerk, &path, "picture-0001", png(10, 10)).await;
        assert_eq!(other.body["code"], "idempotency_key_reused");
        app.run_jobs().await;
        let heard: Vec<_> = person
            .chat("brand")
            .into_iter()
            .filter(|one| one.from == From::Account && one.via == Some(Via::Custom))
            .collect();
        assert_eq!(heard.len(), 1, "{heard:?}");

        // Staff see what was sent, by whichever side.
        let message = clerk.get(&format!("{thread}/messages")).await.body["items"][0].clone();
        assert_eq!((&message["kind"], &message["delivery"]["state"]), (&json!("image"), &json!("sent")), "{message}");
        let at = |message: &Value| format!("{thread}/messages/{}/picture", message["id"].as_str().expect("an id"));
        let seen = clerk.get(&at(&message)).await;
        assert_eq!(
            (seen.status, seen.header("content-type"), seen.header("x-content-type-options")),
            (StatusCode::OK, "image/jpeg", "nosniff")
        );
        person.send("brand", huilian::sandbox::Said::sample("image")).await;
        let theirs = clerk.get(&format!("{thread}/messages")).await.body["items"][0].clone();
        assert_eq!(clerk.get(&at(&theirs)).await.status, StatusCode::OK, "{theirs}");
        let words = clerk.get(&format!("{thread}/messages?limit=50")).await.body["items"]
            .as_array()
            .and_then(|all| all.last())
            .cloned()
            .expect("a message");
        assert_eq!(clerk.get(&at(&words)).await.status, StatusCode::NOT_FOUND, "{words}");
    })
    .await;
}

#[actix_web::test]
async fn a_picture_waits_for_no_closed_window() {
    story(async |app| {
        let person = app.follower("周一鸣").await;
        person.say("brand", "在吗").await;
        let clerk = app.staff(Role::Clerk).await;
        let id =
            clerk.get("/api/admin/v1/conversations").await.body["items"][0]["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/admin/v1/conversations/{id}/pictures");
        app.advance(chrono::TimeDelta::hours(49));
        let clerk = app.staff(Role::Clerk).await;
        let refused = send(app, &clerk, &path, "picture-0001", png(10, 10)).await;
        assert_eq!((refused.status, &refused.body["code"]), (StatusCode::CONFLICT, &json!("window_closed")));
    })
    .await;
}
