//! What WeChat and we say to each other: pushes that come in, replies and customer-service messages that go out
//! (protocol sections 2 and 7.1).
//!
//! A push is read in two steps: XML or JSON becomes one neutral tree of [`Fields`] with the limits of section 1.7, and
//! the tree becomes a typed [`Push`]. What is not known yet is kept as `Unknown`, never an error.

mod body;
mod coordinates;
pub mod custom;
pub mod event;
mod json;
mod limits;
mod push;
mod reply;
mod revoke;
mod tree;
mod xml;

pub use body::{Body, InArticle};
pub use coordinates::Coordinates;
pub use custom::CustomMessage;
pub use event::Event;
pub use push::Push;
pub use reply::{Article, Reply};
pub use revoke::Revoked;
pub use tree::{Fields, Node, Unreadable};

#[cfg(test)]
mod tests;
