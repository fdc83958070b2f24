//! The clock of a node jumps, or those of two nodes differ.

use chrono::TimeDelta;
use entity::{jobs::job, reach::delivery, wechat::push};
use huilian::{
    app::App,
    infra::{clock::Clock, random::Random},
    sandbox::{FaultKind, NewFault, Outcome},
};

use crate::support::{START, soon, story, story_with};

const SEND: &str = "/cgi-bin/message/custom/send";

#[actix_web::test]
async fn while_its_clock_is_wrong_a_node_refuses_pushes_and_it_takes_them_when_that_is_right() {
    story_with(
        |settings| settings.sandbox.clock = Clock::manual(START.parse().expect("a time")),
        async |app| {
            let person = app.person("林小满");
            person.follow("brand").await;
            app.run_jobs().await;
            let mut said = 0;
            for jump in [TimeDelta::minutes(10), TimeDelta::days(400), TimeDelta::minutes(-10), TimeDelta::days(-400)] {
                app.advance(jump);
                let pushed = person.say("brand", "会员").await;
                assert_eq!(pushed.outcome, Outcome::Failed, "{pushed:#?}");
                assert!(pushed.attempts.iter().all(|attempt| attempt.status == Some(403)), "{pushed:#?}");
                app.advance(-jump);
                let again = app.sandbox.again(pushed.id).await.expect("a repetition");
                assert_eq!(again.outcome, Outcome::Replied, "{again:#?}");
                assert_eq!(app.sandbox.again(pushed.id).await.expect("a duplicate").outcome, Outcome::Acknowledged);
                said += 1;
            }
            app.run_jobs().await;
            assert_eq!(person.heard("brand").len(), 1 + said, "the welcome, and one reply to each");
            assert_eq!(app.rows::<push::Entity>().await.len(), 1 + said);
        },
    )
    .await;
}

#[actix_web::test]
async fn what_waited_when_the_clock_was_set_back_is_done_once_when_its_time_has_come_again() {
    story(async |app| {
        let person = app.person("周一鸣");
        person.say("shop", "在吗").await;
        app.advance(TimeDelta::minutes(-4));
        app.run_jobs().await;
        assert_eq!(person.heard("shop").len(), 0, "its time lies ahead");
        // What comes after the jump is not held up by what came before.
        let other = app.person("何思远");
        other.say("shop", "在吗").await;
        app.run_jobs().await;
        assert_eq!((person.heard("shop").len(), other.heard("shop").len()), (0, 1));
        app.advance(TimeDelta::minutes(5));
        for _ in 0..2 {
            app.run_jobs().await;
            assert_eq!((person.heard("shop").len(), other.heard("shop").len()), (1, 1));
        }
    })
    .await;
}

#[actix_web::test]
async fn a_node_whose_clock_runs_ahead_takes_over_what_another_does_and_nothing_is_said_twice() {
    story(async |app| {
        let people: Vec<_> = (0..6).map(|n| app.person(&format!("路人{n}"))).collect();
        for person in &people {
            person.say("shop", "在吗").await;
        }
        let slow = NewFault { times: None, ..NewFault::once(SEND, FaultKind::Slow { millis: 400 }) };
        app.sandbox.add_fault(slow).expect("a fault");
        let clock = Clock::manual(app.clock.now() + TimeDelta::hours(2));
        let other = App::build(app.app.config.clone(), app.app.folder.clone(), clock, Random::system());
        let other = other.await.expect("another node").worker().expect("a worker");
        let mut events = app.sandbox.events();
        let worker = app.app.worker().expect("a worker");
        let working = actix_web::rt::spawn(async move { worker.run_due().await });
        let is_sending = || app.sandbox.calls(usize::MAX).iter().any(|call| call.path == SEND);
        soon(async {
            while !is_sending() {
                let _ = events.recv().await;
            }
        })
        .await;
        // To the other node every lease has ended long ago.
        other.run_due().await.expect("a database that answers");
        working.await.expect("the first node").expect("a database that answers");
        assert!(people.iter().all(|person| person.heard("shop").len() == 1), "once");
        let mut states: Vec<_> = app.rows::<delivery::Entity>().await.into_iter().map(|row| row.state).collect();
        states.sort_by_key(|state| *state == delivery::State::Unknown);
        assert_eq!(states[..5], [delivery::State::Sent; 5]);
        assert_eq!(states[5], delivery::State::Unknown, "nobody can know any more, and nobody tries again");
        assert_eq!(app.rows::<job::Entity>().await.iter().filter(|job| job.kind == "reach.deliver").count(), 0);
        app.sandbox.clear_faults();
        app.run_jobs().await;
    })
    .await;
}
