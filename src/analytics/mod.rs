//! What the whole comes to: what waits for staff, and how much happened on which day.
//!
//! Words: a *need* is a kind of things that wait for staff; a *figure* counts what happened, by days of Shanghai.
//!
//! Invariants: it reads and never writes; every domain counts its own tables, by an index; nobody is told a number about what
//! they may not see.

pub mod figures;
pub mod http;
pub mod needs;
