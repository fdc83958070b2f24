//! The database: SQLite embedded by default, PostgreSQL in production, one code path for both.
//!
//! All writes go through [`Db::tx`]. Reads that need no transaction may use [`Db::read`].

mod among;
mod connect;
mod count;
mod insert;
mod outage;
mod outbox;
mod retry;
mod schema;
mod tx;

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::Arc,
};

use sea_orm::{DatabaseConnection, DbBackend};
use tokio::sync::Semaphore;

pub use self::{
    among::{among, any_of},
    count::count_up_to,
    outbox::{Event, IntoJob, NewJob, Reactions, When},
    tx::Tx,
};
use super::{
    cache::Cache,
    clock::{Clock, Time},
    random::Random,
};

/// The topic under which waiting workers hear of new jobs.
pub const JOBS: &str = "jobs";

/// The database with everything a unit of work needs. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    connection: DatabaseConnection,
    /// SQLite has one writer: a fair queue in this process is calmer than its busy loop.
    writer: Option<Arc<Semaphore>>,
    clock: Clock,
    random: Random,
    cache: Cache,
    reactions: Reactions,
    /// What is handed down, by its type.
    handed: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

impl Db {
    /// Joins a connection with the seams that units of work use.
    pub fn new(
        connection: DatabaseConnection,
        clock: Clock,
        random: Random,
        cache: Cache,
        reactions: Reactions,
    ) -> Self {
        let writer = (connection.get_database_backend() == DbBackend::Sqlite).then(|| Arc::new(Semaphore::new(1)));
        Self(Arc::new(Inner { connection, writer, clock, random, cache, reactions, handed: HashMap::new() }))
    }

    /// The same database, whose units of work hand down `table` as well: one of the tables at the root of `src`, or
    /// settings, of a type that the domain knows which asks for it by [`Tx::handed`].
    #[must_use]
    pub fn handing<T: Any + Send + Sync>(&self, table: T) -> Self {
        let mut inner = Inner::clone(&self.0);
        inner.handed.insert(TypeId::of::<T>(), Arc::new(table));
        Self(Arc::new(inner))
    }

    /// The connection pool, for reads outside a transaction.
    pub fn read(&self) -> &DatabaseConnection {
        &self.0.connection
    }

    /// Now, by the clock of this database's units of work.
    pub fn now(&self) -> Time {
        self.0.clock.now()
    }

    /// The clock of this database's units of work.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The source of ids and jitter.
    pub fn random(&self) -> &Random {
        &self.0.random
    }

    /// Which engine it is; only `store.rs` files ask.
    pub fn backend(&self) -> DbBackend {
        self.0.connection.get_database_backend()
    }
}

pub use self::{connect::connect, schema::update_schema};
