//! The database is slow, or gone.

use std::time::Duration;

use entity::{chat::message, jobs::job, wechat::push};
use huilian::{
    infra::{
        config,
        db::{Db, JOBS, Reactions, Tx, connect},
        random::Random,
    },
    sandbox::{Outcome, Push, Told, Verdict, Via},
};
use reqwest::StatusCode;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use secrecy::ExposeSecret;

use super::strike::{Strike, struck};
use crate::support::{Column, Proxy, Settings, TestApp, column, open, soon, story, story_with};

/// Keeps everybody else from writing to a table (SQLite: to any table) until it ends.
async fn lock(app: &TestApp, table: &str) -> DatabaseTransaction {
    let connection = open(app.app.config.database.url.expose_secret()).await;
    lock_by(&connection, table).await
}

/// The same, over a connection of its own.
pub async fn lock_by(connection: &sea_orm::DatabaseConnection, table: &str) -> DatabaseTransaction {
    let immediate = SqliteTransactionMode::Immediate;
    let options = TransactionOptions { sqlite_transaction_mode: Some(immediate), ..TransactionOptions::default() };
    let lock = connection.begin_with_options(options).await.expect("a transaction");
    if lock.get_database_backend() == DbBackend::Postgres {
        lock.execute_unprepared(&format!("LOCK TABLE {table} IN EXCLUSIVE MODE")).await.expect("a lock");
    }
    lock
}

fn impatient(settings: &mut Settings) {
    settings.config.wechat.answer_within = Duration::from_millis(300);
    settings.config.database.acquire_timeout = Duration::from_secs(2);
}

fn refused_in_time(push: &Push) {
    assert_eq!((push.outcome, push.attempts.len()), (Outcome::Failed, 3), "{push:#?}");
    for attempt in &push.attempts {
        assert_eq!((attempt.verdict, attempt.status), (Verdict::Refused, Some(503)), "{push:#?}");
    }
}

#[actix_web::test]
async fn a_slow_database_makes_wechat_repeat_and_the_late_reply_leaves_once() {
    story_with(impatient, async |app| {
        let person = app.follower("林小满").await;
        let slow = lock(app, "push").await;
        let pushed = person.say("brand", "会员").await;
        refused_in_time(&pushed);
        let mut jobs = app.app.cache.wakeups(JOBS);
        slow.rollback().await.expect("the end of the lock");
        soon(jobs.next()).await;
        let again = app.sandbox.again(pushed.id).await.expect("a repetition");
        assert_eq!(again.outcome, Outcome::Acknowledged, "it was taken already");
        app.run_jobs().await;
        let heard = person.heard("brand");
        let replies: Vec<_> = heard.iter().filter(|(_, text)| text.starts_with("会员权益")).collect();
        assert!(matches!(replies.as_slice(), [(Via::Custom, _)]), "{heard:?}");
        assert_eq!(app.rows::<push::Entity>().await.len(), 2, "the follow and the question");
        let thread = app.rows::<message::Entity>().await;
        assert_eq!(thread.len(), 4, "two of each side: {thread:#?}");
        assert!(thread[3].delivery_id.is_some(), "the thread says how the reply left");
    })
    .await;
}

#[actix_web::test]
async fn a_request_that_still_waits_gets_the_reply_of_a_slow_database() {
    story_with(
        |settings| settings.sandbox.attempts = 1,
        async |app| {
            let person = app.follower("周一鸣").await;
            let mut told = app.sandbox.events();
            let slow = lock(app, "push").await;
            let pushed = async {
                // The push is on its way.
                soon(async { while !matches!(told.recv().await, Ok(Told::Push { .. })) {} }).await;
                slow.rollback().await.expect("the end of the lock");
            };
            let (pushed, ()) = futures_util::future::join(person.say("brand", "会员"), pushed).await;
            assert_eq!(pushed.outcome, Outcome::Replied, "{pushed:#?}");
            app.run_jobs().await;
            assert_eq!(person.heard("brand").len(), 2, "the welcome and one reply");
        },
    )
    .await;
}

/// A product with a proxy before its database, and the address that leads past it.
async fn through_a_proxy() -> (TestApp, Proxy, String) {
    let (mut between, mut direct) = (None, String::new());
    let app = TestApp::start(|settings| {
        impatient(settings);
        direct = settings.config.database.url.expose_secret().to_owned();
        let (proxy, url) = Proxy::before(&direct);
        settings.config.database.url = url.into();
        between = Some(proxy);
    });
    (app.await, between.expect("a proxy"), direct)
}

#[actix_web::test]
async fn a_silent_database_holds_up_nobody_and_is_found_again() {
    // An embedded database cannot be silent.
    if column() == Column::Embedded {
        return;
    }
    let (app, proxy, _) = through_a_proxy().await;
    let person = app.follower("方可").await;
    proxy.hold();
    let pushed = person.say("brand", "会员").await;
    refused_in_time(&pushed);
    assert_eq!(app.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
    let mut jobs = app.app.cache.wakeups(JOBS);
    proxy.mend();
    soon(jobs.next()).await;
    assert_eq!(app.sandbox.again(pushed.id).await.expect("a repetition").outcome, Outcome::Acknowledged);
    app.run_jobs().await;
    let heard = person.heard("brand");
    assert!(matches!(heard.as_slice(), [_, (Via::Custom, _)]), "the welcome, and one late reply: {heard:?}");
    assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
    app.finish().await;
}

#[actix_web::test]
async fn without_its_database_it_lives_is_not_ready_and_takes_the_repetition_afterwards() {
    // An embedded database cannot be away.
    if column() == Column::Embedded {
        return;
    }
    let (app, proxy, _) = through_a_proxy().await;
    let person = app.follower("何思远").await;
    assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
    proxy.break_off();
    let pushed = person.say("brand", "会员").await;
    refused_in_time(&pushed);
    let ready = app.get("/readyz").await;
    assert_eq!((ready.status, &ready.body["database"]), (StatusCode::SERVICE_UNAVAILABLE, &false.into()));
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(app.get("/metrics").await.status, StatusCode::SERVICE_UNAVAILABLE);
    proxy.mend();
    let again = app.sandbox.again(pushed.id).await.expect("a repetition");
    assert_eq!((again.outcome, again.attempts.len()), (Outcome::Replied, 4), "at the first attempt: {again:#?}");
    assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
    assert_eq!(app.sandbox.again(pushed.id).await.expect("a late duplicate").outcome, Outcome::Acknowledged);
    app.run_jobs().await;
    assert_eq!(person.heard("brand").len(), 2, "the welcome and one reply");
    assert_eq!(app.rows::<message::Entity>().await.len(), 4);
    app.finish().await;
}

#[actix_web::test]
async fn a_connection_that_breaks_inside_the_transaction_leaves_nothing_half_done() {
    if column() == Column::Embedded {
        return;
    }
    let (app, proxy, direct) = through_a_proxy().await;
    let person = app.follower("苏晚晴").await;
    let side = open(&direct).await;
    // The push is stored, its message has to wait: the first attempt ends without an answer.
    let slow = lock_by(&side, "message").await;
    let pushed = person.say("brand", "会员").await;
    refused_in_time(&pushed);
    proxy.break_off();
    slow.rollback().await.expect("the end of the lock");
    let mut jobs = app.app.cache.wakeups(JOBS);
    proxy.mend();
    // Former attempts may still have waited inside: then one of them is taken now, and its reply leaves late.
    let again = app.sandbox.again(pushed.id).await.expect("a repetition");
    match again.outcome {
        Outcome::Acknowledged => soon(jobs.next()).await,
        outcome => assert_eq!(outcome, Outcome::Replied, "{again:#?}"),
    }
    app.run_jobs().await;
    let heard = person.heard("brand");
    assert_eq!(heard.len(), 2, "the welcome and one reply: {heard:?}");
    let kept = app.rows::<push::Entity>().await;
    assert!(kept.len() == 2 && kept.iter().all(|push| push.handled), "{kept:#?}");
    assert_eq!(app.rows::<message::Entity>().await.len(), 4);
    assert_eq!(app.rows::<job::Entity>().await, []);
    app.finish().await;
}

#[actix_web::test]
async fn whoever_is_given_up_anywhere_in_a_unit_of_work_leaves_no_transaction_open() {
    story(async |app| {
        // The next one gets the same connection.
        let config = config::Database { connections: 1, ..app.app.config.database.clone() };
        let connection = connect(&config).await.expect("a database that answers");
        let (clock, random, cache) = (app.clock.clone(), Random::system(), app.app.cache.clone());
        let db = Db::new(connection, clock, random, cache, Reactions::default());
        let unit = async |tx: &Tx| Ok(tx.db().execute_unprepared("SELECT 1").await?);
        // Which step it is depends on how soon the server answers, so more than once.
        for _ in 0..10 {
            let mut steps = 1;
            while !struck(db.snapshot(unit), steps, &|| Strike::Deadly).await {
                db.read().execute_unprepared("SELECT 1").await.expect("an answer");
                let next = db.snapshot(unit).await;
                assert!(next.is_ok(), "given up after {steps} steps, it still stood in that transaction: {next:?}");
                steps += 1;
            }
            assert!(steps > 2, "it was given up {steps} times");
        }
    })
    .await;
}
