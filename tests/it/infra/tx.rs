//! The unit of work: all or nothing, with the facts and jobs that follow, and again when it lost a race.

use std::{
    cell::{Cell, RefCell},
    future::pending,
    rc::Rc,
    time::Duration,
};

use entity::{
    identity::follower,
    jobs::{event, job},
    types::FollowerId,
};
use futures_util::future::join_all;
use huilian::{
    error::{Code, Error},
    identity::events::{Followed, Left},
    infra::db::{NewJob, Tx},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};
use serde_json::json;
use tokio::sync::Barrier;

use crate::support::{TestApp, story, story_with};

fn followed() -> Followed {
    let account = "brand".parse().expect("an account key");
    Followed { account, open_id: "oTestPerson0000000000000001".parse().expect("an OpenID"), times: 1, scene: None }
}

fn left() -> Left {
    let Followed { account, open_id, .. } = followed();
    Left { account, open_id }
}

/// What has happened to followers.
async fn facts(app: &TestApp) -> Vec<event::Model> {
    app.rows::<event::Entity>().await.into_iter().filter(|fact| fact.kind.starts_with("follower.")).collect()
}

fn some_job() -> NewJob {
    NewJob { kind: "test.any", payload: json!({}), order_key: None, unique_key: None, due_at: None, when: None }
}

/// A row to count in.
async fn counter(app: &TestApp, open_id: &str) -> FollowerId {
    let insert = async |tx: &Tx| {
        let id: FollowerId = tx.id();
        let row = follower::ActiveModel {
            id: Set(id),
            account: Set("brand".parse()?),
            open_id: Set(open_id.parse()?),
            state: Set(follower::State::Known),
            state_at: Set(tx.now()),
            follows: Set(0),
            tag_ids: Set(json!([])),
            created_at: Set(tx.now()),
            updated_at: Set(tx.now()),
            ..Default::default()
        };
        follower::Entity::insert(row).exec_without_returning(tx.db()).await?;
        Ok(id)
    };
    app.app.db.tx(insert).await.expect("a row")
}

async fn increment(tx: &Tx, id: FollowerId) -> huilian::error::Result<()> {
    use follower::Column::{Follows, Id};
    let one = follower::Entity::update_many().col_expr(Follows, Expr::col(Follows).add(1)).filter(Id.eq(id));
    one.exec(tx.db()).await?;
    Ok(())
}

async fn counted(app: &TestApp) -> Vec<i32> {
    app.rows::<follower::Entity>().await.into_iter().map(|row| row.follows).collect()
}

#[actix_web::test]
async fn a_fact_and_the_jobs_of_its_reactions_commit_together() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let now = app.clock.now();
            app.app.db.tx(async |tx: &Tx| tx.emit(&followed())).await.expect("a fact");
            let facts = facts(app).await;
            assert_eq!(facts.len(), 1);
            assert_eq!((facts[0].kind.as_str(), facts[0].occurred_at), ("follower.followed", now));
            assert_eq!(facts[0].payload["times"], 1);
            let jobs = app.rows::<job::Entity>().await;
            assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["identity.refresh_follower"]);
            assert_eq!(jobs[0].payload["open_id"], "oTestPerson0000000000000001");
            app.app.db.tx(async |tx: &Tx| tx.emit(&left())).await.expect("a fact");
            assert_eq!(app.rows::<job::Entity>().await.len(), 1, "nothing reacts to this one");
        },
    )
    .await;
}

#[actix_web::test]
async fn a_unit_that_fails_leaves_nothing_behind() {
    story(async |app| {
        let id = counter(app, "oCounter").await;
        let mut heard = app.app.cache.wakeups(huilian::infra::db::JOBS);
        let failing = async |tx: &Tx| {
            increment(tx, id).await?;
            tx.emit(&followed())?;
            tx.enqueue(some_job())?;
            Err::<(), Error>(Error::new(Code::Conflict))
        };
        let error = app.app.db.tx(failing).await.expect_err("a failure");
        assert_eq!(error.code(), Code::Conflict, "told as it is");
        assert_eq!(counted(app).await, [0]);
        assert!(facts(app).await.is_empty());
        assert!(app.rows::<job::Entity>().await.is_empty());
        assert_eq!(futures_util::FutureExt::now_or_never(heard.next()), None, "nobody was woken");
    })
    .await;
}

#[actix_web::test]
async fn a_unit_that_is_dropped_half_way_leaves_nothing_behind() {
    story(async |app| {
        let id = counter(app, "oCounter").await;
        let (begun, beginning) = tokio::sync::oneshot::channel();
        let begun = Cell::new(Some(begun));
        let hanging = app.app.db.tx(async |tx: &Tx| {
            increment(tx, id).await?;
            begun.take().map(|begun| begun.send(()));
            std::future::pending::<huilian::error::Result<()>>().await
        });
        tokio::select! {
            outcome = hanging => panic!("it hangs: {outcome:?}"),
            heard = beginning => heard.expect("it has begun"),
        }
        app.app.db.tx(async |tx: &Tx| increment(tx, id).await).await.expect("the next one gets its turn");
        assert_eq!(counted(app).await, [1]);
    })
    .await;
}

#[actix_web::test]
async fn one_unit_has_one_now_and_rising_ids() {
    story(async |app| {
        let clock = &app.clock;
        let unit = async |tx: &Tx| {
            let now = tx.now();
            let first: FollowerId = tx.id();
            clock.advance(chrono::TimeDelta::seconds(5));
            assert_eq!(tx.now(), now);
            let later: Vec<FollowerId> = (0..100).map(|_| tx.id()).collect();
            assert!(later.is_sorted() && later[0] > first);
            Ok(())
        };
        app.app.db.tx(unit).await.expect("a unit of work");
    })
    .await;
}

#[actix_web::test]
async fn parallel_increments_of_two_nodes_lose_nothing() {
    story(async |app| {
        let other = app.another_node().await;
        let id = counter(app, "oCounter").await;
        let units = (0..60_usize).map(|number| {
            let node = if number % 2 == 0 { &app.app } else { &other.app };
            node.db.tx(async |tx: &Tx| increment(tx, id).await)
        });
        for unit in join_all(units).await {
            unit.expect("a unit of work");
        }
        assert_eq!(counted(app).await, [60]);
        other.finish().await;
    })
    .await;
}

#[actix_web::test]
async fn units_that_lock_each_other_out_are_run_again() {
    story(async |app| {
        let (one, two) = (counter(app, "oOne").await, counter(app, "oTwo").await);
        // On PostgreSQL both hold their first row before they ask for the other's; SQLite lets one in at a time.
        let both = (app.app.db.backend() == DbBackend::Postgres).then(|| Barrier::new(2));
        let tries = Rc::new(RefCell::new(Vec::new()));
        let cross = |first: FollowerId, second: FollowerId| {
            let (both, tries) = (&both, Rc::clone(&tries));
            let again = Cell::new(false);
            async move {
                let unit = async |tx: &Tx| {
                    tries.borrow_mut().push(first);
                    increment(tx, first).await?;
                    if let Some(both) = both.as_ref().filter(|_| !again.replace(true)) {
                        both.wait().await;
                    }
                    increment(tx, second).await?;
                    tx.enqueue(some_job())
                };
                app.app.db.tx(unit).await
            }
        };
        let (forth, back) = futures_util::future::join(cross(one, two), cross(two, one)).await;
        forth.expect("a unit of work");
        back.expect("a unit of work");
        assert_eq!(counted(app).await, [2, 2]);
        // Whoever is the victim may be so quick that it takes its first row again before the other one has woken up for it.
        let tries = tries.borrow().len();
        assert!(if both.is_some() { tries > 2 } else { tries == 2 }, "{tries}: the victim of the deadlock ran again");
        let jobs = app.rows::<job::Entity>().await;
        assert_eq!(jobs.len(), 2, "and left nothing of its first try");
        job::Entity::delete_many().exec(app.app.db.read()).await.expect("an empty queue");
    })
    .await;
}

#[actix_web::test]
async fn whoever_freezes_within_a_unit_of_work_lets_go_of_its_rows() {
    // Longer than anything takes that does not freeze.
    let soon = Duration::from_secs(3);
    story_with(
        |settings| settings.config.database.transaction_idle = soon,
        async |app| {
            let db = &app.app.db;
            if db.read().get_database_backend() != DbBackend::Postgres {
                // One process holds the file, and when it freezes, all of it does.
                return;
            }
            let id = counter(app, "oTestPerson0000000000000001").await;
            let count = async |tx: &Tx| {
                let more = follower::Entity::update_many().col_expr(follower::Column::Follows, Expr::value(1));
                more.filter(follower::Column::Id.eq(id)).exec(tx.db()).await?;
                Ok(())
            };
            let held = Rc::new(Barrier::new(2));
            let frozen = db.tx(async |tx: &Tx| {
                count(tx).await?;
                held.wait().await;
                pending::<Result<(), Error>>().await
            });
            let next = async {
                held.wait().await;
                db.tx(count).await
            };
            tokio::select! {
                frozen = frozen => panic!("it went on: {frozen:?}"),
                next = next => next.expect("the row is free"),
            }
        },
    )
    .await;
}
