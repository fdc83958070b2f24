//! A job whose runs are scripted: each run takes the next act of its name, and does nothing when there is none.

use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
    rc::Rc,
    time::Duration,
};

use entity::jobs::job;
use huilian::{
    error::{Error, Result},
    infra::{clock::Time, config::Jobs, db::Tx},
    jobs::{Failure, Job, Registry, RetryPlan, Worker, schedule::Schedule},
};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::support::TestApp;

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Step {
    pub name: String,
    pub order: Option<String>,
    pub unique: Option<String>,
    pub due: Option<Time>,
}

impl Step {
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    pub fn after_others_of(name: &str, order: &str) -> Self {
        Self { order: Some(order.to_owned()), ..Self::new(name) }
    }

    pub fn only_one_of(name: &str, unique: &str) -> Self {
        Self { unique: Some(unique.to_owned()), ..Self::new(name) }
    }
}

impl Job for Step {
    const KIND: &'static str = "test.step";
    const RETRY: RetryPlan = RetryPlan { attempts: 4, first: Duration::from_secs(4), cap: Duration::from_secs(10) };
    type Context = Stage;

    fn order_key(&self) -> Option<String> {
        self.order.clone()
    }

    fn unique_key(&self) -> Option<String> {
        self.unique.clone()
    }

    fn due_at(&self) -> Option<Time> {
        self.due
    }

    async fn given_up(self, stage: Stage, _why: &Error) -> Result<()> {
        stage.0.given_up.borrow_mut().push(self.name);
        Ok(())
    }

    async fn run(self, stage: Stage) -> Result<(), Failure> {
        stage.play(&self.name).await
    }
}

/// What one run does.
pub enum Act {
    Fail,
    Defer(Time),
    Park,
    Panic,
    /// Works until the other end is dropped, then ends well.
    Work(oneshot::Receiver<()>),
    /// The same, then asks to be run later.
    WorkThenDefer(oneshot::Receiver<()>, Time),
}

/// Where steps take their acts from and write down that they ran.
#[derive(Clone)]
pub struct Stage(Rc<Played>);

struct Played {
    script: RefCell<HashMap<String, VecDeque<Act>>>,
    begun: RefCell<Vec<String>>,
    ended: RefCell<Vec<String>>,
    given_up: RefCell<Vec<String>>,
    curtain: mpsc::UnboundedSender<String>,
}

/// Hears the name of each step that begins.
pub type Begun = mpsc::UnboundedReceiver<String>;

impl Stage {
    pub fn new() -> (Self, Begun) {
        let (curtain, begun) = mpsc::unbounded_channel();
        let (script, ran, ended, given_up) = Default::default();
        (Self(Rc::new(Played { script, begun: ran, ended, given_up, curtain })), begun)
    }

    pub fn then(&self, name: &str, act: Act) {
        self.0.script.borrow_mut().entry(name.to_owned()).or_default().push_back(act);
    }

    /// Lets the next run of `name` work until the answer is dropped.
    pub fn works(&self, name: &str) -> oneshot::Sender<()> {
        let (done, waiting) = oneshot::channel();
        self.then(name, Act::Work(waiting));
        done
    }

    /// The names of the runs that have begun, in order.
    pub fn begun(&self) -> Vec<String> {
        self.0.begun.borrow().clone()
    }

    /// The names of the runs that came to their own end, in order.
    pub fn ended(&self) -> Vec<String> {
        self.0.ended.borrow().clone()
    }

    /// The names of the jobs that heard that they are given up.
    pub fn given_up(&self) -> Vec<String> {
        self.0.given_up.borrow().clone()
    }

    async fn play(&self, name: &str) -> Result<(), Failure> {
        self.0.begun.borrow_mut().push(name.to_owned());
        // Fails only when the test does not listen.
        let _ = self.0.curtain.send(name.to_owned());
        let act = self.0.script.borrow_mut().get_mut(name).and_then(VecDeque::pop_front);
        let why = || Error::internal("as the script says");
        let outcome = match act {
            None => Ok(()),
            Some(Act::Fail) => Err(Failure::Retry(why())),
            Some(Act::Defer(until)) => Err(Failure::Defer { until, why: why() }),
            Some(Act::Park) => Err(Failure::Park(why())),
            Some(Act::Panic) => panic!("as the script says"),
            Some(Act::Work(done)) => {
                let _ = done.await;
                Ok(())
            }
            Some(Act::WorkThenDefer(done, until)) => {
                let _ = done.await;
                Err(Failure::Defer { until, why: why() })
            }
        };
        self.0.ended.borrow_mut().push(name.to_owned());
        outcome
    }

    /// A worker of this node that knows steps, and nothing else.
    pub fn worker(&self, app: &TestApp) -> Worker {
        self.worker_with(app, Schedule::default())
    }

    pub fn worker_with(&self, app: &TestApp, schedule: Schedule) -> Worker {
        self.worker_set(app, schedule, |_| {})
    }

    /// A worker whose settings differ from the usual ones.
    pub fn worker_set(&self, app: &TestApp, schedule: Schedule, differ: impl FnOnce(&mut Jobs)) -> Worker {
        let registry = Registry::default().register::<Step>(self.clone());
        let node = &app.app;
        let mut settings = node.config.jobs.clone();
        differ(&mut settings);
        Worker::new(node.db.clone(), node.cache.clone(), registry, schedule, settings)
    }
}

/// Writes jobs into the queue, in this order.
pub async fn enqueue(app: &TestApp, steps: &[Step]) {
    let write = async |tx: &Tx| steps.iter().cloned().try_for_each(|step| tx.enqueue(step));
    app.app.db.tx(write).await.expect("jobs in the queue");
}

/// The queue.
pub async fn queue(app: &TestApp) -> Vec<job::Model> {
    app.rows::<job::Entity>().await
}

/// The only job in the queue.
pub async fn only(app: &TestApp) -> job::Model {
    let mut jobs = queue(app).await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    jobs.remove(0)
}
