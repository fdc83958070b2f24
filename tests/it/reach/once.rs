//! At most once, whatever is cut off, repeated or done by two at the same time.

use chrono::TimeDelta;
use entity::reach::{
    delivery::{self, Channel, State},
    message::{Entity, State as Message},
};
use futures_util::future::{Either, join, join_all, select};
use huilian::{
    infra::db::Tx,
    reach::{Carry, send},
    sandbox::{FaultKind, NewFault},
};

use super::{CUSTOM_SEND, SHOP, SUBSCRIBE_SEND, TEMPLATE_SEND, left, message, put, somebody, stands, taken, tries};
use crate::support::{soon, story, story_with};

#[actix_web::test]
async fn one_key_is_one_message_whoever_asks_and_how_often() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        known.writes().await;
        let first = put(app, &message(app, known.member, "a")).await;
        let other = somebody(app, "周一鸣").await;
        assert_eq!(put(app, &message(app, known.member, "a")).await, first);
        assert_eq!(put(app, &message(app, other.member, "a")).await, first, "whatever else differs");
        app.run_jobs().await;
        assert_eq!(put(app, &message(app, known.member, "a")).await, first, "also afterwards");
        app.run_jobs().await;
        let again = message(app, known.member, "b");
        let both = join_all((0..10).map(|_| put(app, &again))).await;
        assert!(both.iter().all(|id| *id == both[0]), "{both:?}");
        app.run_jobs().await;
        assert_eq!((known.told(), other.told()), (2, 0));
        assert_eq!(app.rows::<Entity>().await.len(), 2);
        // What is rolled back was never said.
        let undone = async |tx: &Tx| {
            send(tx, &message(app, known.member, "c")).await?;
            Err::<(), _>(huilian::error::Error::new(huilian::error::Code::Conflict))
        };
        app.app.db.tx(undone).await.expect_err("rolled back");
        assert_eq!(app.run_jobs().await, 0);
        let nameless = message(app, known.member, "");
        assert!(app.app.db.tx(async |tx: &Tx| send(tx, &nameless).await).await.is_err(), "a key is needed");
    })
    .await;
}

#[actix_web::test]
async fn an_answer_that_is_lost_leaves_it_unknown_and_nothing_more_is_tried() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        known.writes().await;
        known.permits("shop", SHOP).await;
        for (key, fault) in [("a", FaultKind::ResetAfter), ("b", FaultKind::Errcode { errcode: -1, errmsg: None })] {
            app.sandbox.add_fault(NewFault::once(CUSTOM_SEND, fault)).expect("a fault");
            let id = put(app, &message(app, known.member, key)).await;
            app.run_jobs().await;
            app.advance(TimeDelta::hours(1));
            app.run_jobs().await;
            assert_eq!(stands(app, id).await.0, Message::Unknown, "{key}");
            assert!(matches!(tries(app, id).await.as_slice(), [(Channel::Custom, State::Unknown, Some(_))]), "{key}");
        }
        assert_eq!((known.told(), left(app, SHOP).await), (1, 1), "no other way is tried either");
    })
    .await;
}

#[actix_web::test]
async fn a_template_whose_answer_was_lost_is_repeated_under_the_same_number_and_arrives_once() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        app.sandbox.add_fault(NewFault::once(TEMPLATE_SEND, FaultKind::ResetAfter)).expect("a fault");
        let id = put(app, &message(app, known.member, "a")).await;
        app.run_jobs().await;
        assert_eq!((stands(app, id).await.0, known.told()), (Message::Delivered, 1));
    })
    .await;
}

#[actix_web::test]
async fn who_dies_between_the_call_and_its_commit_leaves_it_unknown() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let known = somebody(app, "林小满").await;
            known.writes().await;
            known.permits("shop", SHOP).await;
            app.sandbox.add_fault(NewFault::once(CUSTOM_SEND, FaultKind::Slow { millis: 60_000 })).expect("a fault");
            let mut events = app.sandbox.events();
            let id = put(app, &message(app, known.member, "a")).await;
            {
                let arrived = async {
                    while known.told() == 0 {
                        let _ = events.recv().await;
                    }
                };
                let (working, arrived) = (Box::pin(soon(app.run_jobs())), Box::pin(soon(arrived)));
                // The worker is gone in the middle of its call.
                let Either::Right(_) = select(working, arrived).await else { panic!("the call came to its end") };
            }
            assert_eq!(stands(app, id).await.0, Message::Sending);
            app.advance(TimeDelta::minutes(2));
            app.run_jobs().await;
            assert_eq!(stands(app, id).await, (Message::Unknown, Some("cut_off".to_owned())));
            app.advance(TimeDelta::hours(1));
            app.run_jobs().await;
            assert_eq!((known.told(), taken(app, SUBSCRIBE_SEND)), (1, 0));
            let rows = app.rows::<delivery::Entity>().await;
            assert!(rows.iter().all(|row| row.state != State::Sending && row.state != State::Queued), "{rows:?}");
        },
    )
    .await;
}

#[actix_web::test]
async fn two_nodes_say_everything_once_and_use_each_permit_once() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let known = somebody(app, "林小满").await;
            for _ in 0..6 {
                known.permits("shop", SHOP).await;
            }
            let other = app.another_node().await;
            let mut ids = Vec::new();
            for number in 0..6 {
                let id = put(app, &message(app, known.member, &number.to_string())).await;
                // The same once more, as when somebody revives a job.
                let again = Carry { message: id, member: known.member };
                app.app.db.tx(async |tx: &Tx| tx.enqueue(again.clone())).await.expect("a job");
                ids.push(id);
            }
            Box::pin(join(app.run_jobs(), other.run_jobs())).await;
            app.run_jobs().await;
            for id in ids {
                assert_eq!(stands(app, id).await.0, Message::Delivered);
                assert_eq!(tries(app, id).await.len(), 1);
            }
            assert_eq!((known.told(), left(app, SHOP).await, taken(app, SUBSCRIBE_SEND)), (6, 0, 6));
            other.finish().await;
        },
    )
    .await;
}
