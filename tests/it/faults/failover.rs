//! The database server is killed, and a streaming replica takes its place. Replication is synchronous: that is what the
//! promise rests on. With an asynchronous replica what was acknowledged a moment before the end may be gone.

use std::time::Duration;

use entity::{chat::message, jobs::job, wechat::push};
use futures_util::future::{join, join_all};
use huilian::sandbox::{Outcome, Told, Verdict};
use reqwest::StatusCode;

use crate::support::{Column, Postgres, Proxy, TestApp, column};

const PEOPLE: usize = 12;
const WORDS: usize = 8;

#[actix_web::test]
async fn a_replica_that_takes_over_has_every_push_that_was_acknowledged() {
    // An embedded database has no replica.
    if column() == Column::Embedded {
        return;
    }
    let mut primary = Postgres::primary().await;
    let standby = primary.standby().await;
    let (proxy, url) = Proxy::before(&primary.url);
    let app = TestApp::start(|settings| {
        settings.config.wechat.answer_within = Duration::from_secs(2);
        settings.config.database.acquire_timeout = Duration::from_secs(2);
        settings.config.database.url = url.into();
    })
    .await;
    let people: Vec<_> = (0..PEOPLE).map(|n| app.person(&format!("路人{n}"))).collect();
    let mut told = app.sandbox.events();
    let crowd = join_all(people.iter().map(async |person| {
        person.follow("brand").await;
        for _ in 0..WORDS {
            person.say("brand", "会员").await;
        }
    }));
    let disaster = async {
        // In the middle of it.
        let mut pushes = 0;
        while pushes < PEOPLE * WORDS {
            pushes += usize::from(matches!(told.recv().await, Ok(Told::Push { .. }) | Err(_)));
        }
        primary.kill();
        // Connections that were made before are gone with the server; new ones come to its place.
        proxy.break_off();
        standby.promote();
        proxy.turn_to(&[standby.address]);
    };
    join(crowd, disaster).await;
    app.sandbox.settled().await;
    let acknowledged = app.sandbox.pushes(None, usize::MAX);
    let is_taken = |outcome| matches!(outcome, Outcome::Replied | Outcome::Acknowledged);
    let (taken, failed): (Vec<_>, Vec<_>) = acknowledged.iter().partition(|push| is_taken(push.outcome));
    // WeChat tries three times: most of what it struck is taken by the replica.
    let struck = acknowledged.iter().filter(|push| push.attempts.len() > 1).count();
    assert!(0 < struck && struck < acknowledged.len(), "it struck {struck} of {}", acknowledged.len());
    let kept = app.rows::<push::Entity>().await;
    let times = |body: &str, kept: &[push::Model]| kept.iter().filter(|row| row.body == body).count();
    for push in &taken {
        assert_eq!(times(&push.plaintext, &kept), 1, "acknowledged and lost: {push:#?}");
    }
    for push in &failed {
        let again = app.sandbox.again(push.id).await.expect("a repetition");
        assert!(is_taken(again.outcome), "{again:#?}");
    }
    app.run_jobs().await;
    let kept = app.rows::<push::Entity>().await;
    assert_eq!(kept.len(), PEOPLE * (1 + WORDS));
    for push in app.sandbox.pushes(None, usize::MAX) {
        let replied = push.attempts.iter().filter(|attempt| attempt.verdict == Verdict::Replied).count();
        assert!(times(&push.plaintext, &kept) == 1 && replied <= 1, "{push:#?}");
    }
    let said = app.rows::<message::Entity>().await.into_iter().filter(|line| line.author == message::Author::Person);
    assert_eq!(said.filter(|line| line.kind == "text").count(), PEOPLE * WORDS, "each stands in its thread once");
    for person in &people {
        assert!(person.heard("brand").len() <= 1 + WORDS, "nothing is said twice");
    }
    assert_eq!(app.rows::<job::Entity>().await.iter().filter(|job| job.state == job::State::Dead).count(), 0);
    assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
    app.finish().await;
}
