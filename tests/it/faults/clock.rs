//! The clock of a node jumps, or those of two nodes differ.

use std::time::Duration;

use chrono::TimeDelta;
use entity::{jobs::job, reach::delivery, wechat::push};
use huilian::{
    app::App,
    infra::{clock::Clock, random::Random},
    sandbox::Outcome,
};

use crate::support::{Proxy, START, soon, story, story_with};

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
        let (wire, url) = Proxy::before(&app.app.config.wechat.api_url);
        let node = async |clock: Clock, url: &str| {
            let mut config = app.app.config.clone();
            (config.wechat.api_url, config.wechat.timeout) = (url.to_owned(), Duration::from_secs(60));
            App::build(config, app.app.folder.clone(), clock, Random::system()).await.expect("another node")
        };
        let right = node(app.clock.clone(), url.trim_end_matches('/')).await.worker().expect("a worker");
        let ahead = Clock::manual(app.clock.now() + TimeDelta::hours(2));
        let ahead = node(ahead, &app.app.config.wechat.api_url).await.worker().expect("a worker");
        let people: Vec<_> = (0..6).map(|n| app.person(&format!("路人{n}"))).collect();
        people[0].say("shop", "在吗").await;
        // It has a token from now on: what will be held is the message.
        right.run_due().await.expect("a database that answers");
        for person in &people {
            person.say("shop", "还在吗").await;
        }
        wire.hold();
        let working = actix_web::rt::spawn(async move { right.run_due().await });
        soon(wire.holds_something()).await;
        // To this node every lease has ended long ago.
        ahead.run_due().await.expect("a database that answers");
        wire.mend();
        soon(working).await.expect("the first node").expect("a database that answers");
        let heard = people.iter().map(|person| person.heard("shop").len());
        assert_eq!(heard.collect::<Vec<_>>(), [2, 1, 1, 1, 1, 1], "once");
        let count = |rows: &[delivery::Model], state| rows.iter().filter(|row| row.state == state).count();
        let rows = app.rows::<delivery::Entity>().await;
        // What was in hand: nobody can know any more, and nobody tries again.
        let counts = [delivery::State::Sent, delivery::State::Unknown].map(|state| count(&rows, state));
        assert_eq!(counts, [6, 1], "{rows:#?}");
        assert_eq!(app.rows::<job::Entity>().await.iter().filter(|job| job.kind == "reach.deliver").count(), 0);
    })
    .await;
}
