//! What people do, as it is seen.

pub mod touch;
