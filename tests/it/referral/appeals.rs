//! What is held explains itself, can be appealed once, and is released or rejected by staff with a reason.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    referral::{alert, invitation::State, review},
    types::MemberId,
};
use huilian::tracking::origin::Origin;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{came, code_of, has, invitations, inviter, only, person, rows, running, stands, touch};
use crate::support::{Consumer, StaffActor, TestApp, story};

fn strict() -> Value {
    let mut guard = super::unguarded();
    guard["same_device"] = json!({ "mode": "hold", "most": 0 });
    json!({ "qualification": {}, "mature_days": 0, "guard": guard })
}

fn device(name: &str) -> Origin {
    Origin { device: Some(name.to_owned()), network: None }
}

/// Two on one device: the second one is held.
async fn held<'a>(app: &'a TestApp) -> (Consumer<'a>, MemberId, MemberId) {
    let program = running(app, strict()).await;
    let (friend, code) = inviter(app, "林小满", program).await;
    app.advance(TimeDelta::minutes(1));
    let mut guests = Vec::new();
    for number in 2..4 {
        came(app, number, &code, app.clock.now(), device("phone")).await;
        guests.push(person(app, number).await);
        app.run_jobs().await;
    }
    assert_eq!(stands(app, guests[0]).await.0, State::Rewarded);
    assert_eq!(stands(app, guests[1]).await, (State::Held, "guard".to_owned()));
    (friend, guests[0], guests[1])
}

async fn decide(staff: &StaffActor<'_>, path: &str) -> crate::support::Answered {
    staff.post(&format!("/api/admin/v1/{path}"), &json!({ "reason": "已电话核实" })).await
}

#[actix_web::test]
async fn a_hold_explains_itself_is_appealed_once_and_released_with_a_reason() {
    story(async |app| {
        let (friend, _, guest) = held(app).await;
        let row = rows(app).await.into_iter().find(|row| row.invitee == guest).expect("an invitation");
        assert_eq!(row.seen["rules"], json!(["same_device"]));
        let shown = invitations(&friend, row.program_id).await;
        let mine = shown.iter().find(|item| item["state"] == "held").expect("the held one");
        assert_eq!((&mine["can_appeal"], &mine["code"]), (&json!(true), &json!("guard")));
        let path = format!("/api/mini/v1/referrals/{}/appeal", row.id);
        let words = json!({ "words": "我们是一家人，共用平板" });
        let stranger = app.person("路人").log_in("shop").await;
        assert_eq!(stranger.post(&path, &words).await.status, StatusCode::NOT_FOUND);
        assert_eq!(friend.post(&path, &words).await.status, StatusCode::NO_CONTENT);
        assert_eq!(friend.post(&path, &words).await.status, StatusCode::CONFLICT, "once");
        let staff = app.staff(Role::Headquarters).await;
        let inbox = staff.get("/api/admin/v1/referrals?state=held").await.body;
        assert_eq!(inbox["items"][0]["appeal"]["words"], words["words"], "{inbox}");
        let detail = staff.get(&format!("/api/admin/v1/referrals/{}", row.id)).await.body;
        let finding = &detail["findings"][0];
        assert_eq!(
            (&finding["rule"], &finding["holds"], &finding["seen"]["count"]),
            (&json!("same_device"), &json!(true), &json!(1))
        );
        assert!(finding["reason_zh"].as_str().is_some_and(|text| !text.is_empty()) && detail["held_at"].is_string());
        let none = staff.post(&format!("/api/admin/v1/referrals/{}/release", row.id), &json!({})).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "not without a reason");
        let done = decide(&staff, &format!("referrals/{}/release", row.id)).await;
        assert_eq!(done.status, StatusCode::OK, "{done:?}");
        app.run_jobs().await;
        let member: MemberId = friend.member().await.parse().expect("an id");
        assert_eq!((stands(app, guest).await.0, has(app, member).await), (State::Rewarded, 20));
        let again = decide(&staff, &format!("referrals/{}/release", row.id)).await;
        assert_eq!((again.status, &again.body["code"]), (StatusCode::CONFLICT, &json!("already_decided")));
        assert_eq!(friend.post(&path, &words).await.status, StatusCode::CONFLICT, "it is not held any more");
        let kept = app.rows::<review::Entity>().await;
        assert_eq!((kept.len(), kept[0].reason.as_str()), (1, "已电话核实"));
    })
    .await;
}

#[actix_web::test]
async fn a_rejection_takes_back_and_a_change_of_mind_gives_again() {
    story(async |app| {
        let (friend, given, guest) = held(app).await;
        let staff = app.staff(Role::Headquarters).await;
        let member: MemberId = friend.member().await.parse().expect("an id");
        let id = async |who| rows(app).await.into_iter().find(|row| row.invitee == who).expect("an invitation").id;
        for who in [given, guest] {
            let done = decide(&staff, &format!("referrals/{}/reject", id(who).await)).await;
            assert_eq!(done.status, StatusCode::OK, "{done:?}");
        }
        app.run_jobs().await;
        assert_eq!(stands(app, given).await, (State::Reversed, "rejected".to_owned()));
        assert_eq!((stands(app, guest).await.0, has(app, member).await), (State::Reversed, 0));
        assert_eq!(decide(&staff, &format!("referrals/{}/reject", id(given).await)).await.status, StatusCode::CONFLICT);
        let done = decide(&staff, &format!("referrals/{}/release", id(given).await)).await;
        assert_eq!(done.status, StatusCode::OK, "{done:?}");
        app.run_jobs().await;
        assert_eq!((stands(app, given).await.0, has(app, member).await), (State::Rewarded, 10));
    })
    .await;
}

#[actix_web::test]
async fn an_alert_gathers_its_kind_and_is_decided_for_all_of_them() {
    story(async |app| {
        let (_, _, guest) = held(app).await;
        let program = rows(app).await[0].program_id;
        let code = rows(app).await[0].code.clone().expect("a code");
        let staff = app.staff(Role::Headquarters).await;
        let list = staff.get("/api/admin/v1/referral-alerts?state=open&severity=hold").await.body;
        assert_eq!(
            (list["items"].as_array().map(Vec::len), &list["items"][0]["count"]),
            (Some(1), &json!(2)),
            "{list}"
        );
        let alert = list["items"][0]["id"].as_str().expect("an id").to_owned();
        let done = decide(&staff, &format!("referral-alerts/{alert}/release")).await;
        assert_eq!((done.status, &done.body["state"]), (StatusCode::OK, &json!("released")), "{done:?}");
        assert_eq!(decide(&staff, &format!("referral-alerts/{alert}/release")).await.status, StatusCode::CONFLICT);
        app.run_jobs().await;
        assert_eq!(stands(app, guest).await.0, State::Rewarded);
        // What comes of the same kind is known, and not held.
        came(app, 4, &code, app.clock.now(), device("phone")).await;
        let third = person(app, 4).await;
        app.run_jobs().await;
        assert_eq!(stands(app, third).await.0, State::Rewarded);
        let alerts = app.rows::<alert::Entity>().await;
        assert!(alerts.len() == 1 && alerts[0].count > 2, "{alerts:?}");
        let done = decide(&staff, &format!("referral-alerts/{alert}/reject")).await;
        assert_eq!(done.status, StatusCode::OK, "they may change their mind");
        came(app, 5, &code, app.clock.now(), device("phone")).await;
        let fourth = person(app, 5).await;
        app.run_jobs().await;
        assert_eq!(stands(app, fourth).await.0, State::Held);
        let clerk = app.staff(Role::Clerk).await;
        assert_eq!(clerk.get("/api/admin/v1/referral-alerts").await.status, StatusCode::FORBIDDEN);
        let _ = program;
    })
    .await;
}

#[actix_web::test]
async fn the_device_of_the_inviter_is_known_by_its_header() {
    story(async |app| {
        let program = running(app, strict()).await;
        let friend = app.person("林小满").log_in("shop").await;
        let call = |consumer: &Consumer<'_>, method, path: &str, body: &Value| {
            let request = app.http.request(method, format!("{}{path}", app.base_url)).bearer_auth(&consumer.token);
            crate::support::Answered::read(request.header("x-device-id", "the-same-phone").json(body))
        };
        let path = format!("{}/{program}/code", super::PROGRAMS);
        let made = call(&friend, reqwest::Method::PUT, &path, &json!({})).await;
        let code = made.body["code"].as_str().expect("a code").to_owned();
        app.advance(TimeDelta::minutes(1));
        let guest = app.person("小号").log_in("shop").await;
        let body = json!({ "code": code, "carrier": "typed" });
        let told = call(&guest, reqwest::Method::POST, "/api/mini/v1/touches", &body).await;
        assert_eq!(told.status, StatusCode::NO_CONTENT, "{told:?}");
        app.run_jobs().await;
        assert_eq!(only(app).await.state, State::Held);
        let honest = app.person("周一鸣").log_in("shop").await;
        assert_eq!(touch(&honest, &code, "typed").await.status, StatusCode::NO_CONTENT);
        app.run_jobs().await;
        let other: MemberId = honest.member().await.parse().expect("an id");
        assert_eq!(stands(app, other).await.0, State::Rewarded);
        let _ = code_of(app, program, other).await;
    })
    .await;
}
