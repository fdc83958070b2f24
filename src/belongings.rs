//! TABLE: what belongs to a person, one line per table. Erasure and merges walk the list in this order, undoing a merge
//! walks it backwards.

use crate::{chat, identity, identity::belonging::Belonging, members, reach, tracking};

/// The table. Messages stand before their conversations, as they are found through them.
pub const BELONGINGS: &[Belonging] = &[
    chat::MESSAGES,
    chat::CONVERSATIONS,
    reach::WINDOWS,
    reach::DELIVERIES,
    reach::permits::PERMITS,
    tracking::behaviours::BEHAVIOURS,
    tracking::touches::TOUCHES,
    members::import::IMPORT_ROWS,
    identity::erasure::PUSHES,
    identity::erasure::EVENTS,
    identity::erasure::FOLLOWER,
    identity::session::SESSIONS,
    identity::session::KEYS,
    members::PROFILES,
    members::VALUES,
    members::import::STANDINGS,
    members::ACCESSES,
    identity::owned::IDENTITIES,
    identity::owned::CONFLICTS,
    identity::owned::MOVES,
    identity::owned::MEMBERS,
];
