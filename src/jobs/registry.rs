//! Which kinds of jobs this program can run. `app` fills it.

use std::{collections::HashMap, rc::Rc};

use futures_util::future::{self, FutureExt, LocalBoxFuture};

use super::{Failure, Job, RetryPlan};
use crate::error::Error;

type Run = Box<dyn Fn(serde_json::Value) -> LocalBoxFuture<'static, Result<(), Failure>>>;

struct Kind {
    run: Run,
    retry: RetryPlan,
}

/// The kinds of jobs by name. Cheap to clone once filled; stays on the thread of its worker.
#[derive(Clone, Default)]
pub struct Registry(Rc<HashMap<&'static str, Kind>>);

impl Registry {
    /// Adds a kind with what it needs to run. Called while the table is filled, before it is shared.
    #[must_use]
    pub fn register<J: Job>(mut self, context: J::Context) -> Self {
        let run: Run = Box::new(move |payload| {
            let context = context.clone();
            async move {
                let job: J = serde_json::from_value(payload).map_err(|error| Failure::Park(Error::internal(error)))?;
                job.run(context).await
            }
            .boxed_local()
        });
        if let Some(kinds) = Rc::get_mut(&mut self.0) {
            kinds.insert(J::KIND, Kind { run, retry: J::RETRY });
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
}
