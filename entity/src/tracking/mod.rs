//! What people do, as it is seen.

pub mod behaviour;
pub mod touch;
