//! The worker: claims due jobs, runs several at a time, keeps their leases, and stops without losing any.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use entity::jobs::job::Model;
use futures_util::FutureExt;
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{Failure, Registry, queue, schedule::Schedule};
use crate::{
    error::{Error, Result},
    infra::{
        cache::Cache,
        config::Jobs,
        db::{Db, JOBS},
        telemetry::Request,
    },
};

/// How long running jobs may go on after the order to stop; what is left then runs again when its lease ends.
const GRACE: Duration = Duration::from_secs(20);

/// Runs jobs of one node, on one thread. Cheap to clone.
#[derive(Clone)]
pub struct Worker {
    db: Db,
    cache: Cache,
    registry: Registry,
    schedule: Schedule,
    settings: Jobs,
}

impl Worker {
    /// A worker that runs the kinds of `registry` and enqueues what `schedule` says.
    pub fn new(db: Db, cache: Cache, registry: Registry, schedule: Schedule, settings: Jobs) -> Self {
        Self { db, cache, registry, schedule, settings }
    }

    /// Works until `stop`, then waits for running jobs. Needs a local task set, which actix's runtime is.
    pub async fn run(&self, stop: CancellationToken) {
        let slots = Arc::new(Semaphore::new(self.settings.workers));
        let mut wakeups = self.cache.wakeups(JOBS);
        let mut running = JoinSet::new();
        while !stop.is_cancelled() {
            let claimed = match self.start_due(&slots, &mut running).await {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::warn!(?error, "cannot look for jobs; trying again soon");
                    0
                }
            };
            while running.try_join_next().is_some() {}
            if claimed > 0 && slots.available_permits() > 0 {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = wakeups.next(), if slots.available_permits() > 0 => {}
                _ = running.join_next(), if slots.available_permits() == 0 => {}
                () = tokio::time::sleep(self.settings.poll) => {}
            }
        }
        if tokio::time::timeout(GRACE, running.join_all()).await.is_err() {
            tracing::warn!("stopped while jobs were running; they run again when their leases end");
        }
    }

    /// Runs everything that is due, one after the other, until nothing is; returns how many runs there were.
    /// For tests and for the command line.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_due(&self) -> Result<usize> {
        let mut runs = 0;
        loop {
            self.schedule.tick(&self.db).await?;
            let jobs = queue::claim(&self.db, 1, self.settings.lease).await?;
            if jobs.is_empty() {
                return Ok(runs);
            }
            for job in jobs {
                self.attempt(job).await;
                runs += 1;
            }
        }
    }

    async fn start_due(&self, slots: &Arc<Semaphore>, running: &mut JoinSet<()>) -> Result<usize> {
        self.schedule.tick(&self.db).await?;
        let free = slots.available_permits();
        if free == 0 {
            return Ok(0);
        }
        let jobs = queue::claim(&self.db, free, self.settings.lease).await?;
        let claimed = jobs.len();
        for job in jobs {
            let permit = Arc::clone(slots).acquire_owned().await.map_err(Error::internal)?;
            let worker = self.clone();
            running.spawn_local(async move {
                let ordered = job.order_key.is_some();
                worker.attempt(job).await;
                drop(permit);
                // The next job of the same key can only be claimed now.
                if ordered {
                    worker.cache.wake(JOBS);
                }
            });
        }
        Ok(claimed)
    }

    async fn attempt(&self, mut job: Model) {
        let span = tracing::info_span!(
            "job",
            job.id = %job.id, job.kind = job.kind, job.attempt = job.attempts, request.id = job.cause
        );
        let cause = Request { id: job.cause.clone().unwrap_or_default(), english: false };
        let caused = job.cause.is_some();
        let work = async {
            let started = Instant::now();
            let outcome = self.run_keeping_lease(&mut job).await;
            let label = match &outcome {
                Ok(()) => "done",
                Err(Failure::Retry(_)) => "failed",
                Err(Failure::Defer { .. }) => "deferred",
                Err(Failure::Park(_)) => "parked",
            };
            metrics::counter!("jobs_total", "kind" => job.kind.clone(), "outcome" => label).increment(1);
            metrics::histogram!("job_seconds", "kind" => job.kind.clone()).record(started.elapsed());
            if let Err(error) = self.settle(&job, outcome).await {
                tracing::warn!(?error, "cannot record the outcome; the job runs again when its lease ends");
            }
        };
        if caused { cause.scope(work).instrument(span).await } else { work.instrument(span).await }
    }

    /// Runs the job, prolonging its lease as long as it works. A panic is a failure like any other.
    async fn run_keeping_lease(&self, job: &mut Model) -> Result<(), Failure> {
        let run = self.registry.run(&job.kind, job.payload.clone());
        let run = AssertUnwindSafe(run).catch_unwind();
        tokio::pin!(run);
        loop {
            tokio::select! {
                outcome = &mut run => {
                    return outcome.unwrap_or_else(|_panic| Err(Error::internal("the job panicked").into()));
                }
                () = tokio::time::sleep(self.settings.lease / 3) => {
                    match queue::prolong(&self.db, job, self.settings.lease).await {
                        Ok(Some(until)) => job.due_at = until,
                        Ok(None) => return Err(Error::internal("the lease was lost").into()),
                        Err(error) => tracing::warn!(?error, "cannot prolong the lease"),
                    }
                }
            }
        }
    }

    async fn settle(&self, job: &Model, outcome: Result<(), Failure>) -> Result<()> {
        let kept = match outcome {
            Ok(()) => queue::finish(&self.db, job).await?,
            Err(Failure::Defer { until, why }) => {
                tracing::info!(why = %why, until = %until, "deferred");
                queue::delay(&self.db, job, until, job.attempts - 1, &why.to_string()).await?
            }
            Err(Failure::Park(error)) => {
                tracing::error!(?error, "parked: trying again cannot help");
                self.registry.given_up(&job.kind, job.payload.clone(), &error).await;
                queue::park(&self.db, job, &format!("{error:?}")).await?
            }
            Err(Failure::Retry(error)) => {
                let plan = self.registry.retry(&job.kind);
                if job.attempts >= plan.attempts {
                    tracing::error!(?error, "parked after the last attempt");
                    self.registry.given_up(&job.kind, job.payload.clone(), &error).await;
                    queue::park(&self.db, job, &format!("{error:?}")).await?
                } else {
                    tracing::warn!(?error, "failed; will be tried again");
                    let delay = plan.delay(job.attempts, self.db.random());
                    let due_at = self.db.now() + TimeDelta::from_std(delay).unwrap_or(TimeDelta::MAX);
                    queue::delay(&self.db, job, due_at, job.attempts, &format!("{error:?}")).await?
                }
            }
        };
        if !kept {
            tracing::warn!("the lease had been lost: another worker has the job");
        }
        Ok(())
    }
}
