//! Many short jobs of one kind are done at once; one that cannot be done holds up no other.

use std::{cell::RefCell, rc::Rc};

use entity::jobs::job::{self, State};
use huilian::{
    error::Error,
    infra::db::Tx,
    jobs::{Failure, Job, Registry, Worker, schedule::Schedule},
};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::support::{Settings, TestApp, story, story_with};

/// A line of a choir: up to four are sung at once.
#[derive(Clone, Serialize, Deserialize)]
struct Line(String);

/// What was sung, each time together.
struct Choir {
    sung: RefCell<Vec<Vec<String>>>,
    begun: mpsc::UnboundedSender<()>,
    /// The first song goes on until the other end is dropped.
    holds: RefCell<Option<oneshot::Receiver<()>>>,
}

impl Choir {
    async fn sing(&self, lines: Vec<Line>) -> Result<(), Failure> {
        // Fails only when the test does not listen.
        let _ = self.begun.send(());
        let held = self.holds.borrow_mut().take();
        if let Some(held) = held {
            let _ = held.await;
        }
        if lines.iter().any(|Line(name)| name == "false") {
            return Err(Failure::Park(Error::internal("a false note")));
        }
        self.sung.borrow_mut().push(lines.into_iter().map(|Line(name)| name).collect());
        Ok(())
    }
}

impl Job for Line {
    const KIND: &'static str = "test.line";
    const TOGETHER: usize = 4;
    type Context = Rc<Choir>;

    async fn run(self, choir: Rc<Choir>) -> Result<(), Failure> {
        choir.sing(vec![self]).await
    }

    async fn run_together(lines: Vec<Self>, choir: Rc<Choir>) -> Result<(), Failure> {
        choir.sing(lines).await
    }
}

fn choir(app: &TestApp, holds: Option<oneshot::Receiver<()>>) -> (Rc<Choir>, Worker, mpsc::UnboundedReceiver<()>) {
    let (begun, hears) = mpsc::unbounded_channel();
    let choir = Rc::new(Choir { sung: RefCell::default(), begun, holds: RefCell::new(holds) });
    let registry = Registry::default().register::<Line>(Rc::clone(&choir));
    let node = &app.app;
    let settings = node.config.jobs.clone();
    let worker = Worker::new(node.db.clone(), node.cache.clone(), registry, Schedule::default(), settings);
    (choir, worker, hears)
}

async fn enqueue(app: &TestApp, names: &[&str]) {
    let write = async |tx: &Tx| names.iter().try_for_each(|name| tx.enqueue(Line((*name).to_owned())));
    app.app.db.tx(write).await.expect("jobs in the queue");
}

#[actix_web::test]
async fn as_many_as_may_be_are_done_at_once() {
    story(async |app| {
        let (choir, worker, _) = choir(app, None);
        enqueue(app, &["a", "b", "c", "d", "e", "f"]).await;
        assert_eq!(worker.run_due().await.expect("runs"), 6);
        assert_eq!(*choir.sung.borrow(), [vec!["a", "b", "c", "d"], vec!["e", "f"]]);
        assert!(app.rows::<job::Entity>().await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn after_a_failure_each_is_done_alone() {
    let parked = |settings: &mut Settings| settings.leave_jobs = true;
    story_with(parked, async |app| {
        let (choir, worker, _) = choir(app, None);
        enqueue(app, &["a", "false", "c"]).await;
        worker.run_due().await.expect("runs");
        assert_eq!(*choir.sung.borrow(), [vec!["a"], vec!["c"]]);
        let left = app.rows::<job::Entity>().await;
        let left: Vec<_> = left.iter().map(|job| (job.payload.as_str(), job.state)).collect();
        assert_eq!(left, [(Some("false"), State::Dead)]);
    })
    .await;
}

#[actix_web::test]
async fn what_comes_while_some_are_done_is_gathered() {
    story(async |app| {
        let (release, holds) = oneshot::channel();
        let (choir, worker, mut begun) = choir(app, Some(holds));
        let stop = CancellationToken::new();
        let running = actix_web::rt::spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        enqueue(app, &["a"]).await;
        begun.recv().await.expect("a song");
        for name in ["b", "c", "d"] {
            enqueue(app, &[name]).await;
        }
        drop(release);
        begun.recv().await.expect("another one");
        stop.cancel();
        running.await.expect("the worker ends");
        assert_eq!(*choir.sung.borrow(), [vec!["a"], vec!["b", "c", "d"]]);
        assert!(app.rows::<job::Entity>().await.is_empty());
    })
    .await;
}
