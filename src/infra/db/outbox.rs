//! What commits together with a change: the facts it reports and the jobs that follow.
//!
//! The table of reactions turns an event into jobs in the same transaction, so nothing is published after a commit
//! and nothing is lost between a change and what follows from it.

use std::{
    any::Any,
    collections::{BTreeSet, HashMap},
    fmt,
    sync::Arc,
};

use entity::{jobs, types::EventId};
use futures_util::future::LocalBoxFuture;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use serde::Serialize;

use super::Tx;
use crate::{
    error::Result,
    infra::{
        clock::{Time, biz_day},
        news::News,
        telemetry::Request,
    },
};

/// A business fact: something that has happened. Its fields are the stored payload.
pub trait Event: Serialize + Send + Sync + 'static {
    /// Its stable name, `domain.fact`, such as `follower.followed`.
    const KIND: &'static str;

    /// Whom or what it is about, for looking facts up.
    fn subject(&self) -> Option<String> {
        None
    }
}

type Ask = dyn for<'a> Fn(&'a Tx) -> LocalBoxFuture<'a, Result<bool>> + Send + Sync;

/// Whether a job is wanted after all; asked when the unit of work commits, so that it sees all that has changed.
#[derive(Clone)]
pub struct When(Arc<Ask>);

impl When {
    /// The condition that this function asks.
    pub fn new(ask: impl for<'a> Fn(&'a Tx) -> LocalBoxFuture<'a, Result<bool>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }
}

impl fmt::Debug for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("When")
    }
}

/// A job to be written to the queue.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// The stable name of the kind of job.
    pub kind: &'static str,
    /// The job itself.
    pub payload: serde_json::Value,
    /// Jobs with the same key run one after the other, in the order they were written.
    pub order_key: Option<String>,
    /// While a job with this key is waiting or running, another one is not added.
    pub unique_key: Option<String>,
    /// The earliest moment to run; `None` = at once.
    pub due_at: Option<Time>,
    /// It is written only when this holds.
    pub when: Option<When>,
}

/// What can be written to the queue: every job, and a job that is already written as one.
pub trait IntoJob {
    /// The row to write.
    ///
    /// # Errors
    /// When the job cannot be written as JSON.
    fn into_job(self) -> Result<NewJob>;
}

impl IntoJob for NewJob {
    fn into_job(self) -> Result<NewJob> {
        Ok(self)
    }
}

type MakeJob = Box<dyn Fn(&dyn Any) -> Result<NewJob> + Send + Sync>;

/// Which jobs follow which event. Cheap to clone.
#[derive(Clone, Default)]
pub struct Reactions(Arc<HashMap<&'static str, Vec<MakeJob>>>);

impl Reactions {
    /// Adds a reaction: when `E` is emitted, the job that `make` returns is enqueued.
    ///
    /// Called while the table is built, before it is shared.
    #[must_use]
    pub fn on<E: Event, J: IntoJob>(mut self, make: impl Fn(&E) -> J + Send + Sync + 'static) -> Self {
        let make: MakeJob = Box::new(move |event| match event.downcast_ref::<E>() {
            Some(event) => make(event).into_job(),
            None => Err(crate::error::Error::internal(format!("two events are called {}", E::KIND))),
        });
        if let Some(table) = Arc::get_mut(&mut self.0) {
            table.entry(E::KIND).or_default().push(make);
        }
        self
    }

    pub(super) fn jobs_for<E: Event>(&self, event: &E) -> Result<Vec<NewJob>> {
        self.0.get(E::KIND).map_or_else(|| Ok(Vec::new()), |makers| makers.iter().map(|make| make(event)).collect())
    }
}

/// Facts and jobs of one unit of work, written in one statement each when it commits.
#[derive(Default)]
pub(super) struct Outbox {
    events: Vec<jobs::event::ActiveModel>,
    jobs: Vec<(jobs::job::ActiveModel, Option<When>)>,
    /// Whether a job is due at once, so that workers should be woken.
    pub(super) due: bool,
    /// What pages should hear of once it has committed.
    pub(super) news: BTreeSet<News>,
}

impl Outbox {
    pub(super) fn event<E: Event>(&mut self, tx: &Tx, event: &E) -> Result<()> {
        self.events.push(jobs::event::ActiveModel {
            id: Set(tx.id::<EventId>()),
            kind: Set(E::KIND.to_owned()),
            subject: Set(event.subject()),
            payload: Set(serde_json::to_value(event)?),
            occurred_at: Set(tx.now()),
            biz_day: Set(biz_day(tx.now())),
        });
        Ok(())
    }

    pub(super) fn job(&mut self, tx: &Tx, job: NewJob) {
        let due_at = job.due_at.unwrap_or(tx.now());
        self.due |= due_at <= tx.now();
        let row = jobs::job::ActiveModel {
            id: Set(tx.id()),
            kind: Set(job.kind.to_owned()),
            payload: Set(job.payload),
            state: Set(jobs::job::State::Live),
            due_at: Set(due_at),
            attempts: Set(0),
            order_key: Set(job.order_key),
            unique_key: Set(job.unique_key),
            created_at: Set(tx.now()),
            cause: Set(Request::current().map(|request| request.id)),
            error: Set(None),
        };
        self.jobs.push((row, job.when));
    }

    pub(super) async fn write(self, tx: &Tx) -> Result<()> {
        if !self.events.is_empty() {
            tx.db().execute(&tx.insert(self.events)?).await?;
        }
        let mut wanted = Vec::with_capacity(self.jobs.len());
        for (job, when) in self.jobs {
            let holds = match when {
                Some(When(ask)) => ask(tx).await?,
                None => true,
            };
            wanted.extend(holds.then_some(job));
        }
        if !wanted.is_empty() {
            let unless_waiting = OnConflict::column(jobs::job::Column::UniqueKey).do_nothing().to_owned();
            tx.db().execute(tx.insert(wanted)?.on_conflict(unless_waiting)).await?;
        }
        Ok(())
    }
}

pub(super) async fn recorded(db: &impl ConnectionTrait, kind: &str, subject: &str) -> Result<bool> {
    use jobs::event::{Column, Entity};
    let same = Entity::find().filter(Column::Subject.eq(subject)).filter(Column::Kind.eq(kind));
    Ok(same.one(db).await?.is_some())
}

pub(super) async fn forget(db: &impl ConnectionTrait, subject: &str) -> Result<u64> {
    use jobs::event::{Column, Entity};
    let blanked = Entity::update_many()
        .col_expr(Column::Subject, Expr::value(Option::<String>::None))
        .col_expr(Column::Payload, Expr::value(serde_json::json!({})))
        .filter(Column::Subject.eq(subject));
    Ok(blanked.exec(db).await?.rows_affected)
}
