//! A job is run by one worker at a time; who lost the lease can neither finish nor delay what another one runs.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};

use chrono::TimeDelta;
use entity::jobs::job;
use futures_util::future::join_all;
use huilian::{
    infra::db::Tx,
    jobs::{Failure, Job, Registry, Worker, schedule::Schedule},
};
use sea_orm::{EntityTrait, ExprTrait, sea_query::Expr};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::step::{Act, Stage, Step, enqueue, only, queue};
use crate::support::story;

#[actix_web::test]
async fn a_worker_that_lost_its_lease_cannot_finish_the_job_that_another_one_runs() {
    story(async |app| {
        let (stage, mut begun) = Stage::new();
        let (slow, taker) = (stage.worker(app), stage.worker(app));
        let (first, second) = (stage.works("a"), stage.works("a"));
        enqueue(app, &[Step::new("a")]).await;

        let slow = actix_web::rt::spawn(async move { slow.run_due().await });
        begun.recv().await.expect("the first run");
        app.advance(TimeDelta::seconds(61));
        let taker = actix_web::rt::spawn(async move { taker.run_due().await });
        begun.recv().await.expect("the second run");

        drop(first);
        assert_eq!(slow.await.expect("it ends").expect("runs"), 1);
        assert_eq!(only(app).await.attempts, 2, "the job is still there, for the second run");
        drop(second);
        assert_eq!(taker.await.expect("it ends").expect("runs"), 1);
        assert!(queue(app).await.is_empty());
        assert_eq!(stage.begun(), ["a", "a"]);
    })
    .await;
}

#[actix_web::test]
async fn a_worker_that_lost_its_lease_cannot_put_the_job_off() {
    story(async |app| {
        let (stage, mut begun) = Stage::new();
        let (slow, taker) = (stage.worker(app), stage.worker(app));
        let (done, waiting) = oneshot::channel();
        stage.then("a", Act::WorkThenDefer(waiting, app.clock.now() + TimeDelta::days(9)));
        let second = stage.works("a");
        enqueue(app, &[Step::new("a")]).await;

        let slow = actix_web::rt::spawn(async move { slow.run_due().await });
        begun.recv().await.expect("the first run");
        app.advance(TimeDelta::seconds(61));
        let taker = actix_web::rt::spawn(async move { taker.run_due().await });
        begun.recv().await.expect("the second run");
        let before = only(app).await;
        drop(done);
        slow.await.expect("it ends").expect("runs");
        assert_eq!(only(app).await, before);
        drop(second);
        taker.await.expect("it ends").expect("runs");
        assert!(queue(app).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_lost_lease_stays_lost_when_the_other_worker_has_put_the_job_off() {
    story(async |app| {
        let (stage, mut begun) = Stage::new();
        let (slow, taker) = (stage.worker(app), stage.worker(app));
        let first = stage.works("a");
        enqueue(app, &[Step::new("a")]).await;
        let slow = actix_web::rt::spawn(async move { slow.run_due().await });
        begun.recv().await.expect("the first run");
        app.advance(TimeDelta::seconds(61));
        stage.then("a", Act::Defer(app.clock.now() + TimeDelta::hours(1)));
        assert_eq!(taker.run_due().await.expect("runs"), 1);
        let put_off = only(app).await;
        drop(first);
        slow.await.expect("it ends").expect("runs");
        assert_eq!(only(app).await, put_off, "the second run said: not before an hour");
        app.advance(TimeDelta::hours(1));
        assert_eq!(taker.run_due().await.expect("runs"), 1);
        assert!(queue(app).await.is_empty());
    })
    .await;
}

/// Tells when it is dropped.
struct Dropped(mpsc::UnboundedSender<&'static str>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

/// Never ends by itself.
#[derive(Serialize, Deserialize)]
struct Endless {}

impl Job for Endless {
    const KIND: &'static str = "test.endless";
    type Context = mpsc::UnboundedSender<&'static str>;

    async fn run(self, told: Self::Context) -> Result<(), Failure> {
        let _guard = Dropped(told.clone());
        let _ = told.send("begun");
        std::future::pending().await
    }
}

#[actix_web::test]
async fn a_run_whose_lease_was_taken_is_cut_off() {
    story(async |app| {
        let (tell, mut told) = mpsc::unbounded_channel();
        let node = &app.app;
        let mut settings = node.config.jobs.clone();
        // Real time: the lease is prolonged every ten milliseconds.
        settings.lease = Duration::from_millis(30);
        let registry = Registry::default().register::<Endless>(tell);
        let worker = Worker::new(node.db.clone(), node.cache.clone(), registry, Schedule::default(), settings);
        node.db.tx(async |tx: &Tx| tx.enqueue(Endless {})).await.expect("a job in the queue");
        let running = actix_web::rt::spawn(async move { worker.run_due().await });
        assert_eq!(told.recv().await, Some("begun"));
        let taken = async |tx: &Tx| {
            use job::Column::{Attempts, DueAt};
            job::Entity::update_many()
                .col_expr(Attempts, Expr::col(Attempts).add(1))
                .col_expr(DueAt, Expr::value(tx.now() + TimeDelta::hours(1)))
                .exec(tx.db())
                .await?;
            Ok(())
        };
        node.db.tx(taken).await.expect("another node takes the job");
        assert_eq!(told.recv().await, Some("dropped"));
        running.await.expect("it ends").expect("runs");
        assert_eq!(only(app).await.due_at, app.clock.now() + TimeDelta::hours(1), "and it is the other node's");
    })
    .await;
}

/// Counts how many runs of one number are under way.
#[derive(Serialize, Deserialize)]
struct Counted {
    number: u32,
}

#[derive(Clone)]
struct Counter {
    runs: Rc<RefCell<BTreeMap<u32, u32>>>,
    done: mpsc::UnboundedSender<()>,
}

impl Job for Counted {
    const KIND: &'static str = "test.counted";
    type Context = Counter;

    async fn run(self, counter: Counter) -> Result<(), Failure> {
        *counter.runs.borrow_mut().entry(self.number).or_default() += 1;
        // Lets the others go first.
        tokio::task::yield_now().await;
        let _ = counter.done.send(());
        Ok(())
    }
}

#[actix_web::test]
async fn two_nodes_share_the_work_and_run_nothing_twice() {
    const JOBS: u32 = 60;
    story(async |app| {
        let other = app.another_node().await;
        let (done, mut heard) = mpsc::unbounded_channel();
        let counter = Counter { runs: Rc::default(), done };
        let stop = CancellationToken::new();
        let write = async |tx: &Tx| (0..JOBS).try_for_each(|number| tx.enqueue(Counted { number }));
        app.app.db.tx(write).await.expect("jobs in the queue");
        let workers = [app, &other].map(|node| {
            let registry = Registry::default().register::<Counted>(counter.clone());
            let node = &node.app;
            let settings = node.config.jobs.clone();
            let worker = Worker::new(node.db.clone(), node.cache.clone(), registry, Schedule::default(), settings);
            let stop = stop.clone();
            actix_web::rt::spawn(async move { worker.run(stop).await })
        });
        for _ in 0..JOBS {
            heard.recv().await.expect("a run");
        }
        stop.cancel();
        join_all(workers).await;
        assert_eq!(*counter.runs.borrow(), (0..JOBS).map(|number| (number, 1)).collect());
        assert!(queue(app).await.is_empty());
        other.finish().await;
    })
    .await;
}
