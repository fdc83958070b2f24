//! What may be said to whom, and what became of it.

pub mod delivery;
pub mod message;
pub mod permit;
pub mod window;
