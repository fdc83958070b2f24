//! What people do, as it is seen. The second half of the door "facts": behaviour, many and small, append-only.
//!
//! Words: a *touch* (触点) is one seen scan, visit or open, with its scene; attribution reads touches later. A
//! *behaviour* (行为) is one page view, stay or tap in a mini program or on a page. The *code* of an invitation comes with a
//! touch by one of its *carriers*: QR code, mini-program code, link, typed, shared page.
//!
//! A *channel* (渠道) is whoever or whatever else people come by: staff, stores, advertisements ([`channel`]).
//!
//! Emits `touch.seen` for touches with a code, `channel.touched` for those with the scene of a channel,
//! and `dwell.seen` when somebody stays who came to a shared page.

pub mod behaviours;
pub mod channel;
pub mod events;
pub mod found;
pub mod http;
pub mod invitation;
mod joining;
pub mod origin;
pub mod shared;
pub mod touches;
pub mod visits;
