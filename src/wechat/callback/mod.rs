//! The callback without HTTP: what a request from WeChat must look like to be believed, and how answers are sealed
//! (protocol sections 1.1 to 1.7). Each direction has its inverse beside it, for the sandbox that plays WeChat.

pub mod http;
pub mod push;
mod query;
mod refusal;
pub mod reply;
pub mod seal;

pub use query::Query;
pub use refusal::Refusal;

#[cfg(test)]
mod tests;
