//! Reconciliation (对账): every day of every merchant is held against WeChat's own bill, both ways and to the fen.
//!
//! Words: a *bill* is WeChat's fund-flow bill of a day, a *line* one movement in it. A *case* is a difference that names
//! its fen: what our books say, and what the bill says. The *proof* says in one answer whether budgets, payouts, bills
//! and points agree, or which fen do not.
//!
//! Invariants: nothing of a bill counts before all of it was read and its hash and totals are right. Days are taken in
//! order, none is left out. A movement belongs to a payout by its number, on whatever day it was booked; a payout is held
//! to account once it is at its end. What our books say less what the bill says is, of every day, the sum of its cases.
//! Looking again finds the same cases, and closes those that are no more. As long as a case is open, the merchant pays
//! nothing; only staff let it pay again.

pub mod bills;
mod books;
mod cases;
mod day;
pub mod export;
mod horizon;
pub mod http;
mod lines;
mod matching;
pub mod proof;
mod rules;
mod run;
mod spool;
mod store;

pub use self::{
    cases::open,
    run::{Reconcile, ReconcileAll, ReconcileContext},
    store::different,
};
