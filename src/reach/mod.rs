//! The door "words": what do we say? [`send`] tells a member something, once, by the cheapest way that WeChat allows then;
//! [`reply`] answers in a thread.
//!
//! Words: a *message* is what a member is to be told; its *wording* is data in `wechat-config/messages`. A *delivery* is
//! one handing to WeChat: a reply, or one try to carry a message. A *way* is how: in an open *window* (窗口), which an
//! action of a person opens for a while and for so many messages; by a *permit* (订阅许可), which is somebody's yes to one
//! subscription message; by a *template*, to a follower. The *ledger* says what may be sent to a member now.
//!
//! Invariants: one key, one message. What leaves is marked `sending` and committed before WeChat hears of it, and is never
//! handed over again once it may have arrived; the next way is taken only when the former certainly did not send. Permits
//! are never fewer than none. Who has left an account is left alone there; marketing needs a yes; quiet hours and caps
//! hold for everybody ([`rules`]). Leaving an account closes a channel and says nothing about consent.
//!
//! Emits `reach.said` for what arrives in a chat and stands in no thread yet.
//!
//! WeChat's refusals for want of a permit, a window or a follower (43101, 45015, 45047, 43004) are outcomes: our count
//! follows and the next way is taken. Its events say later what arrived ([`outcomes`]).

mod attempt;
mod carry;
mod erasure;
pub mod events;
pub mod http;
pub mod ledger;
mod message;
pub mod outcomes;
pub mod permits;
mod reply;
pub mod rules;
mod standing;
mod store;
pub mod timeline;
pub mod windows;
pub mod wording;

pub use entity::reach::{
    delivery::{Channel, State as DeliveryState},
    message::{Purpose, State as MessageState},
    window::Trigger,
};

use self::reply::DeliverContext;
pub use self::{
    carry::{Carry, CarryContext, Wake},
    erasure::{DELIVERIES, MESSAGES, WINDOWS},
    message::{Message, Tell, send},
    reply::{Deliver, reply, states},
};
use crate::jobs::Registry;

/// Adds the jobs of this domain.
#[must_use]
pub fn register(registry: Registry, context: CarryContext) -> Registry {
    let CarryContext { db, wechat, .. } = context.clone();
    registry
        .register::<Tell>(db.clone())
        .register::<Wake>(db.clone())
        .register::<Deliver>(DeliverContext { db, wechat })
        .register::<Carry>(context)
}
