//! One code by each of its carriers, by real HTTP: a scan, a link, the mini program's own code, typed by hand.

use chrono::TimeDelta;
use entity::{
    referral::invitation::State,
    tracking::touch::{self, Carrier},
    types::MemberId,
};
use huilian::sandbox::Consent;
use reqwest::{StatusCode, header::COOKIE};
use serde_json::json;

use super::{has, invitations, inviter, only, pass, rows, running, touch};
use crate::{
    identity::oauth::Browser,
    support::{Answered, TestApp, story},
};

pub async fn carriers(app: &TestApp) -> Vec<Option<Carrier>> {
    let rows = app.rows::<touch::Entity>().await;
    rows.into_iter().filter(|row| row.code.is_some()).map(|row| row.carrier).collect()
}

#[actix_web::test]
async fn who_scans_a_friends_code_and_stays_earns_something_for_both() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (friend, code) = inviter(app, "林小满", program).await;
        app.advance(TimeDelta::minutes(1));
        let person = app.person("周一鸣");
        person.follow_by("brand", &format!("i.{code}")).await;
        app.run_jobs().await;
        let row = only(app).await;
        assert_eq!((row.state, row.why.as_str()), (State::Qualified, "maturing"), "{row:?}");
        assert_eq!(carriers(app).await, [Some(Carrier::Qr)]);
        let member: MemberId = friend.member().await.parse().expect("an id");
        assert_eq!((row.inviter, row.rules), (Some(member), 1));
        assert_eq!((has(app, member).await, has(app, row.invitee).await), (0, 0), "nothing before it has matured");
        let shown = invitations(&friend, program).await;
        assert_eq!((shown.len(), &shown[0]["state"], &shown[0]["code"]), (1, &json!("qualified"), &json!("maturing")));
        assert!(shown[0]["reason_zh"].as_str().is_some_and(|text| !text.is_empty()) && shown[0]["due_at"].is_string());
        assert!(!shown[0].to_string().contains("周一鸣"), "{shown:?}");

        pass(app, TimeDelta::days(2)).await;
        assert_eq!(only(app).await.state, State::Rewarded);
        assert_eq!((has(app, member).await, has(app, row.invitee).await), (10, 5));
        pass(app, TimeDelta::days(9)).await;
        assert_eq!((has(app, member).await, has(app, row.invitee).await), (10, 5), "once");
    })
    .await;
}

#[actix_web::test]
async fn who_follows_already_is_not_new() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (friend, code) = inviter(app, "林小满", program).await;
        let person = app.follower("周一鸣").await;
        let scene = format!("i.{code}");
        app.person("路人").follow_by("brand", &scene).await;
        let codes = app.sandbox.codes();
        let ticket = &codes.iter().find(|code| code.scene == scene).expect("a code").ticket;
        app.sandbox.scan(&person.id, ticket).await.expect("a scan");
        app.run_jobs().await;
        let refused: Vec<_> = rows(app).await.into_iter().filter(|row| row.state == State::Refused).collect();
        assert_eq!(refused.len(), 1);
        let row = &refused[0];
        assert_eq!((row.state, row.why.as_str(), row.inviter), (State::Refused, "not_new", None));
        assert_eq!(invitations(&friend, program).await.len(), 1, "whose it would have been is nobody's business");
    })
    .await;
}

#[actix_web::test]
async fn a_link_is_seen_when_it_is_opened_and_counts_when_they_follow() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (friend, code) = inviter(app, "林小满", program).await;
        app.advance(TimeDelta::minutes(1));
        let person = app.person("周一鸣");
        let mut browser = Browser::new(app);
        let page = browser.open(&format!("/api/h5/v1/invitations/{code}")).await;
        assert_eq!((page.status, &page.body["open"]), (StatusCode::OK, &json!(true)), "{page:?}");
        assert_eq!(page.body["inviter"], "友**", "nothing is known of the inviter's name");
        let start = format!("/api/h5/v1/oauth/brand/start?return=/m/i/{code}");
        let back = browser.visit_wechat(&start, &person, Consent::Allow).await;
        let page = browser.open(&back).await;
        assert_eq!(page.header("location"), format!("/m/i/{code}"));
        let call = |site: &'static str, cookie: String| {
            let request = app.http.post(format!("{}/api/mini/v1/touches", app.base_url)).header(COOKIE, cookie);
            request.header("sec-fetch-site", site).json(&json!({ "code": code, "carrier": "link" }))
        };
        let cookie = format!("huilian_session={}", browser.session().expect("a session"));
        let foreign = Answered::read(call("cross-site", cookie.clone())).await;
        assert_eq!(foreign.status, StatusCode::UNAUTHORIZED, "a page of somebody else");
        let told = Answered::read(call("same-origin", cookie)).await;
        assert_eq!(told.status, StatusCode::NO_CONTENT, "{told:?}");
        app.run_jobs().await;
        assert_eq!((only(app).await.state, carriers(app).await), (State::Seen, vec![Some(Carrier::Link)]));
        app.advance(TimeDelta::days(3));
        person.follow("brand").await;
        app.run_jobs().await;
        assert_eq!(only(app).await.state, State::Qualified);
        pass(app, TimeDelta::days(2)).await;
        let member: MemberId = friend.member().await.parse().expect("an id");
        assert_eq!((only(app).await.state, has(app, member).await), (State::Rewarded, 10));
    })
    .await;
}

#[actix_web::test]
async fn who_follows_in_the_second_of_the_visit_came_by_it() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (_, code) = inviter(app, "林小满", program).await;
        // WeChat tells of the follow by the whole second, which is before the visit.
        app.advance(TimeDelta::milliseconds(60_300));
        let person = app.person("周一鸣");
        let mut browser = Browser::new(app);
        let start = format!("/api/h5/v1/oauth/brand/start?return=/m/i/{code}");
        let back = browser.visit_wechat(&start, &person, Consent::Allow).await;
        browser.open(&back).await;
        let request = app.http.post(format!("{}/api/mini/v1/touches", app.base_url));
        let request = request.header(COOKIE, format!("huilian_session={}", browser.session().expect("a session")));
        let told = request.header("sec-fetch-site", "same-origin").json(&json!({ "code": code, "carrier": "link" }));
        assert_eq!(Answered::read(told).await.status, StatusCode::NO_CONTENT);
        person.follow("brand").await;
        app.run_jobs().await;
        assert_eq!(only(app).await.state, State::Qualified);
    })
    .await;
}

#[actix_web::test]
async fn a_code_that_is_typed_or_comes_with_the_mini_program_counts_within_the_visit() {
    story(async |app| {
        let wanted = json!({ "qualification": { "phone": true }, "mature_days": 0 });
        let program = running(app, wanted).await;
        let (friend, code) = inviter(app, "林小满", program).await;
        app.advance(TimeDelta::minutes(1));
        let opened = app.person("周一鸣").log_in("shop").await;
        assert_eq!(touch(&opened, &format!("i.{code}"), "mini_code").await.status, StatusCode::NO_CONTENT);
        let typed = app.person("何思远").log_in("shop").await;
        app.advance(TimeDelta::minutes(20));
        let spoken = code.to_uppercase().replace('0', "O");
        let (one, other) = spoken.split_at(5);
        assert_eq!(touch(&typed, &format!("{one} {other}"), "typed").await.status, StatusCode::NO_CONTENT);
        let late = app.person("许青").log_in("shop").await;
        app.advance(TimeDelta::minutes(31));
        assert_eq!(touch(&late, &code, "typed").await.status, StatusCode::NO_CONTENT);
        app.run_jobs().await;
        let states: Vec<_> = rows(app).await.into_iter().map(|row| (row.state, row.why)).collect();
        let registered = (State::Registered, "incomplete".to_owned());
        assert_eq!(states, [registered.clone(), registered, (State::Refused, "too_late".to_owned())]);
        assert_eq!(carriers(app).await, [Some(Carrier::MiniCode), Some(Carrier::Typed), Some(Carrier::Typed)]);
        opened.give_phone("13800000002").await;
        typed.give_phone("13800000003").await;
        app.run_jobs().await;
        let states: Vec<_> = rows(app).await.into_iter().map(|row| row.state).collect();
        assert_eq!(states, [State::Rewarded, State::Rewarded, State::Refused]);
        let member: MemberId = friend.member().await.parse().expect("an id");
        assert_eq!(has(app, member).await, 20);
    })
    .await;
}
