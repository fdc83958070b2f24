//! The unit of work: an open transaction, one fixed `now`, and what commits with it.

use std::{
    any::TypeId,
    sync::{Mutex, PoisonError},
};

use entity::types::Id;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use super::{
    Db, JOBS, outage,
    outbox::{self, Event, IntoJob, Outbox},
    retry::{self, Race},
};
use crate::{
    error::{Error, Result},
    infra::{
        clock::Time,
        news::{self, News},
        random::Random,
    },
};

/// An open transaction with one `now`. Whoever changes data gets one, so times agree and follow-up work commits with
/// the change. WeChat is never called while one is open.
pub struct Tx {
    transaction: DatabaseTransaction,
    now: Time,
    db: Db,
    outbox: Mutex<Outbox>,
}

impl Db {
    /// Runs `work` in a transaction and commits when it returns `Ok`. A unit that lost a race is run again from the
    /// start, so `work` must do nothing but talk to the database.
    ///
    /// The future stays on its thread: handlers and jobs all run on local executors.
    ///
    /// # Errors
    /// What `work` returns, or the database's failure.
    pub async fn tx<T>(&self, work: impl AsyncFn(&Tx) -> Result<T>) -> Result<T> {
        self.unit(None, work).await
    }

    /// Runs `work` like [`Db::tx`], and every question in it is answered as of one moment, however many commit meanwhile.
    /// For what compares the answers of several questions; on PostgreSQL each would be of a moment of its own.
    ///
    /// # Errors
    /// What `work` returns, or the database's failure.
    pub async fn snapshot<T>(&self, work: impl AsyncFn(&Tx) -> Result<T>) -> Result<T> {
        // A transaction of SQLite sees one moment anyway.
        let postgres = self.backend() == DbBackend::Postgres;
        self.unit(postgres.then_some(IsolationLevel::RepeatableRead), work).await
    }

    async fn unit<T>(&self, isolation: Option<IsolationLevel>, work: impl AsyncFn(&Tx) -> Result<T>) -> Result<T> {
        let mut attempt = 1;
        loop {
            let outcome = self.attempt(isolation, &work).await;
            let Some(race) = outcome.as_ref().err().filter(|_| attempt < retry::TRIES).and_then(Race::of) else {
                return outcome;
            };
            metrics::counter!("db_retries_total").increment(1);
            tokio::time::sleep(race.pause(attempt, &self.0.random)).await;
            attempt += 1;
        }
    }

    async fn attempt<T>(&self, isolation: Option<IsolationLevel>, work: &impl AsyncFn(&Tx) -> Result<T>) -> Result<T> {
        let _turn = match &self.0.writer {
            Some(queue) => Some(queue.acquire().await.map_err(Error::internal)?),
            None => None,
        };
        let tx = Tx {
            transaction: self.begin(isolation).await?,
            now: self.0.clock.now(),
            db: self.clone(),
            outbox: Mutex::default(),
        };
        let result = work(&tx).await?;
        tx.commit().await?;
        Ok(result)
    }

    /// Opens a transaction. After a database was away for a moment the pool is full of dead connections; each is given
    /// up by its first use, and the next one is tried.
    async fn begin(&self, isolation: Option<IsolationLevel>) -> Result<DatabaseTransaction> {
        let mut tries = 1;
        loop {
            match self.open(isolation).await {
                Err(error) if tries < retry::TRIES && outage::was_dead(&error) => tries += 1,
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Whoever asks may be given up while PostgreSQL opens it, such as a request that takes too long. The driver would hand
    /// the connection to the next one with the transaction still open, so a task waits for it that nobody gives up.
    async fn open(&self, isolation_level: Option<IsolationLevel>) -> std::result::Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            isolation_level,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let connection = self.0.connection.clone();
        if self.backend() != DbBackend::Postgres {
            return connection.begin_with_options(options).await;
        }
        let opened = tokio::spawn(async move { connection.begin_with_options(options).await });
        opened.await.map_err(|error| DbErr::Custom(error.to_string()))?
    }
}

impl Tx {
    /// The open transaction, for queries.
    pub fn db(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// Lets the commit return before the disk has it, which is many times sooner on PostgreSQL: when the server loses its
    /// power just then, this unit of work is undone. Never one that began after it and is kept, for the log is written in
    /// order. Only for what is found out or done again without harm.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn relax(&self) -> Result<()> {
        if self.backend() == DbBackend::Postgres {
            self.db().execute_unprepared("SET LOCAL synchronous_commit TO OFF").await?;
        }
        Ok(())
    }

    /// The moment of this unit of work.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The source of randomness.
    pub fn random(&self) -> &Random {
        &self.db.0.random
    }

    /// Which engine it is; only `store.rs` files ask.
    pub fn backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    /// The table that [`Db::handing`] gave, for the domain that knows its type.
    ///
    /// # Errors
    /// When none of this type was handed down, which is a mistake of whoever joined the parts.
    pub fn handed<T: 'static>(&self) -> Result<&T> {
        let missing = || Error::internal(format!("no {} was handed down", std::any::type_name::<T>()));
        self.db.0.handed.get(&TypeId::of::<T>()).and_then(|table| table.downcast_ref()).ok_or_else(missing)
    }

    /// A fresh id.
    pub fn id<T: Id>(&self) -> T {
        self.random().id(self.now)
    }

    /// Records a fact, and enqueues the jobs that the table of reactions names for it.
    ///
    /// # Errors
    /// When the fact or a job cannot be written as JSON.
    pub fn emit<E: Event>(&self, event: &E) -> Result<()> {
        let jobs = self.db.0.reactions.jobs_for(event)?;
        self.outbox().event(self, event)?;
        jobs.into_iter().for_each(|job| self.outbox().job(self, job));
        Ok(())
    }

    /// Whether a fact of this kind about `subject` was recorded before this unit of work.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_happened<E: Event>(&self, subject: &str) -> Result<bool> {
        outbox::recorded(self.db(), E::KIND, subject).await
    }

    /// Blanks the facts about `subject`, who wants to be forgotten: what happened stays countable. Gives how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_subject(&self, subject: &str) -> Result<u64> {
        outbox::forget(self.db(), subject).await
    }

    /// Enqueues a job that becomes visible when this unit of work commits.
    ///
    /// # Errors
    /// When the job cannot be written as JSON.
    pub fn enqueue(&self, job: impl IntoJob) -> Result<()> {
        let job = job.into_job()?;
        self.outbox().job(self, job);
        Ok(())
    }

    /// Tells open pages that something has changed, once this unit of work has committed.
    pub fn tell(&self, news: News) {
        self.outbox().news.insert(news);
    }

    fn outbox(&self) -> std::sync::MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn commit(self) -> Result<()> {
        let mut outbox = std::mem::take(&mut *self.outbox());
        let (due, news) = (outbox.due, std::mem::take(&mut outbox.news));
        outbox.write(&self).await?;
        self.transaction.commit().await?;
        if due {
            self.db.0.cache.wake(JOBS);
        }
        news::tell(&self.db.0.cache, &news);
        Ok(())
    }
}
