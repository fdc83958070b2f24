//! A push is taken once, however often, wherever and whenever it is delivered.

use chrono::TimeDelta;
use entity::{chat::message, wechat::push};
use futures_util::future::join_all;
use huilian::sandbox::{CALLBACK, FaultKind, NewFault, Outcome, Via};
use reqwest::StatusCode;

use crate::support::{TestApp, story};

const OPEN_ID: &str = "oTestPerson0000000000000001";

#[actix_web::test]
async fn forty_deliveries_at_once_are_one_message_and_one_reply() {
    story(async |app| {
        let deliveries: Vec<_> = (0..40).map(|_| app.text_from("brand", OPEN_ID, 7, "会员")).collect();
        let answers = join_all(deliveries.iter().map(|delivery| delivery.send())).await;
        assert!(answers.iter().all(|(status, _)| *status == StatusCode::OK), "{answers:?}");
        let replies = answers.iter().filter(|(_, body)| body != "success").count();
        assert_eq!(replies, 1, "the reply leaves once");
        assert_eq!(app.rows::<push::Entity>().await.len(), 1);
        assert_eq!(app.rows::<message::Entity>().await.len(), 2, "what was said, and the reply");
    })
    .await;
}

#[actix_web::test]
async fn many_people_with_one_message_id_are_all_heard() {
    story(async |app| {
        let deliveries: Vec<_> =
            (0..15).map(|n| app.text_from("brand", &format!("oTestPerson{n:017}"), 7, "会员")).collect();
        let answers = join_all(deliveries.iter().map(|delivery| delivery.send())).await;
        assert!(answers.iter().all(|(_, body)| body != "success"), "everybody is answered: {answers:?}");
        assert_eq!(app.rows::<push::Entity>().await.len(), 15);
    })
    .await;
}

#[actix_web::test]
async fn a_push_whose_answer_was_lost_is_acknowledged_the_second_time() {
    story(async |app| {
        let person = app.person("林小满");
        person.follow("brand").await;
        app.sandbox.add_fault(NewFault::once(CALLBACK, FaultKind::CutAfter)).expect("a fault");
        let pushed = person.say("brand", "会员").await;
        assert_eq!(pushed.attempts.len(), 2);
        assert_eq!(pushed.outcome, Outcome::Acknowledged, "the reply left once, and was lost on the way");
        assert_eq!(app.rows::<push::Entity>().await.len(), 2);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn a_repetition_after_a_restart_is_still_recognised() {
    let mut app = TestApp::start(|_| {}).await;
    let first = app.text_from("brand", OPEN_ID, 9, "会员").send().await;
    assert_ne!(first.1, "success");
    app.restart().await;
    let again = app.text_from("brand", OPEN_ID, 9, "会员").send().await;
    assert_eq!(again, (StatusCode::OK, "success".to_owned()));
    assert_eq!(app.rows::<push::Entity>().await.len(), 1);
    app.finish().await;
}

#[actix_web::test]
async fn pushes_are_forgotten_when_wechat_can_no_longer_repeat_them() {
    story(async |app| {
        app.text_from("brand", OPEN_ID, 1, "会员").send().await;
        app.run_jobs().await;
        app.advance(TimeDelta::hours(71));
        app.text_from("brand", OPEN_ID, 2, "会员").send().await;
        app.run_jobs().await;
        assert_eq!(app.rows::<push::Entity>().await.len(), 2);
        app.advance(TimeDelta::hours(2));
        app.run_jobs().await;
        assert_eq!(app.rows::<push::Entity>().await.len(), 1);
        assert_eq!(app.rows::<message::Entity>().await.len(), 4, "the thread keeps what was said");
    })
    .await;
}

#[actix_web::test]
async fn duplicates_and_disorder_change_nothing_for_the_follower() {
    story(async |app| {
        let person = app.person("周一鸣");
        person.follow("brand").await;
        for kind in [FaultKind::Duplicate, FaultKind::PreviousKey, FaultKind::UpperHex] {
            app.sandbox.add_fault(NewFault::once(CALLBACK, kind)).expect("a fault");
            person.say("brand", "会员").await;
        }
        let heard = person.heard("brand");
        assert_eq!(
            heard.iter().filter(|(via, text)| *via == Via::Passive && text.starts_with("会员权益")).count(),
            3,
            "{heard:?}"
        );
        app.run_jobs().await;
    })
    .await;
}
