//! The callback without HTTP: what a request from WeChat must look like to be believed, and how answers are sealed
//! (protocol sections 1.1 to 1.7). Each direction has its inverse beside it, for the sandbox that plays WeChat.

pub mod http;
mod push;
mod query;
mod refusal;
mod reply;
mod seal;

pub use push::{Limits, MAX_BODY, MAX_ECHOSTR, Opened, echo, open_push, seal_push};
pub use query::Query;
pub use refusal::Refusal;
pub use reply::{SUCCESS, Sealing, open_reply, seal_reply};
pub use seal::{Stamp, push_format};

#[cfg(test)]
mod tests;
