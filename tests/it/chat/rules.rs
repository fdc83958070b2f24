//! Staff change what the robot answers; it works at once.

use entity::admin::staff::Role;
use huilian::sandbox::Outcome;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::story;

fn rule(on: Value, content: &str) -> Value {
    json!({
        "account": "brand", "name": "测试", "priority": 200,
        "condition": { "on": on },
        "action": { "replies": [{ "kind": "text", "content": content }] }
    })
}

#[actix_web::test]
async fn a_new_rule_answers_the_next_message_and_a_removed_one_is_silent() {
    story(async |app| {
        let person = app.follower("林小满").await;
        let manager = app.staff(Role::Manager).await;
        let made =
            manager.post("/api/admin/v1/reply-rules", &rule(json!({ "exact": ["暗号"] }), "{nickname}，对上了")).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        person.say("brand", "暗号").await;
        let path = format!("/api/admin/v1/reply-rules/{}", made.body["id"].as_str().expect("an id"));
        let changed = manager.put(&path, &rule(json!({ "pattern": "^暗.$" }), "改了")).await;
        assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
        person.say("brand", "暗语").await;
        assert_eq!(manager.delete(&path).await.status, StatusCode::NO_CONTENT);
        person.say("brand", "暗语").await;
        let heard: Vec<String> = person.heard("brand").into_iter().skip(1).map(|(_, text)| text).collect();
        assert_eq!(heard[0], "朋友，对上了");
        assert_eq!(heard[1], "改了");
        assert!(heard[2].starts_with("收到"), "{heard:?}");
        assert_eq!(manager.delete(&path).await.status, StatusCode::NOT_FOUND);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn rules_that_will_not_do_are_refused_with_the_field() {
    story(async |app| {
        let manager = app.staff(Role::Manager).await;
        let cases = [
            (rule(json!({ "pattern": "(" }), "x"), "condition.on"),
            (rule(json!({ "pattern": "(a{1,100}){1,100}" }), "x"), "condition.on"),
            (rule(json!({ "exact": [] }), "x"), "condition.on"),
            (rule(json!({ "exact": ["a"] }), "{nobody}"), "action.replies"),
            (rule(json!({ "exact": ["a"] }), &"长".repeat(700)), "action.replies[0]"),
            (rule(json!({ "follow": false }), "x"), "condition.on"),
        ];
        for (body, field) in cases {
            let refused = manager.post("/api/admin/v1/reply-rules", &body).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body} {refused:?}");
            let named = refused.body["errors"][0]["field"].as_str().unwrap_or_default();
            assert!(named.starts_with(field), "{named} should begin with {field}: {refused:?}");
        }
        let mut unknown = rule(json!({ "exact": ["a"] }), "x");
        unknown["account"] = json!("nobody");
        assert_eq!(manager.post("/api/admin/v1/reply-rules", &unknown).await.body["errors"][0]["field"], "account");
    })
    .await;
}

#[actix_web::test]
async fn a_clerk_may_not_change_what_the_robot_says() {
    story(async |app| {
        let clerk = app.staff(Role::Clerk).await;
        let refused = clerk.post("/api/admin/v1/reply-rules", &rule(json!({ "exact": ["a"] }), "x")).await;
        assert_eq!((refused.status, &refused.body["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")));
        let stranger = app.get("/api/admin/v1/reply-rules").await;
        assert_eq!((stranger.status, &stranger.body["code"]), (StatusCode::UNAUTHORIZED, &json!("unauthorized")));
        assert!(stranger.request_id.is_some());
        assert_eq!(stranger.body["request_id"].as_str(), stranger.request_id.as_deref());
    })
    .await;
}

#[actix_web::test]
async fn the_first_rules_are_written_once_and_stay_as_staff_leave_them() {
    story(async |app| {
        let manager = app.staff(Role::Manager).await;
        let rules = manager.get("/api/admin/v1/reply-rules?account=brand").await;
        for rule in rules.body.as_array().expect("rules") {
            let path = format!("/api/admin/v1/reply-rules/{}", rule["id"].as_str().expect("an id"));
            assert_eq!(manager.delete(&path).await.status, StatusCode::NO_CONTENT);
        }
        let again = app.another_node().await;
        assert_eq!(again.follower("周一鸣").await.say("brand", "会员").await.outcome, Outcome::Acknowledged);
        let left = manager.get("/api/admin/v1/reply-rules?account=brand").await;
        assert_eq!(left.body, json!([]));
        again.finish().await;
    })
    .await;
}
