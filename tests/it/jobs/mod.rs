//! Background work: order, repetition, leases, shutdown. The jobs here do what a test tells them to.

mod lease;
mod order;
mod patience;
mod plan;
mod retry;
mod schedule;
mod shutdown;
mod step;
mod together;
