//! What WeChat refuses is an outcome: our count follows, and the next way is taken.

use chrono::TimeDelta;
use entity::reach::{
    delivery::{Channel, State},
    message::State as Message,
    window,
};
use huilian::sandbox::{FaultKind, NewFault};
use serde_json::json;

use super::{
    CUSTOM_SEND, SHOP, SUBSCRIBE_SEND, TEMPLATE_SEND, left, message, put, refuses, somebody, stands, taken, tries,
    windows,
};
use crate::support::{Answered, story};

#[actix_web::test]
async fn a_permit_that_only_the_client_knew_of_is_taken_back_and_the_template_goes() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        let url = format!("{}/api/mini/v1/permits", app.base_url);
        let report = app.http.post(url).bearer_auth(&known.consumer.token).header("Idempotency-Key", "permit-0001");
        Answered::read(report.json(&json!({ "answers": { SHOP: "accept" } }))).await;
        assert_eq!(left(app, SHOP).await, 1);
        let id = put(app, &message(app, known.member, "a")).await;
        app.run_jobs().await;
        let no_permit = Some("43101".to_owned());
        assert_eq!(
            tries(app, id).await,
            [(Channel::Subscription, State::Refused, no_permit), (Channel::Template, State::Delivered, None)]
        );
        assert_eq!((left(app, SHOP).await, stands(app, id).await.0), (0, Message::Delivered));
        let again = put(app, &message(app, known.member, "b")).await;
        app.run_jobs().await;
        assert_eq!(tries(app, again).await.len(), 1, "WeChat is not asked in vain again");
    })
    .await;
}

#[actix_web::test]
async fn a_window_that_wechat_says_is_closed_is_closed_and_the_next_way_goes() {
    for errcode in [45015, 45047] {
        story(async |app| {
            let known = somebody(app, "林小满").await;
            known.writes().await;
            known.permits("shop", SHOP).await;
            refuses(app, CUSTOM_SEND, errcode);
            let id = put(app, &message(app, known.member, "a")).await;
            app.run_jobs().await;
            let closed = Some(errcode.to_string());
            assert_eq!(
                tries(app, id).await,
                [(Channel::Custom, State::Refused, closed), (Channel::Subscription, State::Delivered, None)]
            );
            assert_eq!(app.rows::<window::Entity>().await, [], "{errcode}: nothing is open any more");
            assert_eq!(known.told(), 1);
        })
        .await;
    }
}

#[actix_web::test]
async fn who_does_not_follow_any_more_is_noted_and_reached_elsewhere() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        // They leave, and the push about it is lost.
        app.sandbox.set_callback_base("http://127.0.0.1:1");
        known.person.unfollow("brand").await;
        app.sandbox.set_callback_base(&app.base_url);
        let id = put(app, &message(app, known.member, "a")).await;
        app.run_jobs().await;
        assert_eq!(tries(app, id).await, [(Channel::Template, State::Refused, Some("43004".to_owned()))]);
        assert_eq!(stands(app, id).await, (Message::Refused, Some("no_channel".to_owned())));
        let followers = app.rows::<entity::identity::follower::Entity>().await;
        assert!(followers.iter().all(|row| row.state == entity::identity::follower::State::Gone), "{followers:?}");
        known.permits("shop", SHOP).await;
        let id = put(app, &message(app, known.member, "b")).await;
        app.run_jobs().await;
        assert_eq!(tries(app, id).await, [(Channel::Subscription, State::Delivered, None)]);
    })
    .await;
}

#[actix_web::test]
async fn a_value_that_no_template_takes_uses_up_nothing() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        known.permits("shop", SHOP).await;
        let mut odd = message(app, known.member, "a");
        odd.values.insert("amount".to_owned(), "很多钱".to_owned());
        let id = put(app, &odd).await;
        app.run_jobs().await;
        let invalid = || Some("invalid".to_owned());
        assert_eq!(
            tries(app, id).await,
            [(Channel::Subscription, State::Refused, invalid()), (Channel::Template, State::Refused, invalid())]
        );
        assert_eq!(stands(app, id).await, (Message::Refused, Some("no_channel".to_owned())));
        // WeChat has rules of its own, too.
        refuses(app, SUBSCRIBE_SEND, 47003);
        let id = put(app, &message(app, known.member, "b")).await;
        app.run_jobs().await;
        assert_eq!(tries(app, id).await[0], (Channel::Subscription, State::Refused, Some("47003".to_owned())));
        assert_eq!(left(app, SHOP).await, 1, "a permit by which nothing was sent is there still");
    })
    .await;
}

#[actix_web::test]
async fn what_certainly_did_not_leave_waits_and_is_said_once() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        known.writes().await;
        known.permits("shop", SHOP).await;
        app.advance(TimeDelta::hours(3));
        let open = windows(app).await;
        let down = NewFault { times: None, ..NewFault::once("/cgi-bin/stable_token", FaultKind::Http { status: 502 }) };
        app.sandbox.add_fault(down).expect("a fault");
        let id = put(app, &message(app, known.member, "a")).await;
        app.run_jobs().await;
        assert_eq!(stands(app, id).await, (Message::Queued, Some("no_channel".to_owned())));
        let first = tries(app, id).await;
        assert!(first.len() == 3 && first.iter().all(|(_, state, _)| *state == State::Refused), "each way: {first:?}");
        assert_eq!((windows(app).await, left(app, SHOP).await), (open, 1), "nothing is used up");
        app.sandbox.clear_faults();
        app.advance(TimeDelta::minutes(5));
        app.run_jobs().await;
        assert_eq!(stands(app, id).await, (Message::Sent, None));
        assert_eq!(tries(app, id).await[3..], [(Channel::Custom, State::Sent, None)], "the cheapest again");
        assert_eq!((known.told(), taken(app, CUSTOM_SEND)), (1, 1));
    })
    .await;
}

#[actix_web::test]
async fn a_used_up_quota_of_one_way_does_not_hold_the_others() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        refuses(app, TEMPLATE_SEND, 45009);
        let id = put(app, &message(app, known.member, "a")).await;
        app.run_jobs().await;
        assert_eq!(stands(app, id).await.0, Message::Queued);
        known.permits("shop", SHOP).await;
        let other = put(app, &message(app, known.member, "b")).await;
        app.run_jobs().await;
        assert_eq!(stands(app, other).await.0, Message::Delivered, "another message does not wait for it");
        // The quota starts anew at midnight; that is no time to tell.
        app.advance(TimeDelta::hours(22) + TimeDelta::minutes(1));
        app.run_jobs().await;
        assert_eq!(stands(app, id).await.0, Message::Delivered);
        assert_eq!(taken(app, TEMPLATE_SEND), 1);
    })
    .await;
}
