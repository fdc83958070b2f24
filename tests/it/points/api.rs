//! What members see of their points, and what staff see and correct.

use chrono::TimeDelta;
use entity::{admin::staff::Role, jobs::event, points::entry, types::MemberId};
use huilian::points::{Available, Give};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{gift, given, in_days, lasting, proved, purchase, try_spend};
use crate::{
    members::member_path,
    support::{Consumer, TestApp, story},
};

async fn member(app: &TestApp) -> (Consumer<'_>, MemberId) {
    let consumer = app.person("林小满").log_in("shop").await;
    let member = consumer.member().await.parse().expect("an id");
    (consumer, member)
}

#[actix_web::test]
async fn a_member_sees_each_lot_its_last_day_and_why_something_is_pending() {
    story(async |app| {
        let (consumer, member) = member(app).await;
        let empty = consumer.get("/api/mini/v1/points").await;
        assert_eq!((empty.status, &empty.body["balance"]), (StatusCode::OK, &json!(0)));
        given(app, &lasting(app, member, 100, "share", 20)).await;
        given(app, &gift(member, 30, "ever")).await;
        given(app, &Give { available: Available::Held, ..gift(member, 50, "friend") }).await;
        given(app, &Give { available: Available::At(in_days(app, 7)), ..gift(member, 8, "order") }).await;
        try_spend(app, &purchase(member, 60, "gift")).await.expect("enough");
        let shown = consumer.get("/api/mini/v1/points").await.body;
        assert_eq!((&shown["balance"], &shown["pending"], &shown["stopped"]), (&json!(70), &json!(58), &json!(false)));
        assert_eq!(shown["expiring_soon"], json!({ "points": 40, "by": "2026-12-21" }));
        let lots = shown["lots"].as_array().expect("lots");
        let of = |state: &str| lots.iter().find(|lot| lot["state"] == state).expect("a lot");
        assert_eq!(lots.len(), 4);
        assert_eq!((&lots[0]["earned"], &lots[0]["remaining"]), (&json!(100), &json!(40)));
        assert_eq!((&lots[0]["last_day"], &of("held")["available_at"]), (&json!("2026-12-11"), &Value::Null));
        assert_eq!(of("held")["because"], json!({ "zh": "分享活动页", "en": "Shared the activity page" }));
        assert_eq!(of("waiting")["available_at"], "2026-11-28T02:00:00Z");
        assert_eq!(of("held")["last_day"], Value::Null);

        let page = consumer.get("/api/mini/v1/points/entries?limit=2").await.body;
        assert_eq!(page["items"][0]["title"], json!({ "zh": "使用积分", "en": "Points spent" }));
        assert_eq!(
            (&page["items"][0]["points"], &page["items"][0]["because"]["zh"]),
            (&json!(-60), &json!("兑换礼品"))
        );
        assert_eq!(page["items"][1]["pending"], 8);
        let next = page["next"].as_str().expect("more");
        let rest = consumer.get(&format!("/api/mini/v1/points/entries?limit=10&cursor={next}")).await.body;
        assert_eq!((rest["items"].as_array().map(Vec::len), &rest["next"]), (Some(3), &Value::Null));
        assert!(!rest.to_string().contains("\"key\""), "keys are for staff");
        let bad = consumer.get("/api/mini/v1/points/entries?cursor=x").await;
        assert_eq!(bad.status, StatusCode::BAD_REQUEST);
        let other = app.person("周一鸣").log_in("shop").await;
        assert_eq!(other.get("/api/mini/v1/points/entries").await.body["items"], json!([]), "nothing but one's own");
    })
    .await;
}

#[actix_web::test]
async fn staff_correct_points_once_with_a_reason_and_never_below_nothing() {
    story(async |app| {
        let (consumer, member) = member(app).await;
        app.at_home(member).await;
        let (manager, clerk) = (app.staff(Role::Manager).await, app.staff(Role::Clerk).await);
        let path = format!("{}/points", member_path(member));
        let corrections = format!("{path}/corrections");
        let more = json!({ "points": 200, "reason": "补发门店活动积分" });
        assert_eq!(clerk.post_once(&corrections, "key-00001", &more).await.status, StatusCode::FORBIDDEN);
        assert_eq!(manager.post(&corrections, &more).await.body["code"], "idempotency_key_missing");
        let done = manager.post_once(&corrections, "key-00001", &more).await;
        assert_eq!(done.status, StatusCode::CREATED, "{done:?}");
        assert_eq!(manager.post_once(&corrections, "key-00001", &more).await.body, done.body);
        let fewer = json!({ "points": -50, "reason": "误发，已与会员确认" });
        let reused = manager.post_once(&corrections, "key-00001", &fewer).await;
        assert_eq!(reused.body["code"], "idempotency_key_reused");
        manager.post_once(&corrections, "key-00002", &fewer).await;
        for (wrong, status) in [
            (json!({ "points": 0, "reason": "没有理由" }), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "points": 5, "reason": "短" }), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "points": 100_001, "reason": "多一个零了" }), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "points": 1.5, "reason": "半个积分" }), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "points": -151, "reason": "扣得太多了" }), StatusCode::CONFLICT),
            (
                json!({ "points": -9_007_199_254_740_991_i64, "reason": "扣光所有积分" }),
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
        ] {
            let refused = manager.post_once(&corrections, "key-00003", &wrong).await;
            assert_eq!(refused.status, status, "{wrong}: {refused:?}");
        }
        let shown = clerk.get(&path).await.body;
        assert_eq!((&shown["balance"], &shown["lots"][0]["last_day"]), (&json!(150), &json!("2027-11-30")));
        let page = clerk.get(&format!("{path}/entries")).await.body;
        assert_eq!(
            (&page["items"][0]["note"], &page["items"][0]["points"]),
            (&json!("误发，已与会员确认"), &json!(-50))
        );
        assert!(page["items"][0]["staff"].is_string());
        let mine = consumer.get("/api/mini/v1/points/entries").await.body;
        assert_eq!(mine["items"][1]["because"]["zh"], "人工调整");
        assert!(!mine.to_string().contains("门店活动"), "what staff write is for staff");
        let nobody = member_path(app.app.random.id(app.clock.now()));
        assert_eq!(manager.get(&format!("{nobody}/points")).await.status, StatusCode::NOT_FOUND);
        let gone = manager.post_once(&format!("{nobody}/points/corrections"), "key-00009", &more).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        assert_eq!(app.rows::<entry::Entity>().await.len(), 2);
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn what_happened_to_points_stands_once_in_the_timeline_and_as_facts() {
    story(async |app| {
        let (_, member) = member(app).await;
        given(app, &gift(member, 30, "share")).await;
        app.advance(TimeDelta::seconds(1));
        try_spend(app, &purchase(member, 10, "order")).await.expect("enough");
        let staff = app.staff(Role::Headquarters).await;
        let told = staff.get(&format!("{}/timeline", member_path(member))).await.body;
        let points: Vec<_> = told["items"]
            .as_array()
            .expect("facts")
            .iter()
            .filter(|fact| fact["kind"].as_str().is_some_and(|kind| kind.starts_with("points.")))
            .map(|fact| (fact["kind"].clone(), fact["text"].clone(), fact["source"].clone()))
            .collect();
        assert_eq!(
            points,
            [
                (json!("points.spent"), json!("-10 兑换礼品"), json!("points")),
                (json!("points.given"), json!("+30 分享活动页"), json!("points")),
            ]
        );
        let facts: Vec<_> =
            app.rows::<event::Entity>().await.into_iter().filter(|fact| fact.kind.starts_with("points.")).collect();
        assert_eq!(
            facts.iter().map(|fact| (fact.kind.as_str(), fact.payload["delta"].clone())).collect::<Vec<_>>(),
            [("points.given", json!(30)), ("points.spent", json!(-10))]
        );
        assert!(facts.iter().all(|fact| fact.subject.as_deref() == Some(member.to_string().as_str())));
    })
    .await;
}
