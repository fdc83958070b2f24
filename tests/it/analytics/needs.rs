//! What waits, counted for who may see it.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    chat::conversation::{self, State},
};
use reqwest::StatusCode;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use crate::support::{StaffActor, story};

async fn needs(staff: &StaffActor<'_>) -> Value {
    let answer = staff.get("/api/admin/v1/needs").await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body
}

#[actix_web::test]
async fn everybody_is_told_what_they_may_see_and_nothing_else() {
    story(async |app| {
        let (clerk, manager, hq) =
            (app.staff(Role::Clerk).await, app.staff(Role::Manager).await, app.staff(Role::Headquarters).await);
        assert_eq!(needs(&clerk).await, json!({ "most": 1000, "chats": 0 }));
        let keys = |needs: Value| needs.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        let of_managers = ["chats", "most", "pictures", "stops"];
        let mut seen = keys(needs(&manager).await);
        seen.sort();
        assert_eq!(seen, of_managers);
        let nothing = json!({
            "most": 1000, "chats": 0, "approvals": 0, "alerts": 0, "conflicts": 0, "review": 0, "mismatches": 0,
            "stops": 0, "pictures": 0, "exports": 0, "jobs": 0,
        });
        assert_eq!(needs(&hq).await, nothing);
    })
    .await;
}

#[actix_web::test]
async fn what_waits_is_counted_until_somebody_has_seen_to_it() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let person = app.follower("林小满").await;
        assert_eq!(needs(&hq).await["chats"], 0, "who only follows waits for nothing");
        person.say("brand", "在吗").await;
        let now = app.clock.now();
        let draft = json!({
            "name": "邀请有礼", "gives": { "kind": "points" }, "amount": { "kind": "fixed", "amount": 10 }, "budget": 100,
            "starts_at": now, "ends_at": now + TimeDelta::days(1),
        });
        let written = hq.post_once("/api/admin/v1/campaigns", "write-0001", &draft).await;
        assert_eq!(written.status, StatusCode::CREATED, "{written:?}");
        let brake = json!({ "scope": "all", "reason": "怀疑泄漏" });
        hq.post_once("/api/admin/v1/payout-stops", "stop-00001", &brake).await;
        let job = app.give_up("members.forget_old", json!({})).await;
        let file = json!({ "what": { "audit": {} }, "reason": "年度对账需要" });
        let asked = hq.post_once("/api/admin/v1/exports", "export-001", &file).await;
        let counted = needs(&hq).await;
        for need in ["chats", "approvals", "stops", "exports", "jobs"] {
            assert_eq!(counted[need], 1, "{need}: {counted}");
        }
        let thread = hq.get("/api/admin/v1/conversations").await.body["items"][0]["id"].clone();
        let thread = thread.as_str().expect("an id");
        hq.put(&format!("/api/admin/v1/conversations/{thread}/read"), &json!({})).await;
        let id = written.body["id"].as_str().expect("an id");
        let by = json!({ "version": 1, "reason": "按计划" });
        let approved = hq.post_once(&format!("/api/admin/v1/campaigns/{id}/approve"), "approve-01", &by).await;
        assert_eq!(approved.status, StatusCode::OK, "{approved:?}");
        hq.post_once("/api/admin/v1/payout-stops/lift", "lift-00001", &brake).await;
        hq.post(&format!("/api/admin/v1/jobs/{job}/run-again"), &json!({})).await;
        let (other, file) = (app.staff(Role::Headquarters).await, asked.body["id"].as_str().expect("an id"));
        let refused = other.post(&format!("/api/admin/v1/exports/{file}/refuse"), &json!({ "reason": "不需要" })).await;
        assert_eq!(refused.status, StatusCode::OK, "{refused:?}");
        let counted = needs(&hq).await;
        for need in ["chats", "approvals", "stops", "exports", "jobs"] {
            assert_eq!(counted[need], 0, "{need}: {counted}");
        }
        sea_orm::ConnectionTrait::execute_unprepared(app.app.db.read(), "DELETE FROM job").await.expect("no jobs");
    })
    .await;
}

#[actix_web::test]
async fn counting_ends_where_nobody_cares_any_more() {
    story(async |app| {
        let now = app.clock.now();
        let threads = (0..1005).map(|number| conversation::ActiveModel {
            id: Set(app.app.random.id(now)),
            account: Set("brand".parse().expect("a key")),
            open_id: Set(format!("oPerson{number:021}").parse().expect("an OpenID")),
            state: Set(State::Robot),
            preview: Set("在吗".to_owned()),
            unread: Set(1),
            last_at: Set(now),
            created_at: Set(now),
            ..Default::default()
        });
        conversation::Entity::insert_many(threads).exec_without_returning(app.app.db.read()).await.expect("threads");
        let clerk = app.staff(Role::Clerk).await;
        assert_eq!(needs(&clerk).await, json!({ "most": 1000, "chats": 1000 }));
    })
    .await;
}
