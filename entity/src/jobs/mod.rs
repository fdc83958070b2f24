//! Background work: the queue, the recorded facts, and when scheduled work is next due.

pub mod event;
pub mod job;
pub mod schedule;
