//! What WeChat and we say to each other: pushes that come in, replies and customer-service messages that go out.

mod json;
mod tree;
mod xml;

pub use tree::{Fields, Node, Unreadable};
