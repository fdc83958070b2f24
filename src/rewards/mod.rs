//! The door "value": what do they get? A rule gives only through [`grant()`], and takes back only through [`take_back()`].
//!
//! Words: a *campaign* (活动) says what is given to whom, and how much of it at most. A *budget* (预算) is its account:
//! reserved, sent, received or free again. A *grant* (发放) is one answer to a rule that asked, given or refused, with
//! every value that led to it. A *payout* (打款) is money on its way through WeChat Pay. A *share* is one part of a budget
//! that was split beforehand. A *stop* is a brake on payouts.
//!
//! Invariants: one grant for each cause. What is promised is never more than what was put in, and the entries of a budget
//! add up to its account. Caps are raised in the transaction that gives. A payout has one number and one request, both
//! fixed before WeChat hears of them; unknown never frees money and never makes a new number; a final state never changes.
//!
//! Emits `reward.granted`, `payout.arrived`, `.expiring`, `.paid`, `.returned`, `.rejected` and `campaign.paused`.

mod amount;
pub mod block;
pub mod budget;
pub mod burn;
pub mod campaign;
pub mod check;
mod claim;
mod counter;
pub mod decision;
mod eligibility;
pub mod events;
mod give;
pub mod grant;
pub mod http;
mod limits;
mod owned;
pub mod payout;
pub mod reconcile;
mod share;
pub mod stop;
mod take_back;
pub mod tell;
pub mod terms;
mod watch;

pub use self::{
    amount::split,
    claim::claim,
    grant::{Because, Grant, Granted, grant},
    owned::{BLOCKS, COUNTERS, GRANTS, PAYOUTS},
    take_back::{TakenBack, take_back},
};

/// The OpenID in the place of somebody's who was forgotten.
pub(crate) const FORGOTTEN: &str = "erased";
