//! What does not count: one's own, robots, guesses, what was hardly looked at, and more in a day than may be.

use chrono::TimeDelta;
use entity::{share::visit::State, tracking::touch};
use huilian::tracking::origin::Origin;
use reqwest::StatusCode;
use serde_json::json;

use super::{came, has, id, key_of, link_of, rows, running, stand, visit};
use crate::{
    referral::person,
    support::{Answered, Consumer, story},
};

/// A call from a device that names itself.
async fn call(
    consumer: &Consumer<'_>,
    method: reqwest::Method,
    path: &str,
    body: serde_json::Value,
    headers: [(&str, &str); 2],
) -> Answered {
    let app = consumer.person.app;
    let mut request = app.http.request(method, format!("{}{path}", app.base_url)).bearer_auth(&consumer.token);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    Answered::read(request.json(&body)).await
}

const PHONE: &str = "Mozilla/5.0 (Linux; Android 13; CUBOT X70) MicroMessenger/8.0.49 MiniProgramEnv/android";

#[actix_web::test]
async fn ones_own_visit_ones_own_device_and_robots_bring_nothing() {
    story(async |app| {
        running(app, json!({ "dwell_seconds": 0 })).await;
        let sharer = app.person("林小满").log_in("shop").await;
        let (mine, theirs) = ("device-of-lin-0001", "device-of-zhou-001");
        let body = json!({ "page": super::PAGE });
        let headers = [("x-device-id", mine), ("user-agent", PHONE)];
        let minted = call(&sharer, reqwest::Method::PUT, super::LINKS, body, headers).await;
        let key = minted.body["key"].as_str().expect("a key").to_owned();
        visit(&sharer, &key).await;
        let (robot, second, friend) = (
            app.person("爬虫").log_in("shop").await,
            app.person("小号").log_in("shop").await,
            app.person("周一鸣").log_in("shop").await,
        );
        let visits = "/api/mini/v1/share-visits";
        for (who, device, agent, scene) in [
            (&robot, theirs, "Mozilla/5.0 (compatible; mpcrawler)", 1007),
            (&robot, theirs, PHONE, 1129),
            (&second, mine, PHONE, 1007),
            (&friend, theirs, PHONE, 1008),
        ] {
            let body = json!({ "key": key, "scene": scene });
            let headers = [("x-device-id", device), ("user-agent", agent)];
            let told = call(who, reqwest::Method::POST, visits, body, headers).await;
            assert_eq!(told.status, StatusCode::NO_CONTENT, "{told:?}");
        }
        app.run_jobs().await;
        let mut found: Vec<_> = stand(app).await.into_iter().map(|(_, why)| why).collect();
        found.sort();
        assert_eq!(found, ["counts", "own_device", "self"]);
        assert_eq!(has(app, id(&sharer).await).await, 60);
        let robots = app.rows::<touch::Entity>().await.len();
        assert_eq!(robots, 3, "what robots open nobody has visited");
    })
    .await;
}

#[actix_web::test]
async fn who_leaves_at_once_is_no_visitor_and_late_news_still_counts() {
    story(async |app| {
        running(app, json!({})).await;
        let sharer = app.person("林小满").log_in("shop").await;
        let key = key_of(&sharer).await;
        let friend = app.person("周一鸣").log_in("shop").await;
        visit(&friend, &key).await;
        let opened = app.clock.now();
        app.run_jobs().await;
        app.advance(TimeDelta::days(1));
        app.run_jobs().await;
        app.advance(TimeDelta::minutes(10));
        app.run_jobs().await;
        assert_eq!(stand(app).await, [(State::Refused, "too_short".to_owned())]);
        // The phone had no network, and tells only now how long it was looked at.
        let at = opened + TimeDelta::seconds(40);
        let event = json!({ "id": "late", "kind": "dwell", "page": super::PAGE, "millis": 40_000, "at": at });
        friend.post("/api/mini/v1/events", &json!({ "events": [event] })).await;
        app.run_jobs().await;
        assert_eq!(stand(app).await, [(State::Rewarded, "counts".to_owned())]);
        assert_eq!(rows(app).await[0].counted_at, Some(at));
    })
    .await;
}

#[actix_web::test]
async fn a_day_brings_no_more_than_the_rules_say_and_what_is_taken_back_leaves_room() {
    story(async |app| {
        let change = json!({ "dwell_seconds": 0, "per_day": { "visit": 2, "registered": 1, "purchase": 1 } });
        let campaign = running(app, change).await;
        let sharer = person(app, 1).await;
        let key = link_of(app, sharer, super::PAGE).await;
        app.advance(TimeDelta::minutes(1));
        let mut guests = Vec::new();
        for number in 10..14 {
            came(app, number, &key, app.clock.now(), Origin::default()).await;
            guests.push(person(app, number).await);
            app.run_jobs().await;
        }
        assert_eq!(has(app, sharer).await, 2 * 10 + 50);
        let capped = stand(app).await.into_iter().filter(|(_, why)| why == "day_reached").count();
        assert_eq!(capped, 3, "the second has no room for having registered, the others for anything");
        // Two of them turn out to be one: the later one's visit ends, and another one has its place.
        crate::referral::join(app, guests[2], guests[0]).await;
        app.run_jobs().await;
        assert_eq!(has(app, sharer).await, 2 * 10 + 50, "of three visitors two are rewarded still");
        app.advance(TimeDelta::days(1));
        came(app, 20, &key, app.clock.now(), Origin::default()).await;
        person(app, 20).await;
        app.run_jobs().await;
        assert_eq!(has(app, sharer).await, 3 * 10 + 2 * 50, "another day");
        let value = app.rows::<entity::share::value::Entity>().await;
        let value = value.iter().find(|row| (row.campaign_id, row.member) == (campaign, sharer)).expect("a value");
        assert_eq!((value.visits, value.registered), (4, 4), "value has no cap");
    })
    .await;
}

#[actix_web::test]
async fn keys_cannot_be_guessed_and_hostile_ones_end_in_an_answer() {
    story(async |app| {
        running(app, json!({})).await;
        let friend = app.person("周一鸣").log_in("shop").await;
        let tried = async |key: &str| friend.post("/api/mini/v1/share-visits", &json!({ "key": key })).await.status;
        for key in ["0123456789", "s.0123456789", "i.0123456789", "'; drop table", "\u{1}", "../../etc/p", "分享"] {
            assert_eq!(tried(key).await, StatusCode::NOT_FOUND, "{key:?}");
        }
        assert_eq!(tried("\u{0}").await, StatusCode::BAD_REQUEST);
        assert_eq!(tried("").await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(tried(&"0".repeat(65)).await, StatusCode::UNPROCESSABLE_ENTITY);
        for number in 0..4 {
            assert_eq!(tried(&format!("012345678{number}")).await, StatusCode::NOT_FOUND);
        }
        assert_eq!(tried("0123456789").await, StatusCode::TOO_MANY_REQUESTS, "guessing is cut short");
        let strange = friend.put(super::LINKS, &json!({ "page": "pages/tea?x=1" })).await;
        assert_eq!(strange.status, StatusCode::UNPROCESSABLE_ENTITY);
        let strange = friend.put(super::LINKS, &json!({ "page": super::PAGE, "query": "a=<script>" })).await;
        assert_eq!(strange.status, StatusCode::UNPROCESSABLE_ENTITY);
        let unnamed = friend.put(super::LINKS, &json!({ "page": "pages/index" })).await;
        assert_eq!(
            (unnamed.status, &unnamed.body["open"]),
            (StatusCode::OK, &json!(false)),
            "it can be shared all the same"
        );
        app.run_jobs().await;
    })
    .await;
}
