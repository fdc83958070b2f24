//! The worker: claims due jobs, runs several at a time, keeps their leases, and stops without losing any.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use entity::jobs::job::Model;
use futures_util::{FutureExt, future::join_all};
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{Failure, Registry, queue, schedule::Schedule};
use crate::{
    error::{Error, Result},
    infra::{
        cache::Cache,
        clock::Time,
        config::Jobs,
        db::{Db, JOBS},
        telemetry::Request,
    },
};

/// How long it is not looked again after a look that found nothing: many small wishes in a row are one.
const PAUSE: Duration = Duration::from_millis(5);
/// How long nothing else may have come before those jobs run that let others go first.
const LULL: Duration = Duration::from_millis(100);
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
        let mut wakeups = self.cache.wakeups(JOBS);
        let (mut running, mut done, mut tick) = (JoinSet::new(), Vec::new(), None);
        let mut groups: Vec<(String, AbortHandle)> = Vec::new();
        let mut hurried: Option<Instant> = None;
        while !stop.is_cancelled() {
            while let Some(ended) = running.try_join_next() {
                done.extend(ended.into_iter().flatten());
            }
            let free = self.settings.workers.saturating_sub(running.len());
            if free > 0
                && let Err(error) = self.tick(&mut tick).await
            {
                tracing::warn!(?error, "cannot look at the schedule; trying again soon");
            }
            groups.retain(|(_, group)| !group.is_finished());
            let busy: Vec<String> = groups.iter().map(|(kind, _)| kind.clone()).collect();
            let mut idle = false;
            let lull = hurried.is_none_or(|last| last.elapsed() >= LULL);
            match self.turn(&mut done, free, &busy, lull).await {
                Ok(jobs) => {
                    idle = jobs.is_empty();
                    if jobs.iter().any(|job| self.registry.patience(&job.kind).is_zero()) {
                        hurried = Some(Instant::now());
                    }
                    for group in self.grouped(jobs) {
                        let worker = self.clone();
                        let kind = group.first().map(|job| job.kind.clone()).unwrap_or_default();
                        let task = running.spawn_local(async move { worker.attempt_all(group).await });
                        if self.registry.together(&kind) > 1 {
                            groups.push((kind, task));
                        }
                    }
                }
                Err(error) => tracing::warn!(?error, "cannot look for jobs; trying again soon"),
            }
            let again = async {
                if idle {
                    tokio::time::sleep(PAUSE).await;
                }
                wakeups.next().await;
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = again, if running.len() < self.settings.workers => {}
                Some(ended) = running.join_next() => done.extend(ended.into_iter().flatten()),
                () = tokio::time::sleep(if lull { self.settings.poll } else { LULL }) => {}
            }
        }
        let rest = async {
            while let Some(ended) = running.join_next().await {
                done.extend(ended.into_iter().flatten());
            }
        };
        if tokio::time::timeout(GRACE, rest).await.is_err() {
            tracing::warn!("stopped while jobs were running; they run again when their leases end");
        }
        if let Err(error) = self.turn(&mut done, 0, &[], false).await {
            tracing::warn!(?error, "cannot record what is done; it runs again when its leases end");
        }
    }

    /// Runs everything that is due, one after the other, until nothing is; returns how many runs there were.
    /// For tests and for the command line.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_due(&self) -> Result<usize> {
        self.run_due_at_once(1).await
    }

    /// The same, with so many jobs at once: who wants to be done soon asks for more than one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_due_at_once(&self, places: usize) -> Result<usize> {
        let (mut runs, mut done, mut tick) = (0, Vec::new(), None);
        loop {
            self.tick(&mut tick).await?;
            let jobs = self.turn(&mut done, places, &[], true).await?;
            if jobs.is_empty() {
                return Ok(runs);
            }
            runs += jobs.len();
            let groups = self.grouped(jobs).into_iter().map(|group| self.attempt_all(group));
            done.extend(join_all(groups).await.into_iter().flatten());
        }
    }

    /// Enqueues what the schedule says, when its next line is due or nobody has looked yet.
    async fn tick(&self, next: &mut Option<Time>) -> Result<()> {
        if next.is_none_or(|next| next <= self.db.now()) {
            *next = Some(self.schedule.tick(&self.db).await?);
        }
        Ok(())
    }

    /// Records the jobs that are done, and takes as many due ones as there are free places. In a lull, where nothing else is
    /// due, also those that let others go first.
    async fn turn(&self, done: &mut Vec<Model>, free: usize, busy: &[String], lull: bool) -> Result<Vec<Model>> {
        if free == 0 && done.is_empty() {
            return Ok(Vec::new());
        }
        let patient: Vec<_> = self.registry.patient().collect();
        let kinds = queue::Kinds { patient: &patient, lull, busy, together: |kind: &str| self.registry.together(kind) };
        let turn = queue::turn(&self.db, done, free, self.settings.lease, kinds).await?;
        if turn.lost > 0 {
            tracing::warn!(jobs = turn.lost, "leases had been lost: other workers have the jobs");
        }
        // The next job of a key can only be claimed now, and here is no place for it, perhaps.
        if turn.claimed.len() >= free && done.iter().any(|job| job.order_key.is_some()) {
            self.cache.wake(JOBS);
        }
        done.clear();
        Ok(turn.claimed)
    }

    /// Jobs of a kind that is done together, in groups; every other job alone.
    fn grouped(&self, jobs: Vec<Model>) -> Vec<Vec<Model>> {
        let mut groups: Vec<Vec<Model>> = Vec::new();
        for job in jobs {
            let most = self.registry.together(&job.kind);
            let fits = |group: &&mut Vec<Model>| group.len() < most && group.iter().all(|other| other.kind == job.kind);
            match groups.iter_mut().find(fits) {
                Some(group) => group.push(job),
                None => groups.push(vec![job]),
            }
        }
        groups
    }

    /// Runs jobs of one kind; gives those back that are done. Several are done at once, and each alone when that fails: one
    /// that cannot be done holds up no other.
    async fn attempt_all(&self, jobs: Vec<Model>) -> Vec<Model> {
        if jobs.len() > 1 && self.together(&jobs).await {
            return jobs;
        }
        let mut done = Vec::with_capacity(jobs.len());
        for job in jobs {
            done.extend(self.attempt(job).await);
        }
        done
    }

    /// Does the work of several jobs of one kind at once; gives whether all of it is done. It may not take so long that
    /// there is no time left to do it one by one.
    async fn together(&self, jobs: &[Model]) -> bool {
        let Some(kind) = jobs.first().map(|job| job.kind.clone()) else { return true };
        let started = Instant::now();
        let payloads = jobs.iter().map(|job| job.payload.clone()).collect();
        let run = AssertUnwindSafe(self.registry.run_together(&kind, payloads)).catch_unwind();
        let run = run.instrument(tracing::info_span!("jobs", job.kind = kind, jobs = jobs.len()));
        match tokio::time::timeout(self.settings.lease / 3, run).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(failure))) => {
                tracing::info!(kind, ?failure, "many jobs at once failed; each is run alone");
                return false;
            }
            Ok(Err(_)) | Err(_) => {
                tracing::warn!(kind, "many jobs at once panicked or took too long; each is run alone");
                return false;
            }
        }
        let count = u64::try_from(jobs.len()).unwrap_or(u64::MAX);
        metrics::counter!("jobs_total", "kind" => kind.clone(), "outcome" => "done").increment(count);
        let seconds = metrics::histogram!("job_seconds", "kind" => kind);
        jobs.iter().for_each(|_| seconds.record(started.elapsed()));
        true
    }

    /// Runs a job; gives it back when it is done and only has to be removed.
    async fn attempt(&self, mut job: Model) -> Option<Model> {
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
            let Err(failure) = outcome else { return Some(job) };
            if let Err(error) = self.settle(&job, failure).await {
                tracing::warn!(?error, "cannot record the outcome; the job runs again when its lease ends");
            }
            None
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

    async fn settle(&self, job: &Model, failure: Failure) -> Result<()> {
        let kept = match failure {
            Failure::Defer { until, why } => {
                tracing::info!(why = %why, until = %until, "deferred");
                queue::delay(&self.db, job, until, job.attempts - 1, &why.to_string()).await?
            }
            Failure::Park(error) => {
                tracing::error!(?error, "parked: trying again cannot help");
                self.registry.given_up(&job.kind, job.payload.clone(), &error).await;
                queue::park(&self.db, job, &format!("{error:?}")).await?
            }
            Failure::Retry(error) => {
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
