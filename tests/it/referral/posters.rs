//! Posters: what stands on them, whose face they show, and how they come into the chat.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    chat::{self, message::Author},
    reach::message,
    referral::poster_media,
    types::{MemberId, ReferralProgramId},
};
use huilian::{
    infra::db::Tx,
    referral::{
        code,
        poster::{Order, Posters},
        program,
    },
    sandbox::{FaultKind, From, NewFault, Via},
};
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    PROGRAMS, inviter,
    qr::{fetch, says},
    running, terms,
};
use crate::{
    members::{VERSION, pictures},
    support::{Answered, Consumer, Follower, Settings, StaffActor, TestApp, story, story_with},
};

/// Posters are drawn slowly where nothing is optimised, and many tests run beside.
pub fn patient(settings: &mut Settings) {
    settings.config.http.timeout = std::time::Duration::from_secs(120);
}

/// What names somebody's poster, without drawing it.
async fn tag_of(consumer: &Consumer<'_>, program: ReferralProgramId) -> String {
    let app = consumer.person.app;
    let member: MemberId = consumer.member().await.parse().expect("an id");
    let row = program::get(app.app.db.read(), program).await.expect("a program");
    let code = app.app.db.tx(async |tx: &Tx| code::mine(tx, program, member, None).await).await.expect("a code");
    let order = Order::of(&app.app.desk(), &row, &code, member).await.expect("an order");
    format!("\"{}\"", order.key())
}

async fn poster(consumer: &Consumer<'_>, program: ReferralProgramId) -> (String, Vec<u8>) {
    let fetched = fetch(consumer, &format!("{PROGRAMS}/{program}/poster"), "").await;
    assert_eq!((fetched.status, fetched.kind.as_str()), (StatusCode::OK, "image/png"));
    (fetched.tag, fetched.bytes)
}

#[actix_web::test]
async fn a_poster_carries_the_qr_code_and_is_drawn_anew_only_when_something_on_it_changes() {
    story_with(patient, async |app| {
        let program = running(app, json!({})).await;
        let (friend, _) = inviter(app, "林小满", program).await;
        let (tag, first) = poster(&friend, program).await;
        let picture = image::load_from_memory_with_format(&first, ImageFormat::Png).expect("a PNG");
        assert_eq!((picture.width(), picture.height()), (750, 1334));
        let qr = friend.get(&format!("{PROGRAMS}/{program}/qr")).await.body;
        assert_eq!(json!(says(&first)), qr["url"]);
        let path = format!("{PROGRAMS}/{program}/poster");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
            let same = fetch(&friend, &path, &known).await;
            assert_eq!((same.status, same.bytes.len(), &same.tag), (StatusCode::NOT_MODIFIED, 0, &tag));
        }
        assert!(poster(&friend, program).await.1 == first);

        let mut tags = std::collections::BTreeSet::from([tag.clone()]);
        assert!(!tags.insert(tag_of(&friend, program).await));
        for name in ["满满", &"长".repeat(60), "😀\u{202e}<b>&名字"] {
            let changed = friend.patch("/api/mini/v1/profile", &json!({ "nickname": name })).await;
            assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
            assert!(tags.insert(tag_of(&friend, program).await), "{name}");
        }
        // A picture counts when WeChat has looked at it.
        pictures::send(&friend, pictures::png()).await;
        assert!(!tags.insert(tag_of(&friend, program).await));
        app.run_jobs().await;
        let (tag, drawn) = poster(&friend, program).await;
        assert!(tags.insert(tag) && drawn != first, "now it stands on it");
        assert_eq!(json!(says(&drawn)), qr["url"]);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn who_refuses_that_their_data_serves_them_has_a_poster_without_name_and_picture() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (friend, _) = inviter(app, "林小满", program).await;
        let nameless = tag_of(&friend, program).await;
        friend.patch("/api/mini/v1/profile", &json!({ "nickname": "满满" })).await;
        assert_ne!(tag_of(&friend, program).await, nameless);
        let answer = async |granted: bool| {
            let body = json!({ "granted": granted, "version": VERSION });
            assert_eq!(friend.put("/api/mini/v1/consents/service", &body).await.status, StatusCode::OK);
        };
        answer(false).await;
        assert_eq!(tag_of(&friend, program).await, nameless);
        app.advance(TimeDelta::seconds(1));
        answer(true).await;
        assert_ne!(tag_of(&friend, program).await, nameless);
        app.run_jobs().await;
    })
    .await;
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(width, height, image::Rgb([20, 120, 60]));
    DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Jpeg).expect("a picture");
    bytes.into_inner()
}

async fn bring(app: &TestApp, staff: &StaffActor<'_>, file: Vec<u8>) -> Answered {
    let request = app.http.post(format!("{}/api/admin/v1/poster-pictures", app.base_url)).bearer_auth(&staff.token);
    Answered::read(request.header("content-type", "image/jpeg").body(file)).await
}

#[actix_web::test]
async fn the_look_is_a_part_of_the_rules_and_every_version_stays() {
    story_with(patient, async |app| {
        let manager = app.staff(Role::Manager).await;
        let program = running(app, json!({})).await;
        let (friend, _) = inviter(app, "林小满", program).await;
        let plain = tag_of(&friend, program).await;
        let brought = bring(app, &manager, picture(900, 900)).await;
        assert_eq!(brought.status, StatusCode::CREATED, "{brought:?}");
        assert_eq!((&brought.body["width"], &brought.body["height"]), (&json!(750), &json!(1334)));
        let path = format!("/api/admin/v1/poster-pictures/{}", brought.body["id"].as_str().expect("an id"));
        assert_eq!(manager.get(&path).await.header("content-type"), "image/jpeg");
        let look = json!({ "title": "新人立减 20 元", "slogan": "好友首单你也得", "colour": "#146b3a", "background": brought.body["id"] });
        let change = async |look: &Value, version: i64| {
            let shown = manager.get(&format!("/api/admin/v1/referral-programs/{program}")).await.body;
            let mut terms = shown["terms"].clone();
            terms["rules"]["poster"] = look.clone();
            let body = json!({ "version": version, "terms": terms, "reason": "换海报" });
            manager.put(&format!("/api/admin/v1/referral-programs/{program}"), &body).await
        };
        let changed = change(&look, 2).await;
        assert_eq!((changed.status, &changed.body["rules_version"]), (StatusCode::OK, &json!(2)), "{changed:?}");
        let (tag, green) = poster(&friend, program).await;
        assert_ne!(tag, plain);
        let corner = image::load_from_memory(&green).expect("a picture").to_rgb8().get_pixel(20, 700).0;
        assert!(corner[1] > corner[0] && corner[1] > corner[2], "the picture of staff is behind it: {corner:?}");
        for (wrong, field) in [
            (json!({ "title": "" }), "terms.rules.poster.title"),
            (json!({ "title": "好", "colour": "red" }), "terms.rules.poster.colour"),
            (json!({ "title": "好", "colour": "#fff\" onload=\"x" }), "terms.rules.poster.colour"),
            (json!({ "title": "好", "leads_to": "mini" }), "poster.leads_to"),
            (json!({ "title": "好", "background": "psp_06gzqn7n01rvnb8hvp20m4nfy0" }), "rules.poster.background"),
        ] {
            let refused = change(&wrong, 3).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {refused:?}");
            let fields = refused.body["errors"].to_string();
            assert!(fields.contains(field), "{wrong}: {fields}");
        }
        assert_eq!(change(&Value::Null, 3).await.body["rules_version"], 3);
        assert_eq!(tag_of(&friend, program).await, plain, "as it was before");
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn only_pictures_of_some_size_can_stand_behind_posters() {
    story(async |app| {
        let (manager, clerk) = (app.staff(Role::Manager).await, app.staff(Role::Clerk).await);
        for hostile in [b"".to_vec(), b"<svg onload=\"alert(1)\"/>".to_vec(), b"GIF89a".to_vec(), picture(6_001, 1)] {
            let refused = bring(app, &manager, hostile).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
        }
        let huge = bring(app, &manager, vec![0xff; 2 * 1024 * 1024]).await;
        assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE, "{huge:?}");
        assert_eq!(bring(app, &clerk, picture(10, 10)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(bring(app, &manager, picture(10, 10)).await.status, StatusCode::CREATED);
    })
    .await;
}

#[actix_web::test]
async fn accounts_that_carry_codes_are_of_their_kind() {
    story(async |app| {
        let manager = app.staff(Role::Manager).await;
        for (carriers, field) in [
            (json!({ "official": "shop" }), "rules.carriers.official"),
            (json!({ "official": "nobody" }), "rules.carriers.official"),
            (json!({ "mini": { "account": "brand", "page": "pages/a" } }), "rules.carriers.mini.account"),
            (json!({ "mini": { "account": "shop", "page": "/pages/a?b" } }), "rules.carriers.mini.page"),
        ] {
            let key = format!("write-{}", app.app.random.token());
            let body = terms(app, json!({ "carriers": carriers })).await;
            let refused = manager.post_once("/api/admin/v1/referral-programs", &key, &body).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
            assert!(refused.body["errors"].to_string().contains(field), "{refused:?}");
        }
    })
    .await;
}

/// What the account sent of its own accord: the kind and the content.
fn sent(person: &Follower<'_>) -> Vec<(String, Value)> {
    let said =
        person.chat("brand").into_iter().filter(|said| said.from == From::Account && said.via == Some(Via::Custom));
    said.map(|said| (said.kind, said.content)).collect()
}

async fn shown(app: &TestApp, content: &Value) -> Vec<u8> {
    let url = format!("{}/sandbox/v1/media/{}", app.sandbox.base_url(), content["media_id"].as_str().expect("an id"));
    app.http.get(url).send().await.expect("a file").bytes().await.expect("a file").to_vec()
}

fn uploads(app: &TestApp) -> usize {
    app.sandbox.calls(10_000).into_iter().filter(|call| call.path == "/cgi-bin/media/upload").count()
}

#[actix_web::test]
async fn who_asks_for_a_poster_in_the_chat_is_told_to_wait_and_gets_it() {
    story_with(patient, async |app| {
        let program = running(app, json!({})).await;
        let person = app.follower("林小满").await;
        person.say("brand", "海报").await;
        let heard = person.heard("brand");
        assert_eq!(heard.last().map(|said| said.0), Some(Via::Passive), "{heard:?}");
        assert!(heard.last().is_some_and(|said| said.1.contains("稍候")) && sent(&person).is_empty());
        app.run_jobs().await;
        let posters = sent(&person);
        assert_eq!((posters.len(), posters[0].0.as_str()), (1, "image"), "{posters:?}");
        let lines = app.rows::<chat::message::Entity>().await;
        let line = lines.iter().max_by_key(|line| (line.at, line.id)).expect("a line");
        assert_eq!((line.author, line.kind.as_str()), (Author::Robot, "image"), "staff see it in the thread");
        assert_eq!(line.content["image"]["media_id"], posters[0].1["media_id"], "{line:?}");
        let address = says(&shown(app, &posters[0].1).await);
        let friend = app.person("周一鸣");
        app.advance(TimeDelta::minutes(1));
        assert!(app.sandbox.scan(&friend.id, &address).await.expect("a scan").push.is_some());
        app.run_jobs().await;
        assert_eq!(super::only(app).await.program_id, program);

        person.say("brand", "海报").await;
        app.run_jobs().await;
        let again = sent(&person);
        assert_eq!((again.len(), uploads(app)), (2, 1), "WeChat still has it");
        assert_eq!(again[1].1["media_id"], posters[0].1["media_id"]);
        app.advance(TimeDelta::days(3));
        person.say("brand", "邀请").await;
        app.run_jobs().await;
        assert_eq!((sent(&person).len(), uploads(app)), (3, 2), "and has it no more");
        assert_eq!(app.rows::<poster_media::Entity>().await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn where_no_poster_can_be_sent_they_are_told_why_or_the_link() {
    story_with(patient, async |app| {
        let person = app.follower("林小满").await;
        let last = || sent(&person).pop().expect("a message");
        person.say("brand", "海报").await;
        app.run_jobs().await;
        assert!(last().1.to_string().contains("没有进行中的邀请活动"), "{:?}", last());
        running(app, json!({})).await;
        let refuse = FaultKind::Errcode { errcode: 40005, errmsg: None };
        app.sandbox.add_fault(NewFault::once("/cgi-bin/media/upload", refuse)).expect("a fault");
        person.say("brand", "海报").await;
        app.run_jobs().await;
        assert_eq!(last().0, "text");
        assert!(last().1.to_string().contains("/m/i/"), "{:?}", last());
        let before = sent(&person).len();
        // The answer comes when the window has closed: a template is the way that is left.
        let api = app.app.wechat.of(&"brand".parse().expect("a key")).expect("an account");
        api.add_template("46007", &[]).await.expect("a template");
        person.say("brand", "海报").await;
        app.advance(TimeDelta::hours(49));
        app.run_jobs().await;
        assert_eq!(sent(&person).len(), before);
        let told = app.rows::<message::Entity>().await;
        let told: Vec<_> = told.iter().filter(|told| told.kind == "poster_link").collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].values.to_string().contains("/m/i/"));
        let last = person.chat("brand").pop().expect("a message");
        assert_eq!(last.via, Some(Via::Template), "{last:?}");
    })
    .await;
}

#[test]
fn a_file_that_is_no_font_stops_the_start_in_words() {
    let manifest = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    let Err(problem) = Posters::new(manifest) else { panic!("that is no font") };
    assert_eq!(problem.key, "referral.poster_font");
    assert!(problem.to_string().contains("Cargo.toml"), "{problem}");
    assert!(
        Posters::new(std::path::Path::new("")).is_ok_and(|posters| posters.can_draw()),
        "one of the system is found"
    );
}
