//! Conversations with followers, and what the robot answers.

pub mod canned_reply;
pub mod conversation;
pub mod message;
pub mod reply_rule;
