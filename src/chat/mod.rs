//! Conversations with followers (R89, R90): every message in and out, readable as a thread; what the robot answers.
//!
//! Words: a *conversation* (会话) is the thread between one person and one account; a *rule* says what the robot answers
//! to what; a *hand-over* silences the robot in one thread until staff give it back.
//!
//! Invariants: a push brings at most one message into a thread; a passive reply is written to the thread in the
//! transaction of the push that it answers; everything else leaves through the door `reach`,
//! and what leaves there for other reasons comes into the thread, too. What a rule promises that other
//! domains make, such as a poster, they hear of by an event.
//!
//! Emits `chat.poster_asked`.

pub mod book;
mod content;
mod conversations;
mod erasure;
pub mod events;
pub mod http;
mod matching;
pub mod received;
pub mod rule;
pub mod rules_file;
mod said;
mod store;
pub mod timeline;
mod words;

pub use self::{
    conversations::{unread, within},
    erasure::{CONVERSATIONS, MESSAGES},
    said::WriteDown,
};
