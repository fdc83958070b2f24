//! Which kinds of jobs this program can run. `app` fills it.

use std::{collections::HashMap, rc::Rc, time::Duration};

use futures_util::future::{self, FutureExt, LocalBoxFuture};

use super::{Failure, Job, RetryPlan};
use crate::error::Error;

type Run = Box<dyn Fn(serde_json::Value) -> LocalBoxFuture<'static, Result<(), Failure>>>;
type RunTogether = Box<dyn Fn(Vec<serde_json::Value>) -> LocalBoxFuture<'static, Result<(), Failure>>>;
type GivenUp = Box<dyn for<'a> Fn(serde_json::Value, &'a Error) -> LocalBoxFuture<'a, Result<(), Error>>>;

struct Kind {
    run: Run,
    together: usize,
    patience: Duration,
    run_together: RunTogether,
    given_up: GivenUp,
    retry: RetryPlan,
}

/// The kinds of jobs by name. Cheap to clone once filled; stays on the thread of its worker.
#[derive(Clone, Default)]
pub struct Registry(Rc<HashMap<&'static str, Kind>>);

impl Registry {
    /// Adds a kind with what it needs to run. Called while the table is filled, before it is shared.
    #[must_use]
    pub fn register<J: Job>(mut self, context: J::Context) -> Self {
        let of_run = context.clone();
        let run: Run = Box::new(move |payload| {
            let context = of_run.clone();
            async move {
                let job: J = serde_json::from_value(payload).map_err(|error| Failure::Park(Error::internal(error)))?;
                job.run(context).await
            }
            .boxed_local()
        });
        let of_many = context.clone();
        let run_together: RunTogether = Box::new(move |payloads| {
            let context = of_many.clone();
            async move {
                let jobs = payloads.into_iter().map(serde_json::from_value::<J>).collect::<Result<_, _>>();
                J::run_together(jobs.map_err(Error::internal)?, context).await
            }
            .boxed_local()
        });
        let given_up: GivenUp = Box::new(move |payload, why| {
            let context = context.clone();
            async move { serde_json::from_value::<J>(payload)?.given_up(context, why).await }.boxed_local()
        });
        if let Some(kinds) = Rc::get_mut(&mut self.0) {
            kinds.insert(
                J::KIND,
                Kind { run, together: J::TOGETHER, patience: J::PATIENCE, run_together, given_up, retry: J::RETRY },
            );
        }
        self
    }

    /// The names of all kinds.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }

    pub(super) fn retry(&self, kind: &str) -> RetryPlan {
        self.0.get(kind).map_or(RetryPlan::DEFAULT, |kind| kind.retry)
    }

    /// How many jobs of this kind are done at once.
    pub(super) fn together(&self, kind: &str) -> usize {
        self.0.get(kind).map_or(1, |kind| kind.together)
    }

    /// For how long a kind lets others go first.
    pub(super) fn patience(&self, kind: &str) -> Duration {
        self.0.get(kind).map_or(Duration::ZERO, |kind| kind.patience)
    }

    /// The kinds that let others go first, and for how long.
    pub(super) fn patient(&self) -> impl Iterator<Item = (&'static str, Duration)> {
        self.0.iter().filter(|(_, kind)| !kind.patience.is_zero()).map(|(name, kind)| (*name, kind.patience))
    }

    /// The run of several jobs of this kind at once.
    pub(super) async fn run_together(&self, kind: &str, payloads: Vec<serde_json::Value>) -> Result<(), Failure> {
        match self.0.get(kind) {
            Some(kind) => (kind.run_together)(payloads).await,
            None => Err(Failure::Retry(Error::internal(format!("no job is called {kind}")))),
        }
    }

    /// The run of a job of this kind, ready to be awaited.
    pub(super) fn run(&self, kind: &str, payload: serde_json::Value) -> LocalBoxFuture<'static, Result<(), Failure>> {
        match self.0.get(kind) {
            Some(kind) => (kind.run)(payload),
            // Another node, of a newer version, may know it.
            None => {
                let why = Error::internal(format!("no job is called {kind}"));
                future::ready(Err(Failure::Retry(why))).boxed_local()
            }
        }
    }

    /// Tells a job that it is about to be parked.
    pub(super) async fn given_up(&self, kind: &str, payload: serde_json::Value, why: &Error) {
        let Some(kind) = self.0.get(kind) else { return };
        if let Err(error) = (kind.given_up)(payload, why).await {
            tracing::error!(?error, "a parked job could not note that it is given up");
        }
    }
}
