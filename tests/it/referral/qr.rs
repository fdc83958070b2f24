//! The carriers that WeChat makes: QR codes of an official account that are renewed in time, and codes of a mini program.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    referral::{invitation::State, qr},
    tracking::touch::Carrier,
};
use huilian::{
    infra::db::Tx,
    referral::{carrier::renew::RenewCodes, program},
    sandbox::{FaultKind, NewFault},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{PROGRAMS, by, inviter, only, posters::patient, running, touch};
use crate::support::{Answered, Consumer, TestApp, story, story_with};

/// A file of the service.
pub struct Fetched {
    pub status: StatusCode,
    pub kind: String,
    pub tag: String,
    pub bytes: Vec<u8>,
}

/// Fetches a file, with the tag of one that is known already.
pub async fn fetch(consumer: &Consumer<'_>, path: &str, known: &str) -> Fetched {
    let app = consumer.person.app;
    let request = app.http.get(format!("{}{path}", app.base_url)).bearer_auth(&consumer.token);
    let answer = request.header("If-None-Match", known).send().await.expect("an answer");
    let header =
        |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (status, kind, tag) = (answer.status(), header("content-type"), header("etag"));
    Fetched { status, kind, tag, bytes: answer.bytes().await.expect("a body").to_vec() }
}

/// What the code in a picture says.
pub fn says(picture: &[u8]) -> String {
    let picture = image::load_from_memory(picture).expect("a picture").to_luma8();
    let (width, height) = (picture.width(), picture.height());
    let side = |side: u32| usize::try_from(side).expect("a side");
    let at = |x: usize, y: usize| {
        picture.get_pixel(u32::try_from(x).expect("a place"), u32::try_from(y).expect("a place")).0[0]
    };
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(side(width), side(height), at);
    seen.detect_grids().remove(0).decode().expect("a code").1
}

async fn qr_of(consumer: &Consumer<'_>, program: entity::types::ReferralProgramId) -> Answered {
    consumer.get(&format!("{PROGRAMS}/{program}/qr")).await
}

fn until(qr: &Value) -> DateTime<Utc> {
    qr["expires_at"].as_str().expect("a time").parse().expect("a time")
}

/// How many codes WeChat was asked for with this scene.
fn made(app: &TestApp, code: &str) -> usize {
    app.sandbox.codes().into_iter().filter(|known| known.scene == format!("i.{code}")).count()
}

#[actix_web::test]
async fn a_friend_scans_the_qr_code_of_a_member_and_counts() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (friend, code) = inviter(app, "林小满", program).await;
        let qr = qr_of(&friend, program).await;
        assert_eq!(qr.status, StatusCode::OK, "{qr:?}");
        assert_eq!(until(&qr.body) - app.clock.now(), TimeDelta::days(30));
        let url = qr.body["url"].as_str().expect("an address");
        assert!(qr.body["picture"].as_str().is_some_and(|picture| picture.contains("/cgi-bin/showqrcode?ticket=")));
        app.advance(TimeDelta::minutes(1));
        let person = app.person("周一鸣");
        assert!(app.sandbox.scan(&person.id, url).await.expect("a scan").push.is_some());
        app.run_jobs().await;
        let row = only(app).await;
        assert_eq!((row.state, row.code.as_deref()), (State::Qualified, Some(code.as_str())));
        assert_eq!(super::carriers::carriers(app).await, [Some(Carrier::Qr)]);
    })
    .await;
}

#[actix_web::test]
async fn a_qr_code_is_kept_and_another_one_made_in_good_time() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (friend, code) = inviter(app, "林小满", program).await;
        let first = qr_of(&friend, program).await.body;
        app.advance(TimeDelta::days(24));
        assert_eq!(qr_of(&friend, program).await.body, first, "it works for some days more");
        assert_eq!(made(app, &code), 1);
        app.advance(TimeDelta::days(2));
        let second = qr_of(&friend, program).await.body;
        assert_ne!(second["url"], first["url"]);
        assert_eq!((made(app, &code), app.rows::<qr::Entity>().await.len()), (2, 1));
        // The one of before still leads in, as long as WeChat says.
        let person = app.person("周一鸣");
        app.sandbox.scan(&person.id, first["url"].as_str().expect("an address")).await.expect("a scan");
        app.advance(TimeDelta::days(5));
        let late = app.person("何思远");
        let lapsed = app.sandbox.scan(&late.id, first["url"].as_str().expect("an address")).await.expect("a scan");
        assert!(lapsed.push.is_none() && lapsed.profile.is_some(), "WeChat shows the account, and nobody is told");
        app.run_jobs().await;
        assert_eq!(super::rows(app).await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn codes_that_are_used_are_renewed_at_night_and_others_lapse() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (asks, _) = inviter(app, "林小满", program).await;
        let (scanned, scanned_code) = inviter(app, "周一鸣", program).await;
        let (idle, idle_code) = inviter(app, "何思远", program).await;
        let renew = async || {
            app.app.db.tx(async |tx: &Tx| tx.enqueue(RenewCodes {})).await.expect("a job");
            app.run_jobs().await;
        };
        for consumer in [&asks, &scanned, &idle] {
            assert_eq!(qr_of(consumer, program).await.status, StatusCode::OK);
        }
        let before = app.rows::<qr::Entity>().await;
        app.advance(TimeDelta::days(20));
        renew().await;
        assert_eq!(app.rows::<qr::Entity>().await, before, "there is time");
        assert_eq!(qr_of(&asks, program).await.status, StatusCode::OK);
        app.person("许青").follow_by("brand", &format!("i.{scanned_code}")).await;
        app.advance(TimeDelta::days(8));
        renew().await;
        let now = app.rows::<qr::Entity>().await;
        let renewed: Vec<bool> = now.iter().zip(&before).map(|(now, before)| now.url != before.url).collect();
        let idles = before.iter().map(|row| row.code == idle_code);
        assert_eq!(renewed, idles.map(|idle| !idle).collect::<Vec<_>>(), "all but the one that nobody uses");
        assert!(now.iter().zip(&before).all(|(now, before)| now.asked_at >= before.asked_at));
        app.advance(TimeDelta::days(3));
        renew().await;
        assert!(app.rows::<qr::Entity>().await.iter().all(|row| row.code != idle_code), "lapsed and forgotten");
        let idle = idle.person.log_in("shop").await;
        assert_eq!(qr_of(&idle, program).await.status, StatusCode::OK, "and made anew when somebody asks");
        let end = async |tx: &Tx| program::end(tx, program, by(app, 2)).await;
        app.app.db.tx(end).await.expect("the end");
        app.advance(TimeDelta::days(26));
        app.person("沈秋月").follow_by("brand", &format!("i.{scanned_code}")).await;
        let before = app.sandbox.codes().len();
        app.advance(TimeDelta::days(3));
        renew().await;
        assert_eq!(app.sandbox.codes().len(), before, "nothing is renewed of what is over");
    })
    .await;
}

#[actix_web::test]
async fn while_wechat_is_busy_the_code_of_before_has_to_do() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (friend, _) = inviter(app, "林小满", program).await;
        let busy = || FaultKind::Errcode { errcode: 45009, errmsg: None };
        app.sandbox.add_fault(NewFault::once("/cgi-bin/qrcode/create", busy())).expect("a fault");
        let none = qr_of(&friend, program).await;
        assert_eq!((none.status, &none.body["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("unavailable")));
        assert!(app.rows::<qr::Entity>().await.is_empty());
        app.advance(TimeDelta::days(1));
        let first = qr_of(&friend, program).await.body;
        app.advance(TimeDelta::days(27));
        app.sandbox.add_fault(NewFault::once("/cgi-bin/qrcode/create", busy())).expect("a fault");
        assert_eq!(qr_of(&friend, program).await.body, first, "better than nothing");
        app.advance(TimeDelta::days(1));
        assert_ne!(qr_of(&friend, program).await.body["url"], first["url"]);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn the_code_of_a_mini_program_leads_in_and_counts() {
    story(async |app| {
        let mini = json!({ "account": "shop", "page": "pages/invited/index" });
        let program =
            running(app, json!({ "carriers": { "mini": mini }, "qualification": { "phone": true }, "mature_days": 0 }));
        let program = program.await;
        let (friend, code) = inviter(app, "林小满", program).await;
        let picture = fetch(&friend, &format!("{PROGRAMS}/{program}/mini-code"), "").await;
        assert_eq!((picture.status, picture.kind.as_str()), (StatusCode::OK, "image/jpeg"));
        let opens = url::Url::parse(&says(&picture.bytes)).expect("an address");
        let told: std::collections::BTreeMap<_, _> = opens.query_pairs().into_owned().collect();
        assert_eq!((told["page"].as_str(), told["scene"].as_str()), ("pages/invited/index", &*format!("i.{code}")));
        assert!(told["scene"].len() <= 32);
        app.advance(TimeDelta::minutes(1));
        let opened = app.person("周一鸣").log_in("shop").await;
        assert_eq!(touch(&opened, &told["scene"], "mini_code").await.status, StatusCode::NO_CONTENT);
        opened.give_phone("13800000002").await;
        app.run_jobs().await;
        assert_eq!(only(app).await.state, State::Rewarded);
        assert_eq!(super::carriers::carriers(app).await, [Some(Carrier::MiniCode)]);
        let again = fetch(&friend, &format!("{PROGRAMS}/{program}/mini-code"), "").await;
        let asked = app.sandbox.calls(10_000).into_iter().filter(|call| call.path == "/wxa/getwxacodeunlimit").count();
        assert!(again.bytes == picture.bytes && asked == 1, "asked {asked} times");
    })
    .await;
}

#[actix_web::test]
async fn what_a_program_does_not_have_or_is_over_is_said() {
    story_with(patient, async |app| {
        let program = running(app, json!({ "qualification": {} })).await;
        let (friend, _) = inviter(app, "林小满", program).await;
        let path = |what: &str| format!("{PROGRAMS}/{program}/{what}");
        for what in ["qr", "mini-code"] {
            let none = friend.get(&path(what)).await;
            assert_eq!((none.status, &none.body["code"]), (StatusCode::CONFLICT, &json!("conflict")), "{none:?}");
        }
        let poster = fetch(&friend, &path("poster"), "").await;
        assert_eq!(poster.status, StatusCode::OK);
        assert!(says(&poster.bytes).contains("/m/i/"), "the link is always there");
        for (version, end) in [(2, false), (3, true)] {
            let act = async |tx: &Tx| match end {
                true => program::end(tx, program, by(app, version)).await,
                false => program::pause(tx, program, by(app, version)).await,
            };
            app.app.db.tx(act).await.expect("a program");
            for what in ["qr", "mini-code", "poster"] {
                assert_eq!(friend.get(&path(what)).await.status, StatusCode::CONFLICT, "{what}");
            }
        }
        let other = app.person("周一鸣").log_in("shop").await;
        assert_eq!(other.get(&path("poster")).await.status, StatusCode::CONFLICT);
        let unknown = friend.get(&format!("{PROGRAMS}/rpg_06gzqn7n01rvnb8hvp20m4nfy0/poster")).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        app.run_jobs().await;
    })
    .await;
}
