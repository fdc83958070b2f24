//! Points: what a member has, what happened to it, and whether it adds up.

pub mod account;
pub mod check;
pub mod counter;
pub mod difference;
pub mod draw;
pub mod entry;
pub mod lot;
