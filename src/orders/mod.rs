//! What members buy, as far as other domains have to know it: that something was paid, and that money went back.
//!
//! Words: a *purchase* (订单) is known by the system that took the money and its number there; a *refund* (退款) is known by
//! a number of its own. Both may be told late, twice and in any order. What came back is never more than what was paid.
//!
//! Emits `order.paid` and `order.refunded`.

pub mod events;
pub mod http;
mod owned;
mod record;

pub use self::{
    owned::PURCHASES,
    record::{Bought, Paid, Refunded, buyer, of, paid, refunded},
};
