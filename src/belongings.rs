//! TABLE: what belongs to a person, one line per table. Erasure walks the list in this order; merge, undo and export
//! will walk the same one.

use crate::{chat, identity, identity::belonging::Belonging, reach, tracking};

/// The table. Messages stand before their conversations, as they are found through them.
pub const BELONGINGS: &[Belonging] = &[
    chat::MESSAGES,
    chat::CONVERSATIONS,
    reach::WINDOWS,
    reach::DELIVERIES,
    tracking::touches::TOUCHES,
    identity::erasure::PUSHES,
    identity::erasure::EVENTS,
    identity::erasure::FOLLOWER,
];
