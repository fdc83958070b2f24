//! What the sandbox tells a watching page: only that something changed. The page reads the new state itself.

use serde::Serialize;

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Told {
    /// People, accounts, faults or the clock.
    State,
    /// A chat has a new message or its windows changed.
    Chat {
        /// The person's id.
        person: String,
        /// The account's key.
        account: String,
    },
    /// Packets, transfers or money of a person.
    Wallet {
        /// The person's id.
        person: String,
    },
    /// A push was made or got further.
    Push {
        /// The push's id.
        id: u64,
    },
    /// The service called an API.
    Call {
        /// The call's id.
        id: u64,
    },
    /// The account began or stopped typing.
    Typing {
        /// The person's id.
        person: String,
        /// The account's key.
        account: String,
        /// Whether it is typing now.
        on: bool,
    },
}
