//! What members are like.

pub mod import;
