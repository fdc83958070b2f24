//! Permits as WeChat's pushes and clients tell of them: one yes is one message, whoever tells of it first.

use chrono::TimeDelta;
use entity::reach::permit::{Answer, Entity};
use serde_json::{Value, json};

use super::{SHOP, Somebody, left, message, put, somebody};
use crate::support::{Answered, TestApp, story};

async fn report(known: &Somebody<'_>, key: &str, answer: &str) {
    let app = known.person.app;
    let request = app.http.post(format!("{}/api/mini/v1/permits", app.base_url)).bearer_auth(&known.consumer.token);
    let request = request.header("Idempotency-Key", format!("permit-{key}"));
    let answered = Answered::read(request.json(&json!({ "answers": { SHOP: answer } }))).await;
    assert!(answered.status.is_success(), "{answered:?}");
}

async fn changes(known: &Somebody<'_>, answer: &str) {
    known.person.app.advance(TimeDelta::seconds(1));
    let list: Value = json!([{ "TemplateId": SHOP, "SubscribeStatusString": answer }]);
    let event = json!({ "MsgType": "event", "Event": "subscribe_msg_change_event", "List": list });
    known.person.event("shop", event).await;
}

async fn answer(app: &TestApp) -> Answer {
    app.rows::<Entity>().await[0].answer
}

#[actix_web::test]
async fn a_yes_that_client_and_wechat_tell_of_is_one() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        report(&known, "0001", "accept").await;
        report(&known, "0002", "accept").await;
        assert_eq!(left(app, SHOP).await, 2, "as long as WeChat says nothing the client is believed");
        known.permits("shop", SHOP).await;
        known.permits("shop", SHOP).await;
        assert_eq!(left(app, SHOP).await, 2, "the pushes confirm what the client said");
        known.permits("shop", SHOP).await;
        assert_eq!(left(app, SHOP).await, 3);
        report(&known, "0003", "accept").await;
        assert_eq!(left(app, SHOP).await, 3, "the client adds nothing to what WeChat tells");
    })
    .await;
}

#[actix_web::test]
async fn a_push_that_comes_after_the_permit_was_used_gives_no_second_one() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        app.sandbox.set_callback_base("http://127.0.0.1:1");
        known.permits("shop", SHOP).await;
        app.sandbox.set_callback_base(&app.base_url);
        report(&known, "0001", "accept").await;
        put(app, &message(app, known.member, "a")).await;
        app.run_jobs().await;
        assert_eq!((left(app, SHOP).await, known.told()), (0, 1));
        app.advance(TimeDelta::seconds(1));
        let list = json!([{ "TemplateId": SHOP, "SubscribeStatusString": "accept", "PopupScene": "0" }]);
        let event = json!({ "MsgType": "event", "Event": "subscribe_msg_popup_event", "List": list });
        known.person.event("shop", event).await;
        assert_eq!(left(app, SHOP).await, 0);
    })
    .await;
}

#[actix_web::test]
async fn a_no_in_the_dialog_takes_nothing_back_and_a_no_in_the_settings_everything() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        known.permits("shop", SHOP).await;
        known.permits("shop", SHOP).await;
        app.advance(TimeDelta::seconds(1));
        app.sandbox.subscribe(&known.person.id, "shop", SHOP, false).await.expect("an answer");
        assert_eq!((left(app, SHOP).await, answer(app).await), (2, Answer::Reject));
        changes(&known, "accept").await;
        assert_eq!((left(app, SHOP).await, answer(app).await), (2, Answer::Accept), "switched on again: no new yes");
        changes(&known, "later").await;
        assert_eq!(answer(app).await, Answer::Accept, "a word that is not known says nothing");
        changes(&known, "reject").await;
        assert_eq!((left(app, SHOP).await, answer(app).await), (0, Answer::Reject));
    })
    .await;
}
