//! Campaigns as staff write, approve and run them.

use entity::{
    admin::staff::Role,
    rewards::{campaign_event, share},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{money, terms};
use crate::support::{Answered, StaffActor, TestApp};

const PATH: &str = "/api/admin/v1/campaigns";

async fn write(staff: &StaffActor<'_>, app: &TestApp, change: Value) -> Answered {
    let body = serde_json::to_value(terms(app, change)).expect("terms");
    let key = format!("write-{}", app.app.random.token());
    staff.post_once(PATH, &key, &body).await
}

async fn act(staff: &StaffActor<'_>, app: &TestApp, id: &str, what: &str, version: i64) -> Answered {
    let key = format!("{what}-{}", app.app.random.token());
    let body = json!({ "version": version, "reason": "按计划" });
    staff.post_once(&format!("{PATH}/{id}/{what}"), &key, &body).await
}

#[actix_web::test]
async fn above_the_limit_somebody_else_has_to_approve() {
    money(async |app, _| {
        let (writer, other) = (app.staff(Role::Headquarters).await, app.staff(Role::Headquarters).await);
        let changer = app.staff(Role::Manager).await;
        let large = json!({ "budget": 100_001 });
        let written = write(&writer, app, large.clone()).await;
        assert_eq!((written.status, &written.body["state"]), (StatusCode::CREATED, &json!("draft")), "{written:?}");
        let id = written.body["id"].as_str().expect("an id").to_owned();
        assert_eq!(act(&writer, app, &id, "approve", 1).await.status, StatusCode::FORBIDDEN, "who wrote it");
        // Who changes it last may not approve it either, nor may the writer after that.
        let body = json!({ "version": 1, "terms": terms(app, large), "reason": "改一下" });
        let changed = changer.put(&format!("{PATH}/{id}"), &body).await;
        assert_eq!((changed.status, &changed.body["version"]), (StatusCode::OK, &json!(2)), "{changed:?}");
        assert_eq!(act(&changer, app, &id, "approve", 2).await.status, StatusCode::FORBIDDEN);
        assert_eq!(act(&writer, app, &id, "approve", 2).await.status, StatusCode::FORBIDDEN);
        assert_eq!(act(&other, app, &id, "approve", 1).await.status, StatusCode::CONFLICT, "not what was seen");
        let approved = act(&other, app, &id, "approve", 2).await;
        assert_eq!((approved.status, &approved.body["state"]), (StatusCode::OK, &json!("approved")), "{approved:?}");
        assert_eq!(act(&other, app, &id, "run", 3).await.body["state"], "running");
        assert_eq!(act(&other, app, &id, "run", 4).await.status, StatusCode::CONFLICT);
        assert_eq!(act(&changer, app, &id, "pause", 4).await.body["paused_why"], "staff");
        let shown = writer.get(&format!("{PATH}/{id}")).await.body;
        assert_eq!((&shown["second_person"], &shown["budget"]["total"]), (&json!(true), &json!(100_001)));
        let history = shown["history"].as_array().expect("lines");
        let states: Vec<_> = history.iter().map(|line| line["to"].as_str().expect("a state")).collect();
        assert_eq!(states, ["draft", "draft", "approved", "running", "paused"]);
        assert!(history[1]["before"]["budget"].is_number() && history[1]["staff"].is_string());
        assert_eq!(app.rows::<campaign_event::Entity>().await.len(), 5);
    })
    .await;
}

#[actix_web::test]
async fn below_the_limit_one_person_is_enough_and_says_what_it_costs() {
    money(async |app, _| {
        let staff = app.staff(Role::Headquarters).await;
        let lucky = json!({ "kind": "lucky", "shares": 20, "min": 100, "max": 1_000 });
        let change = json!({ "amount": lucky, "caps": { "per_person": 2 } });
        let id = write(&staff, app, change).await.body["id"].as_str().expect("an id").to_owned();
        let preview = staff.get(&format!("{PATH}/{id}/preview")).await.body;
        assert_eq!(preview["grants_at_most"], 20);
        assert_eq!((&preview["each"], &preview["cost_at_most"]), (&json!(500), &json!(10_000)));
        assert_eq!((&preview["one_person_at_most"], &preview["second_person"]), (&json!(2_000), &json!(false)));
        assert_eq!(act(&staff, app, &id, "approve", 1).await.status, StatusCode::OK);
        let shares = app.rows::<share::Entity>().await;
        assert_eq!((shares.len(), shares.iter().map(|share| share.amount).sum::<i64>()), (20, 10_000));
        let books = staff.get(&format!("{PATH}/{id}/books")).await.body;
        assert_eq!((&books["agree"], &books["entries"]["total"]), (&json!(true), &json!(10_000)));
        assert_eq!(act(&staff, app, &id, "end", 2).await.body["state"], "ended");
    })
    .await;
}

#[actix_web::test]
async fn terms_that_cannot_be_kept_are_refused_by_field() {
    money(async |app, _| {
        let staff = app.staff(Role::Manager).await;
        let packet = |account: &str, more: Value| {
            let mut gives = json!({
                "kind": "red_packet", "merchant": "main", "account": account, "send_name": "天虹百货",
                "wishing": "感谢参加", "act_name": "邀请有礼", "remark": "奖励",
            });
            gives.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            gives
        };
        let fixed = |amount: i64| json!({ "kind": "fixed", "amount": amount });
        let cases = [
            (json!({ "amount": fixed(9) }), "amount"),
            (json!({ "amount": fixed(200_000), "budget": 1_000_000 }), "amount"),
            (json!({ "amount": fixed(20_000), "budget": 10_000 }), "budget"),
            (json!({ "amount": { "kind": "random", "min": 500, "max": 400 } }), "amount.min"),
            (json!({ "amount": { "kind": "lucky", "shares": 3, "min": 10, "max": 100 } }), "budget"),
            (json!({ "starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z" }), "ends_at"),
            (json!({ "gives": packet("brand", json!({})), "amount": fixed(99) }), "amount"),
            (json!({ "gives": packet("shop", json!({})) }), "gives.account"),
            (json!({ "gives": packet("nobody", json!({})) }), "gives.account"),
            (
                json!({ "gives": packet("brand", json!({ "send_name": "一二三四五六七八九十一" })) }),
                "gives[0].send_name",
            ),
            (json!({ "gives": packet("shop", json!({ "kind": "mini_red_packet" })) }), "claim"),
            (json!({ "eligibility": { "follows": "shop" } }), "eligibility.follows"),
        ];
        for (change, field) in cases {
            let refused = write(&staff, app, change.clone()).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{change}: {refused:?}");
            let errors = refused.body["errors"].as_array().expect("errors");
            assert!(errors.iter().any(|error| error["field"] == field), "{change}: {field} in {errors:?}");
        }
        for (key, wrong) in
            [("budget", json!(-1)), ("budget", json!(1.5)), ("amount", fixed(-5)), ("amount", fixed(i64::MAX))]
        {
            let mut body = serde_json::to_value(terms(app, json!({}))).expect("terms");
            body[key] = wrong;
            let refused = staff.post_once(PATH, "a-key-of-its-own", &body).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
        }
        let fine = write(&staff, app, json!({ "gives": packet("brand", json!({})) })).await;
        assert_eq!(fine.status, StatusCode::CREATED, "{fine:?}");
    })
    .await;
}
