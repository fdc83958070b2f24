//! What may be said to whom, and what became of it.

pub mod delivery;
pub mod permit;
pub mod window;
