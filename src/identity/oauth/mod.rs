//! Web authorisation: a member page learns, inside WeChat, who looks at it (protocol section 4).
//!
//! The browser goes to WeChat with a `state` and a sealed cookie that only this browser has; it comes back with the
//! state and a code. A state is good for one use. WeChat and people load the way back twice: the second time finds what
//! the first one found out. Snapshots show invented people, so they leave nothing behind.

mod attempt;
mod entry;
pub mod http;
mod place;

use entity::types::MemberId;
use futures_util::future::LocalBoxFuture;

use crate::{error::Result, infra::db::Tx};

/// What is done with the nickname that a visitor agreed to tell. What members are like is no matter of this domain, so `app`
/// hands it down.
#[derive(Clone, Copy)]
pub struct Introductions(pub for<'a> fn(&'a Tx, MemberId, &'a str) -> LocalBoxFuture<'a, Result<()>>);
