//! Programs as staff write, change and run them.

use entity::{
    admin::staff::Role,
    referral::{program_event, rules},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{inviter, points, rows, stands, terms};
use crate::support::{Answered, StaffActor, TestApp, story};

const PATH: &str = "/api/admin/v1/referral-programs";

async fn write(staff: &StaffActor<'_>, app: &TestApp, change: Value) -> Answered {
    let key = format!("write-{}", app.app.random.token());
    staff.post_once(PATH, &key, &terms(app, change).await).await
}

async fn act(staff: &StaffActor<'_>, app: &TestApp, id: &str, what: &str, version: i64) -> Answered {
    let key = format!("{what}-{}", app.app.random.token());
    let body = json!({ "version": version, "reason": "按计划" });
    staff.post_once(&format!("{PATH}/{id}/{what}"), &key, &body).await
}

#[actix_web::test]
async fn a_program_is_written_run_changed_and_ended_and_every_step_is_kept() {
    story(async |app| {
        let (staff, manager) = (app.staff(Role::Headquarters).await, app.staff(Role::Manager).await);
        let written = write(&manager, app, json!({})).await;
        assert_eq!((written.status, &written.body["state"]), (StatusCode::CREATED, &json!("draft")), "{written:?}");
        let id = written.body["id"].as_str().expect("an id").to_owned();
        assert_eq!(act(&manager, app, &id, "run", 1).await.status, StatusCode::FORBIDDEN);
        assert_eq!(act(&staff, app, &id, "pause", 1).await.status, StatusCode::CONFLICT);
        assert_eq!(act(&staff, app, &id, "run", 7).await.status, StatusCode::CONFLICT, "not what was seen");
        assert_eq!(act(&staff, app, &id, "run", 1).await.body["state"], "running");
        let mut terms = written.body["terms"].clone();
        terms["name"] = json!("老带新");
        let change = async |version: i64, terms: &Value| {
            manager.put(&format!("{PATH}/{id}"), &json!({ "version": version, "terms": terms, "reason": "改名" })).await
        };
        let renamed = change(2, &terms).await;
        assert_eq!((&renamed.body["rules_version"], &renamed.body["terms"]["name"]), (&json!(1), &json!("老带新")));
        terms["rules"]["mature_days"] = json!(9);
        let changed = change(3, &terms).await;
        assert_eq!((&changed.body["rules_version"], &changed.body["version"]), (&json!(2), &json!(4)), "{changed:?}");
        terms["starts_at"] = json!("2026-11-20T00:00:00Z");
        assert_eq!(change(4, &terms).await.status, StatusCode::UNPROCESSABLE_ENTITY, "it has run");
        assert_eq!(act(&manager, app, &id, "pause", 4).await.body["state"], "paused");
        assert_eq!(act(&staff, app, &id, "end", 5).await.body["state"], "ended");
        assert_eq!(act(&staff, app, &id, "run", 6).await.status, StatusCode::CONFLICT);
        let shown = manager.get(&format!("{PATH}/{id}")).await.body;
        let states: Vec<_> =
            shown["history"].as_array().expect("lines").iter().map(|line| line["to"].clone()).collect();
        assert_eq!(states, ["draft", "running", "running", "running", "paused", "ended"]);
        assert_eq!(shown["rules"].as_array().map(Vec::len), Some(2));
        assert_eq!(shown["rules"][0]["rules"]["mature_days"], 2, "the first version stays as it was");
        assert_eq!((app.rows::<rules::Entity>().await.len(), app.rows::<program_event::Entity>().await.len()), (2, 6));
        assert_eq!(manager.get(&format!("{PATH}?state=ended")).await.body["items"].as_array().map(Vec::len), Some(1));
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn rules_that_cannot_be_kept_are_refused_by_field() {
    story(async |app| {
        let staff = app.staff(Role::Manager).await;
        let campaign = points(app, 1).await;
        let open = json!({ "gives": { "kind": "points" }, "amount": { "kind": "asked", "max": 9 } });
        let asked = crate::rewards::running(app, open).await;
        let missing = "cmp_06gzqn7n01rvnb8hvp20m4nfy0";
        let member = super::person(app, 1).await;
        let step = |count: u32| json!({ "count": count, "campaign": campaign });
        let cases = [
            (json!({ "levels": 3 }), "rules.levels"),
            (json!({ "levels": 0 }), "rules.levels"),
            (json!({ "window_days": 0 }), "rules.window_days"),
            (json!({ "rewards": { "second": campaign } }), "rewards.second"),
            (json!({ "rewards": { "inviter": missing } }), "rewards.inviter"),
            (json!({ "rewards": { "inviter": asked } }), "rewards.inviter"),
            (json!({ "rewards": { "ladder": [step(3), step(3)] } }), "rewards.ladder"),
            (json!({ "rewards": { "ladder": [step(3), step(2)] } }), "rewards.ladder"),
            (json!({ "guard": { "nothing": { "mode": "off" } } }), "guard.nothing"),
            (json!({ "qualification": { "follow": "shop" } }), "rules.qualification.follow"),
            (json!({ "qualification": { "follow": "nobody" } }), "rules.qualification.follow"),
            (json!({ "trusted": [member], "banned": [member] }), "trusted"),
            (json!({ "attribution": "middle" }), "rules.attribution"),
            (json!({ "surprise": 1 }), "rules.surprise"),
        ];
        for (change, field) in cases {
            let refused = write(&staff, app, change.clone()).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{change}: {refused:?}");
            let errors = refused.body["errors"].as_array().expect("errors");
            assert!(errors.iter().any(|error| error["field"] == field), "{change}: {field} in {errors:?}");
        }
        let fine = json!({ "levels": 2, "rewards": { "second": campaign, "ladder": [step(3), step(10)] } });
        assert_eq!(write(&staff, app, fine).await.status, StatusCode::CREATED);
    })
    .await;
}

#[actix_web::test]
async fn a_ban_ends_what_is_not_mature_and_staff_see_why() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let written = write(&staff, app, json!({})).await.body;
        let id = written["id"].as_str().expect("an id").to_owned();
        act(&staff, app, &id, "run", 1).await;
        let program = id.parse().expect("an id");
        let (friend, code) = inviter(app, "林小满", program).await;
        app.advance(chrono::TimeDelta::minutes(1));
        app.person("周一鸣").follow_by("brand", &format!("i.{code}")).await;
        app.run_jobs().await;
        app.advance(chrono::TimeDelta::minutes(1));
        let mut terms = written["terms"].clone();
        terms["rules"]["banned"] = json!([friend.member().await]);
        let body = json!({ "version": 2, "terms": terms, "reason": "刷单" });
        let banned = staff.put(&format!("{PATH}/{id}"), &body).await;
        assert_eq!(banned.status, StatusCode::OK, "{banned:?}");
        app.run_jobs().await;
        let row = rows(app).await.remove(0);
        assert_eq!(stands(app, row.invitee).await.1, "banned");
        let shown = staff.get(&format!("/api/admin/v1/referrals/{}", row.id)).await.body;
        assert_eq!((&shown["code"], &shown["rules_version"]), (&json!("banned"), &json!(1)));
        assert!(shown["seen"]["banned_at"].is_string() && shown["reason_zh"].is_string(), "{shown}");
        let list = staff.get(&format!("/api/admin/v1/referrals?program={id}&invitee={}", row.invitee)).await.body;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    })
    .await;
}
