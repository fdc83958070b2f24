//! Pictures are seen by others when WeChat or staff have said yes, and never before.

use chrono::TimeDelta;
use entity::{admin::staff::Role, members::picture_check};
use huilian::sandbox::{CALLBACK, FaultKind, NewFault};
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::{StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use crate::support::{Answered, Consumer, TestApp, story};

const PROFILE: &str = "/api/mini/v1/profile";

/// A picture as somebody sends it.
pub fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(40, 60)).write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

pub async fn send(consumer: &Consumer<'_>, file: Vec<u8>) -> Answered {
    let app = consumer.person.app;
    let request = app.http.put(format!("{}{PROFILE}/avatar", app.base_url)).bearer_auth(&consumer.token);
    Answered::read(request.header(CONTENT_TYPE, "image/png").body(file)).await
}

/// The address of the picture that others see, and how far the latest one is.
async fn seen(consumer: &Consumer<'_>) -> (Option<String>, Value) {
    let own = consumer.get(PROFILE).await.body;
    (own["avatar"].as_str().map(str::to_owned), own["picture"]["state"].clone())
}

async fn look(app: &TestApp, path: &str) -> (StatusCode, Vec<u8>) {
    let answer = app.http.get(format!("{}{path}", app.base_url)).send().await.expect("an answer");
    (answer.status(), answer.bytes().await.expect("a body").to_vec())
}

/// WeChat's opinion of the last picture that it was asked about.
async fn opine(app: &TestApp, consumer: &Consumer<'_>, suggest: &str) {
    let checks = app.rows::<picture_check::Entity>().await;
    let trace_id = checks.iter().max_by_key(|check| check.at).expect("a check").trace_id.clone();
    let event = json!({ "MsgType": "event", "Event": "wxa_media_check", "trace_id": trace_id, "errcode": 0, "result": { "suggest": suggest, "label": 20002 } });
    consumer.person.event("shop", event).await;
}

#[actix_web::test]
async fn a_picture_is_seen_when_wechat_has_looked_at_it() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let sent = send(&consumer, png()).await;
        assert_eq!((sent.status, &sent.body["state"]), (StatusCode::ACCEPTED, &json!("checking")), "{sent:?}");
        assert_eq!(seen(&consumer).await, (None, json!("checking")));
        app.run_jobs().await;
        let (address, state) = seen(&consumer).await;
        assert_eq!((address.as_deref(), state), (sent.body["path"].as_str(), json!("shown")));
        let (status, bytes) = look(app, &address.expect("an address")).await;
        let picture = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).expect("a JPEG");
        assert_eq!((status, picture.width(), picture.height()), (StatusCode::OK, 320, 320));

        let next = send(&consumer, png()).await.body["path"].as_str().expect("a path").to_owned();
        assert_ne!(seen(&consumer).await.0.as_deref(), Some(next.as_str()), "the one before until then");
        app.run_jobs().await;
        assert_eq!(seen(&consumer).await, (Some(next), json!("shown")));
        assert_eq!(look(app, sent.body["path"].as_str().expect("a path")).await.0, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn what_wechat_is_not_sure_of_waits_for_staff() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        // WeChat takes the question, and then cannot look.
        app.sandbox.add_fault(NewFault::once("/wxa/media_check_async", FaultKind::JobFailed)).expect("a fault");
        send(&consumer, png()).await;
        app.run_jobs().await;
        assert_eq!(seen(&consumer).await, (None, json!("review")));
        app.at_home(consumer.member().await.parse().expect("an id")).await;
        let (clerk, manager) = (app.staff(Role::Clerk).await, app.staff(Role::Manager).await);
        const WAITING: &str = "/api/admin/v1/pictures";
        assert_eq!(clerk.get(WAITING).await.status, StatusCode::FORBIDDEN);
        let waiting = manager.get(WAITING).await.body;
        assert_eq!(waiting[0]["member"], consumer.member().await);
        let decision = format!("{WAITING}/{}/decision", waiting[0]["id"].as_str().expect("an id"));
        let shown = manager.post(&decision, &json!({ "show": true })).await;
        assert_eq!((shown.status, &shown.body["state"]), (StatusCode::OK, &json!("shown")));
        assert_eq!(manager.post(&decision, &json!({ "show": false })).await.status, StatusCode::CONFLICT);
        assert!(seen(&consumer).await.0.is_some());
        assert_eq!(manager.get(WAITING).await.body, json!([]));
    })
    .await;
}

#[actix_web::test]
async fn what_wechat_takes_back_nobody_sees_any_more() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let sent = send(&consumer, png()).await;
        app.run_jobs().await;
        opine(app, &consumer, "risky").await;
        app.run_jobs().await;
        assert_eq!(seen(&consumer).await, (None, json!("refused")));
        assert_eq!(look(app, sent.body["path"].as_str().expect("a path")).await.0, StatusCode::NOT_FOUND);
        opine(app, &consumer, "pass").await;
        app.run_jobs().await;
        assert_eq!(seen(&consumer).await.1, json!("refused"));
    })
    .await;
}

#[actix_web::test]
async fn an_opinion_may_come_before_its_name_is_stored_or_not_at_all() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        app.sandbox.add_fault(NewFault::once(CALLBACK, FaultKind::Hold)).expect("a fault");
        send(&consumer, png()).await;
        app.run_jobs().await;
        assert_eq!(seen(&consumer).await, (None, json!("checking")), "nothing was said yet");
        app.advance(TimeDelta::days(1));
        app.run_jobs().await;
        assert_eq!(seen(&consumer).await, (None, json!("review")), "nor will it be");

        // WeChat judges for those only who were here lately.
        let consumer = consumer.person.log_in("shop").await;
        // The opinion is on its way before the answer that says by which name it comes.
        let slow = FaultKind::Slow { millis: 200 };
        app.sandbox.add_fault(NewFault::once("/wxa/media_check_async", slow)).expect("a fault");
        send(&consumer, png()).await;
        app.run_jobs().await;
        assert_eq!(seen(&consumer).await.1, json!("shown"));
    })
    .await;
}

#[actix_web::test]
async fn what_is_no_picture_is_refused_by_its_field() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        for hostile in [b"<svg/>".to_vec(), Vec::new(), png()[..40].to_vec()] {
            let refused = send(&consumer, hostile).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
            assert_eq!(refused.body["errors"][0]["field"], "picture");
        }
        let large = send(&consumer, vec![0; 1_100_000]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(seen(&consumer).await, (None, json!(null)));
    })
    .await;
}
