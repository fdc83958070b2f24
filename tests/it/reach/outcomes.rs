//! What WeChat says afterwards: late, twice, before its own answer, or about something that is not ours.

use chrono::TimeDelta;
use entity::reach::{
    delivery::{self, Channel, State},
    message::State as Message,
};
use futures_util::future::join;
use huilian::{
    infra::db::Tx,
    reach::outcomes,
    sandbox::{CALLBACK, FaultKind, NewFault, Order},
    wechat::{intake::Received, message::Push},
};
use serde_json::json;

use super::{SHOP, SUBSCRIBE_SEND, Somebody, TEMPLATE_SEND, message, put, somebody, stands, tries};
use crate::support::{TestApp, story};

/// An event about a template message by hand.
async fn template_event(known: &Somebody<'_>, msg_id: i64, status: &str) {
    let event = json!({ "MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": msg_id, "Status": status });
    known.person.event("brand", event).await;
}

async fn number(app: &TestApp) -> i64 {
    app.rows::<delivery::Entity>().await.last().and_then(|row| row.msg_id).expect("WeChat's number")
}

#[actix_web::test]
async fn an_outcome_may_come_late_and_twice_and_about_something_else() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        app.sandbox.add_fault(NewFault::once(CALLBACK, FaultKind::Hold)).expect("a fault");
        let id = put(app, &message(app, known.member, "a")).await;
        app.run_jobs().await;
        assert_eq!(stands(app, id).await.0, Message::Sent, "nothing was heard yet");
        template_event(&known, 1, "failed:user block").await;
        assert_eq!(stands(app, id).await.0, Message::Sent, "that was somebody else's");
        app.advance(TimeDelta::minutes(1));
        app.sandbox.release(Order::AsSent).await;
        assert_eq!(stands(app, id).await.0, Message::Delivered);
        for status in ["success", "failed: system failed"] {
            template_event(&known, number(app).await, status).await;
            app.advance(TimeDelta::seconds(5));
        }
        app.run_jobs().await;
        assert_eq!(tries(app, id).await, [(Channel::Template, State::Delivered, None)], "the first word holds");
        assert_eq!(known.told(), 1);
    })
    .await;
}

#[actix_web::test]
async fn what_wechat_could_not_deliver_goes_by_the_next_way_once() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        known.permits("shop", SHOP).await;
        app.sandbox.add_fault(NewFault::once(SUBSCRIBE_SEND, FaultKind::JobFailed)).expect("a fault");
        let id = put(app, &message(app, known.member, "a")).await;
        app.run_jobs().await;
        app.run_jobs().await;
        let failed = Some("event:-1".to_owned());
        assert_eq!(
            tries(app, id).await,
            [(Channel::Subscription, State::Refused, failed), (Channel::Template, State::Delivered, None)]
        );
        assert_eq!((stands(app, id).await.0, known.told()), (Message::Delivered, 1));
        // Blocked by the person: nothing else is left.
        app.sandbox.refuse(&known.person.id, "brand", true).expect("a setting");
        let id = put(app, &message(app, known.member, "b")).await;
        app.run_jobs().await;
        app.run_jobs().await;
        assert_eq!(tries(app, id).await, [(Channel::Template, State::Refused, Some("user_block".to_owned()))]);
        assert_eq!(stands(app, id).await, (Message::Refused, Some("no_channel".to_owned())));
    })
    .await;
}

#[actix_web::test]
async fn what_was_not_known_is_known_when_wechat_tells_of_it() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        for (key, failed, state) in [("a", false, Message::Delivered), ("b", true, Message::Refused)] {
            known.permits("shop", SHOP).await;
            app.sandbox.add_fault(NewFault::once(CALLBACK, FaultKind::Hold)).expect("a fault");
            app.sandbox.add_fault(NewFault::once(SUBSCRIBE_SEND, FaultKind::ResetAfter)).expect("a fault");
            let id = put(app, &message(app, known.member, key)).await;
            app.run_jobs().await;
            assert_eq!(stands(app, id).await.0, Message::Unknown);
            if failed {
                let sent = json!([{ "TemplateId": SHOP, "MsgID": "7", "ErrorCode": "5", "ErrorStatus": "refused" }]);
                let event = json!({ "MsgType": "event", "Event": "subscribe_msg_sent_event", "List": sent });
                known.person.event("shop", event).await;
            }
            app.sandbox.release(Order::AsSent).await;
            app.run_jobs().await;
            assert_eq!(stands(app, id).await.0, state, "{key}");
            assert_eq!(tries(app, id).await.len(), 1, "{key}: and nothing more is tried");
        }
    })
    .await;
}

/// How WeChat says that a message of the mini program ended.
fn ended(app: &TestApp, known: &Somebody<'_>, code: &str) -> Received {
    let account = app.app.folder.accounts.get(&"shop".parse().expect("a key")).expect("an account").clone();
    let body = json!({
        "ToUserName": account.original_id, "FromUserName": known.person.open_id("shop").as_str(),
        "CreateTime": app.clock.now().timestamp(), "MsgType": "event", "Event": "subscribe_msg_sent_event",
        "List": [{ "TemplateId": SHOP, "MsgID": "9", "ErrorCode": code, "ErrorStatus": "" }],
    });
    let push = Push::read(body.to_string(), account.callback.format).expect("a push");
    Received::new(account, push, app.clock.now())
}

#[actix_web::test]
async fn an_outcome_that_comes_before_the_answer_is_believed() {
    for (code, expected) in [("0", [State::Delivered].as_slice()), ("5", &[State::Refused, State::Delivered])] {
        story(async |app| {
            let known = somebody(app, "林小满").await;
            known.permits("shop", SHOP).await;
            app.sandbox.add_fault(NewFault::once(CALLBACK, FaultKind::Hold)).expect("a fault");
            app.sandbox.add_fault(NewFault::once(SUBSCRIBE_SEND, FaultKind::Slow { millis: 1500 })).expect("a fault");
            let mut events = app.sandbox.events();
            let id = put(app, &message(app, known.member, "a")).await;
            let early = async {
                while known.told() == 0 {
                    let _ = events.recv().await;
                }
                let told = ended(app, &known, code);
                app.app.db.tx(async |tx: &Tx| outcomes::told(tx, &[&told]).await).await.expect("an outcome");
                assert_eq!(tries(app, id).await[0].1, expected[0], "{code}: believed at once");
            };
            join(app.run_jobs(), early).await;
            let states: Vec<_> = tries(app, id).await.into_iter().map(|(_, state, _)| state).collect();
            assert_eq!(states, expected, "{code}");
            assert_eq!(stands(app, id).await.0, Message::Delivered, "{code}");
            app.sandbox.release(Order::AsSent).await;
            app.run_jobs().await;
            assert_eq!(stands(app, id).await.0, Message::Delivered, "{code}");
        })
        .await;
    }
}

#[actix_web::test]
async fn a_word_that_wechat_adds_some_day_changes_nothing() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        app.sandbox.add_fault(NewFault::once(CALLBACK, FaultKind::Hold)).expect("a fault");
        let id = put(app, &message(app, known.member, "a")).await;
        app.run_jobs().await;
        template_event(&known, number(app).await, "failed:something new").await;
        assert_eq!(stands(app, id).await.0, Message::Sent);
        app.sandbox.release(Order::AsSent).await;
        assert_eq!(stands(app, id).await.0, Message::Delivered);
        assert_eq!(super::taken(app, TEMPLATE_SEND), 1);
    })
    .await;
}
