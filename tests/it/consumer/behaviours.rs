//! Page views, stays and taps in batches: good rows are kept once, bad rows are named.

use chrono::TimeDelta;
use entity::tracking::behaviour;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{START, TestApp, story};

const EVENTS: &str = "/api/mini/v1/events";

fn view(id: &str) -> Value {
    json!({ "id": id, "kind": "page_view", "page": "pages/home/index", "at": START })
}

async fn stored(app: &TestApp) -> usize {
    app.rows::<behaviour::Entity>().await.len()
}

#[actix_web::test]
async fn a_batch_is_stored_once_however_often_it_is_sent() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let dwell = json!({ "id": "3", "kind": "dwell", "page": "pages/goods/detail", "millis": 4200, "at": START });
        let click = json!({ "id": "4", "kind": "click", "page": "pages/goods/detail", "target": "buy", "at": START });
        let batch = json!({ "events": [view("1"), view("2"), view("2"), dwell, click] });
        let first = consumer.post(EVENTS, &batch).await;
        assert_eq!(first.status, StatusCode::OK, "{first:?}");
        assert_eq!(first.body, json!({ "stored": 4, "repeated": 1, "rejected": [] }));
        let again = consumer.post(EVENTS, &batch).await;
        assert_eq!(again.body, json!({ "stored": 0, "repeated": 5, "rejected": [] }));
        assert_eq!(stored(app).await, 4);
        let other = app.person("周一鸣").log_in("shop").await;
        assert_eq!(other.post(EVENTS, &batch).await.body["stored"], 4, "names are each person's own");
    })
    .await;
}

#[actix_web::test]
async fn bad_rows_are_named_and_the_good_ones_kept() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let with = |id: &str, field: &str, value: Value| {
            let mut event = view(id);
            event[field] = value;
            event
        };
        let events = [
            view("1"),
            with("2", "kind", json!("purchase")),
            with("3", "page", json!("x".repeat(257))),
            with("4", "at", json!("yesterday")),
            with("5", "at", json!("2026-11-22T02:00:00Z")),
            with("6", "at", json!("2026-11-01T02:00:00Z")),
            with("7", "millis", json!(-1)),
            with("8", "phone", json!("13800000001")),
            json!("nothing"),
            view("10"),
        ];
        let answer = consumer.post(EVENTS, &json!({ "events": events })).await;
        assert_eq!((answer.status, &answer.body["stored"]), (StatusCode::OK, &json!(2)), "{answer:?}");
        let rejected = answer.body["rejected"].as_array().expect("rejected rows");
        let places: Vec<_> = rejected.iter().map(|row| row["index"].as_u64().expect("a place")).collect();
        assert_eq!(places, [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(rejected[1]["errors"][0]["field"], "page");
        assert_eq!(rejected[3]["errors"][0]["field"], "at");
        assert_eq!(stored(app).await, 2);
    })
    .await;
}

#[actix_web::test]
async fn too_many_events_or_batches_are_refused_and_strangers_too() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let many: Vec<Value> = (0..101).map(|number| view(&number.to_string())).collect();
        assert_eq!(consumer.post(EVENTS, &json!({ "events": many })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(consumer.post(EVENTS, &json!({ "events": [] })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        for number in 0..60 {
            let answer = consumer.post(EVENTS, &json!({ "events": [view(&number.to_string())] })).await;
            assert_eq!(answer.status, StatusCode::OK, "{number}");
        }
        let often = consumer.post(EVENTS, &json!({ "events": [view("60")] })).await;
        assert_eq!((often.status, &often.body["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limited")));
        app.advance(TimeDelta::minutes(1));
        assert_eq!(consumer.post(EVENTS, &json!({ "events": [view("61")] })).await.status, StatusCode::OK);
        assert_eq!(app.post(EVENTS, &json!({ "events": [view("62")] })).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}
