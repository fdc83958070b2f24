//! Conversations with followers, and what the robot answers.

pub mod conversation;
pub mod message;
pub mod reply_rule;
