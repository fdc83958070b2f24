//! Points: a ledger that adds up, in which nothing is ever negative (R80-R83, R86, R88).
//!
//! Words: an *entry* (积分明细) is one thing that happened to a member's points; entries are only ever added, and each has
//! a key that says what it follows from, so that asking twice is asking once. A *lot* (积分批次) is points that were given
//! together, with the day from which and the day until which they can be spent; a *draw* says how an entry changed a lot.
//! *Pending* (待生效) points are given but cannot be spent yet: until a time, or until somebody releases or cancels them.
//! An *account* holds the figures of one member. A *cap* (上限) is the most that a rule gives a member in a period.
//!
//! Invariants: of every account, balance = Σ what is left of its open lots = Σ its entries, and the same of what is
//! pending. Spending takes the lot that ends first, then the oldest. A lot can be spent to the end of its last day in
//! Asia/Shanghai and not a moment longer. Whoever changes lots holds the row of their account first.
//!
//! An account that does not add up is stopped: nothing is taken from it until it was checked again and adds up. It is
//! never repaired silently ([`check`]).
//!
//! Emits the facts of [`events`]. What time does to lots is booked by [`settle`], when somebody comes or every hour.

mod account;
mod adjust;
mod caps;
pub mod check;
pub mod events;
mod give;
pub mod http;
mod key;
pub mod liability;
mod lots;
mod merge;
mod owned;
mod pending;
mod posting;
mod refund;
pub mod remind;
mod rules;
pub mod settle;
mod spend;
pub mod standing;
mod store;
mod take_back;
pub mod timeline;

pub use entity::{
    points::{counter::Period, entry::Kind, lot::State},
    types::{Points, PointsChange, PointsEntryId, PointsLotId},
};

pub use self::{
    adjust::{Adjust, Adjusted, adjust},
    caps::Cap,
    give::{Available, Give, Given, Outcome, give},
    owned::{ACCOUNTS, COUNTERS, DIFFERENCES, DRAWS, ENTRIES, LOTS},
    pending::{Decide, Decided, cancel, release},
    posting::Because,
    refund::{Refund, Refunded, refund},
    spend::{Spend, Spent, spend},
    standing::Standing,
    take_back::{TakeBack, TakenBack, take_back},
};
