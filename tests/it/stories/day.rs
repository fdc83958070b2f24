//! A day of the brand: somebody follows by a code in a shop, asks, taps, talks to a human, leaves, comes back, and takes
//! back what the brand knows.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    chat::{conversation, message},
    identity::follower,
    jobs::event,
    reach::{delivery, window},
    tracking::touch,
    wechat::push,
};
use huilian::{
    sandbox::{Outcome, Said, Via},
    wechat::{
        account::{
            menu::Menu,
            qrcode::{Life, Scene},
        },
        client::Api,
    },
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Follower, TestApp, story};

fn wechat(app: &TestApp) -> Api {
    app.app.wechat.of(&"brand".parse().expect("a key")).expect("the account")
}

async fn make_menu(app: &TestApp) {
    let menu: Menu = serde_json::from_value(json!({ "button": [
        { "type": "click", "name": "最新活动", "key": "OFFERS" },
        { "name": "门店", "sub_button": [
            { "type": "click", "name": "营业时间", "key": "HOURS" },
            { "type": "view", "name": "找门店", "url": "https://example.com/stores" }
        ] }
    ] }))
    .expect("a menu");
    wechat(app).create_menu(&menu).await.expect("a menu at WeChat");
}

async fn follower(app: &TestApp) -> Value {
    let list = app.staff(Role::Manager).await.get("/api/admin/v1/followers?account=brand").await;
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(1), "{list:?}");
    list.body["items"][0].clone()
}

fn last(person: &Follower<'_>) -> (Via, String) {
    person.heard("brand").pop().expect("something that was said")
}

#[actix_web::test]
async fn a_day_of_the_brand() {
    story(async |app| {
        make_menu(app).await;
        let person = app.person("林小满");
        in_the_shop(app, &person).await;
        at_noon(app, &person).await;
        let thread = with_a_human(app, &person).await;
        away_and_back(app, &person).await;
        taken_back(app, &person, &thread).await;
        gone_for_good(app, &person).await;
    })
    .await;
}

/// 10:00 – she scans the code at the till, follows, and is welcomed.
async fn in_the_shop(app: &TestApp, person: &Follower<'_>) {
    let code = wechat(app).create_qrcode(&Scene::Text("store_007".to_owned()), Life::Permanent).await.expect("a code");
    let scanned = app.sandbox.scan(&person.id, &code.url).await.expect("a scan").push.expect("a push");
    assert_eq!(scanned.outcome, Outcome::Replied);
    assert!(last(person).1.starts_with("朋友，欢迎来到惠联样板店！"));
    app.run_jobs().await;
    let known = follower(app).await;
    assert_eq!((&known["state"], &known["scene"]), (&json!("following"), &json!("store_007")));
    assert_eq!(known["has_union_id"], true, "WeChat was asked about her: {known}");
    // Already a follower: the same code brings her into the chat and is seen.
    app.advance(TimeDelta::minutes(5));
    app.sandbox.scan(&person.id, &code.ticket).await.expect("a scan");
    let touches = app.rows::<touch::Entity>().await;
    let seen: Vec<_> = touches.iter().map(|touch| (touch.kind, touch.scene.as_deref())).collect();
    assert_eq!(seen, [(touch::Kind::Follow, Some("store_007")), (touch::Kind::Scan, Some("store_007"))]);
}

/// Noon – she asks and taps; the second answer to a tap comes as a message.
async fn at_noon(app: &TestApp, person: &Follower<'_>) {
    app.advance(TimeDelta::hours(2));
    assert_eq!(person.say("brand", "会员有什么用").await.outcome, Outcome::Replied);
    assert!(last(person).1.starts_with("会员权益"));
    person.tap("brand", &[1, 0]).await;
    assert!(last(person).1.starts_with("营业时间"));
    let opened = person.tap("brand", &[1, 1]).await;
    assert!(opened.open.is_some(), "a page opens");
    assert_eq!(opened.push.expect("an event").outcome, Outcome::Acknowledged);
    person.tap("brand", &[0]).await;
    assert_eq!(last(person), (Via::Passive, "本周：到店出示会员码，新品第二件半价。".to_owned()));
    app.run_jobs().await;
    assert_eq!(last(person), (Via::Custom, "想第一时间知道新活动？回复「活动」。".to_owned()));
}

/// 15:00 – a human takes over and gives back. Gives the path of the thread.
async fn with_a_human(app: &TestApp, person: &Follower<'_>) -> String {
    app.advance(TimeDelta::hours(3));
    person.say("brand", "我要找人工").await;
    assert!(last(person).1.starts_with("好的，正在为你找店员"));
    let manager = app.staff(Role::Manager).await;
    let waiting = manager.get("/api/admin/v1/conversations?state=human").await;
    let thread = format!("/api/admin/v1/conversations/{}", waiting.body["items"][0]["id"].as_str().expect("an id"));
    assert_eq!(person.say("brand", "有 39 码吗").await.outcome, Outcome::Acknowledged, "the robot is silent");
    let body = json!({ "message": { "kind": "text", "content": "有的，给你留一双。" } });
    let said = manager.post_once(&format!("{thread}/messages"), "shoes-0001", &body).await;
    assert_eq!(said.status, StatusCode::CREATED, "{said:?}");
    app.run_jobs().await;
    assert_eq!(last(person), (Via::Custom, "有的，给你留一双。".to_owned()));
    let given_back = manager.put(&format!("{thread}/state"), &json!({ "state": "robot" })).await;
    assert!(given_back.status.is_success(), "{given_back:?}");
    assert_eq!(person.say("brand", "会员").await.outcome, Outcome::Replied, "the robot speaks again");
    thread
}

/// 18:00 – she leaves, and comes back in the evening by a poster.
async fn away_and_back(app: &TestApp, person: &Follower<'_>) {
    app.advance(TimeDelta::hours(3));
    assert_eq!(person.unfollow("brand").await.outcome, Outcome::Acknowledged);
    app.run_jobs().await;
    assert_eq!(follower(app).await["state"], "gone");
    assert_eq!(app.rows::<window::Entity>().await, [], "nothing may be sent to her");
    app.advance(TimeDelta::hours(4));
    assert_eq!(person.follow_by("brand", "poster_12").await.outcome, Outcome::Replied);
    assert!(last(person).1.contains("好久不见"), "{:?}", last(person));
    app.run_jobs().await;
    let back = follower(app).await;
    assert_eq!((&back["state"], &back["follows"]), (&json!("following"), &json!(2)));
    assert_eq!(back["scene"], "poster_12", "this time by another code: {back}");
}

/// She sends where she is, and takes that back: the place goes, the rest stays.
async fn taken_back(app: &TestApp, person: &Follower<'_>, thread: &str) {
    person.send("brand", Said { label: Some("她家".to_owned()), ..Said::sample("location") }).await;
    let shown = app.staff(Role::Manager).await.get(thread).await;
    assert!(shown.body["preview"].as_str().is_some_and(|preview| preview.contains("她家")), "{shown:?}");
    let before = app.rows::<message::Entity>().await.len();
    let revoked = json!({
        "MsgType": "event", "Event": "user_authorization_revoke", "OpenID": person.open_id("brand").as_str(),
        "AppID": "wx0000000000brand0", "RevokeInfo": "206"
    });
    assert_eq!(person.event("brand", revoked).await.outcome, Outcome::Acknowledged);
    app.run_jobs().await;
    assert_eq!(app.rows::<message::Entity>().await.len(), before, "the thread keeps its lines");
    let kept = format!(
        "{:?} {:?} {:?}",
        app.rows::<message::Entity>().await,
        app.rows::<push::Entity>().await,
        app.rows::<conversation::Entity>().await
    );
    assert!(!kept.contains("她家"), "where she lives is still there: {kept}");
    assert!(kept.contains("有 39 码吗"), "nothing else was asked for");
}

/// She deletes her WeChat account: nothing that is hers is left.
async fn gone_for_good(app: &TestApp, person: &Follower<'_>) {
    let open_id = person.open_id("brand");
    let gone = json!({
        "MsgType": "event", "Event": "user_authorization_cancellation", "OpenID": open_id.as_str(),
        "AppID": "wx0000000000brand0"
    });
    assert_eq!(person.event("brand", gone).await.outcome, Outcome::Acknowledged);
    app.run_jobs().await;
    assert_eq!(app.rows::<message::Entity>().await, []);
    assert_eq!(app.rows::<conversation::Entity>().await, []);
    assert_eq!(app.rows::<delivery::Entity>().await, []);
    assert_eq!(app.rows::<follower::Entity>().await, []);
    let pushes = app.rows::<push::Entity>().await;
    assert!(pushes.iter().all(|push| push.open_id != open_id && push.body.is_empty()), "keys, and nothing more");
    let facts = app.rows::<event::Entity>().await;
    assert!(facts.iter().all(|fact| fact.subject.as_deref() != Some(open_id.as_str())), "{facts:#?}");
    let touches = app.rows::<touch::Entity>().await;
    assert!(!touches.is_empty() && touches.iter().all(|touch| touch.open_id != open_id), "countable, and nobody's");
    let list = app.staff(Role::Manager).await.get("/api/admin/v1/conversations").await;
    assert_eq!(list.body["items"], json!([]));
}
