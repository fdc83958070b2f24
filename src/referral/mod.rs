//! Invitations: members bring friends.

pub mod poster;
