//! What members are like: profile, attributes declared as data and their values; what they allow, what staff read of
//! them, and their wishes for a copy or for being forgotten.

pub mod access;
pub mod attribute;
pub mod consent;
pub mod erasure;
pub mod export;
pub mod profile;
pub mod value;
