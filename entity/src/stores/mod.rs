//! Where the brand sells.

pub mod store;
