//! What a mini program reports about permits, and what staff see of messages to a member.

pub mod admin;
pub mod mini;
