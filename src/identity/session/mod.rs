//! Consumers who are signed in: on how many devices, until when, and which member they are.
//!
//! A session belongs to an OpenID; which member that is, its identity says at each call. So a session goes on through
//! merges and their undoing. Tokens are random, told once, stored as digests, and independent of WeChat's session.

mod caller;
pub mod http;
mod key;
mod open;
mod store;

use entity::identity::session::Model;

pub use self::{
    caller::{Consumer, recognise},
    key::KEYS,
    open::{Opened, open},
    store::{ForgetSessions, SESSIONS},
};
pub use crate::http::caller::COOKIE;

/// A session with the token that opens it, which is told only now.
pub struct Fresh {
    /// The session.
    pub session: Model,
    /// Its token.
    pub token: String,
}
