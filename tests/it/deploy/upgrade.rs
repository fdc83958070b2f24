//! Old and new on one schema. There is one binary here: it is the former version on a schema that a next one has begun to
//! extend. `deploy/upgrade/try` does the same with two.

use std::process::Command;

use chrono::TimeDelta;
use entity::jobs::job;
use futures_util::future::{join, join_all};
use huilian::{
    infra::{clock::Clock, db::Tx},
    sandbox::Outcome,
};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel, PaginatorTrait};

use crate::{
    faults::Rig,
    support::{EmptyDatabase, Proxy, soon, story},
};

const WORDS: usize = 10;

/// What a next version might add: a table, a column that may be empty, one with a default, an index.
async fn extend(db: &DatabaseConnection) {
    for sql in [
        "CREATE TABLE next_thing (id TEXT NOT NULL PRIMARY KEY, member_id TEXT NOT NULL)",
        "ALTER TABLE member ADD COLUMN next_word TEXT",
        "ALTER TABLE conversation ADD COLUMN next_count BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE job ADD COLUMN next_word TEXT",
        "CREATE INDEX message_next ON message (at)",
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_next_extend', 0)",
    ] {
        db.execute_unprepared(sql).await.expect("an addition");
    }
}

#[actix_web::test]
async fn nodes_are_replaced_and_come_back_while_the_schema_grows() {
    let rig = Rig::new().await;
    let balancer = Proxy::held();
    let (sandbox, people) = (rig.sandbox(), rig.people(8));
    sandbox.set_callback_base(&format!("http://{}", balancer.address));
    let former = rig.process().await;
    balancer.turn_to(&[former.address]);
    let mut events = sandbox.events();
    let crowd = join_all(people.iter().map(async |person| {
        sandbox.follow(person, "brand", None).await.expect("following");
        for word in 0..WORDS {
            sandbox.say(person, "brand", &format!("问{word}")).await.expect("writing");
        }
    }));
    let upgrade = async {
        soon(async {
            for _ in 0..50 {
                let _ = events.recv().await;
            }
        })
        .await;
        // The next version comes: it extends the schema under the node that runs.
        extend(rig.app(Clock::system()).await.db.read()).await;
        // A node of the former version starts on it, beside the other one, and takes over: so does a rollback.
        let again = rig.process().await;
        balancer.turn_to(&[former.address, again.address]);
        soon(async {
            for _ in 0..50 {
                let _ = events.recv().await;
            }
        })
        .await;
        balancer.turn_to(&[again.address]);
        former.terminate();
        let (status, said) = former.ended().await;
        assert!(status.success(), "{status} {said:#?}");
        assert!(said.iter().all(|line| line["level"] != "ERROR"), "{said:#?}");
        again
    };
    let (_, last) = join(crowd, upgrade).await;
    last.terminate();
    let (status, said) = last.ended().await;
    assert!(status.success(), "{status} {said:#?}");
    assert!(said.iter().all(|line| line["level"] != "ERROR"), "{said:#?}");
    for push in sandbox.pushes(None, usize::MAX) {
        let answered = push.outcome == Outcome::Replied || push.kind != "text";
        let turned_away = push.attempts.iter().any(|attempt| attempt.status.is_some_and(|status| status != 200));
        assert!(answered && !turned_away, "{push:#?}");
    }
    for person in &people {
        assert_eq!(rig.heard(person, "brand").len(), WORDS, "each word is answered once");
    }
    let said = rig.command(&["migrate"]);
    assert!(said.status.success() && said.stdout.starts_with(b"the schema is up to date"), "{said:?}");
}

#[actix_web::test]
async fn a_schema_that_went_another_way_is_refused_in_words() {
    let rig = Rig::new().await;
    let app = rig.app(Clock::system()).await;
    extend(app.db.read()).await;
    let forget = "DELETE FROM seaql_migrations WHERE version LIKE '%stores_create'";
    app.db.read().execute_unprepared(forget).await.expect("a row less");
    let said = rig.command(&["migrate"]);
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(!said.status.success(), "{words}");
    assert!(words.contains("m29991231_000001_next_extend") && words.contains("stores_create"), "{words}");
}

#[actix_web::test]
async fn a_job_of_the_next_version_waits_for_a_node_that_knows_it() {
    story(async |app| {
        let now = app.clock.now();
        let row = job::Model {
            id: app.app.random.id(now),
            kind: "next.thing".to_owned(),
            payload: serde_json::json!({}),
            state: job::State::Live,
            due_at: now,
            attempts: 0,
            order_key: None,
            unique_key: None,
            created_at: now,
            cause: None,
            error: None,
        };
        let enqueue = async |tx: &Tx| {
            row.clone().into_active_model().insert(tx.db()).await?;
            Ok(())
        };
        app.app.db.tx(enqueue).await.expect("a job");
        // Ten attempts, with pauses of half an hour together: long enough to replace every node.
        for attempt in 1..=9 {
            app.run_jobs().await;
            let row = app.rows::<job::Entity>().await.into_iter().find(|row| row.kind == "next.thing").expect("a job");
            assert_eq!((row.state, row.attempts), (job::State::Live, attempt), "{row:?}");
            assert!(row.error.as_deref().is_some_and(|why| why.contains("no job is called next.thing")), "{row:?}");
            app.advance(row.due_at - app.clock.now());
        }
        assert!(app.clock.now() - now > TimeDelta::minutes(20), "{}", app.clock.now() - now);
        job::Entity::delete_many().exec(app.app.db.read()).await.expect("the end");
        assert_eq!(job::Entity::find().count(app.app.db.read()).await.expect("a count"), 0);
    })
    .await;
}

#[actix_web::test]
async fn the_trial_with_two_binaries_runs() {
    let database = EmptyDatabase::fresh().await;
    let huilian = env!("CARGO_BIN_EXE_huilian");
    let mut trial = Command::new(super::path("deploy/upgrade/try"));
    trial.args([huilian, huilian, &database.url]);
    // On a thread of its own: it takes as long as five starts.
    let ended =
        actix_web::rt::task::spawn_blocking(move || trial.output().expect("the script")).await.expect("its end");
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(ended.status.success(), "{said}\n{}", String::from_utf8_lossy(&ended.stderr));
    for step in [
        "former is ready",
        "next is ready",
        "former-again is ready",
        "former-again ended well",
        "next-again ended well",
    ] {
        assert!(said.contains(step), "{step}: {said}");
    }
}
