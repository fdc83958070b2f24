//! Background work: rows in the same database, enqueued in the caller's transaction, so that a job exists exactly when
//! the change that asks for it does.
//!
//! A job is claimed by moving its `due_at` into the future (the lease) and counting its attempt; both together are the
//! fencing token, so a worker that lost its lease can neither finish nor delay the job that another one now runs.
//! A job may run more than once and must have its effect once. After the last attempt it is parked, for staff to see.

pub mod facts;
mod job;
mod queue;
mod registry;
pub mod schedule;
mod worker;

/// A row of the queue.
pub use entity::jobs::job::Model as Row;

pub use self::{
    job::{Failure, Job, RetryPlan},
    queue::{Counts, count_parked, counts, forget, parked, run_again},
    registry::Registry,
    worker::Worker,
};
