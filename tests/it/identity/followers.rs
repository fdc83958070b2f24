//! Following, leaving, coming back: counts, facts and touches.

use chrono::TimeDelta;
use entity::{
    identity::follower::{self, State},
    jobs::event,
    tracking::touch::{self, Kind},
};
use huilian::{
    infra::clock::biz_day,
    wechat::account::qrcode::{Life, Scene},
};
use serde_json::json;

use super::{api, record};
use crate::support::{TestApp, story};

async fn facts(app: &TestApp, kind: &str) -> Vec<event::Model> {
    app.rows::<event::Entity>().await.into_iter().filter(|fact| fact.kind == kind).collect()
}

#[actix_web::test]
async fn the_first_follow_and_each_return_are_told_apart() {
    story(async |app| {
        let person = app.person("林小满");
        let began = app.clock.now();
        for times in 1..=3 {
            person.follow("brand").await;
            let row = record(app, &person.open_id("brand")).await;
            assert_eq!((row.state, row.follows), (State::Following, times));
            assert_eq!(row.first_followed_at, Some(began), "the first time stays the first");
            assert_eq!(row.state_at, app.clock.now());
            app.run_jobs().await;
            app.advance(TimeDelta::days(1));
            person.unfollow("brand").await;
            let row = record(app, &person.open_id("brand")).await;
            assert_eq!((row.state, row.follows, row.state_at), (State::Gone, times, app.clock.now()));
            app.advance(TimeDelta::days(1));
        }
        let followed = facts(app, "follower.followed").await;
        let times: Vec<_> = followed.iter().map(|fact| fact.payload["times"].as_i64()).collect();
        assert_eq!(times, [Some(1), Some(2), Some(3)]);
        assert_eq!(facts(app, "follower.left").await.len(), 3);
        let fact = &followed[0];
        assert_eq!(fact.subject.as_deref(), Some(person.open_id("brand").as_str()));
        assert_eq!((fact.occurred_at, fact.biz_day), (began, biz_day(began)));
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn every_touch_is_kept_with_its_scene_and_ticket() {
    story(async |app| {
        let code = api(app).create_qrcode(&Scene::Text("store-7".to_owned()), Life::Permanent).await.expect("a code");
        let person = app.person("周一鸣");
        app.sandbox.scan(&person.id, &code.url).await.expect("a scan");
        app.advance(TimeDelta::minutes(1));
        app.sandbox.scan(&person.id, &code.url).await.expect("a scan");
        app.advance(TimeDelta::minutes(1));
        person.event("brand", json!({ "MsgType": "event", "Event": "CLICK", "EventKey": "POINTS" })).await;
        let page = json!({ "MsgType": "event", "Event": "VIEW", "EventKey": "https://example.com/m", "MenuId": "1" });
        person.event("brand", page).await;
        person.unfollow("brand").await;
        app.sandbox.enter(&person.id, "shop", "pages/index").await.expect("entering the chat");

        let touches = app.rows::<touch::Entity>().await;
        let seen: Vec<_> = touches.iter().map(|touch| (touch.kind, touch.scene.as_deref())).collect();
        assert_eq!(
            seen,
            [
                (Kind::Follow, Some("store-7")),
                (Kind::Scan, Some("store-7")),
                (Kind::Menu, Some("POINTS")),
                (Kind::Menu, Some("https://example.com/m")),
                (Kind::Unfollow, None),
                (Kind::Enter, Some("pages/index")),
            ]
        );
        let tickets: Vec<_> = touches.iter().map(|touch| touch.ticket.as_deref()).collect();
        assert_eq!(tickets[..2], [Some(code.ticket.as_str()); 2]);
        assert!(touches.iter().all(|touch| touch.biz_day == biz_day(touch.at)));
        assert_eq!(record(app, &person.open_id("brand")).await.scene.as_deref(), Some("store-7"));
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn who_writes_without_a_follow_that_we_heard_of_is_known_all_the_same() {
    story(async |app| {
        let open_id = "oTestPerson0000000000000001";
        app.text_from("brand", open_id, 1, "会员").send().await;
        app.text_from("shop", "oMiniPerson0000000000000001", 2, "会员").send().await;
        let rows = app.rows::<follower::Entity>().await;
        let states: Vec<_> = rows.iter().map(|row| (row.account.as_str(), row.state, row.follows)).collect();
        assert_eq!(states, [("brand", State::Following, 0), ("shop", State::Known, 0)]);
        assert!(facts(app, "follower.followed").await.is_empty());
        app.run_jobs().await;
    })
    .await;
}
