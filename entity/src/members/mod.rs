//! What members are like: profile, attributes declared as data and their values; what they allow, what staff read of
//! them, their wishes for a copy or for being forgotten; and files of members from other systems, with what became of their rows.

pub mod access;
pub mod attribute;
pub mod consent;
pub mod erasure;
pub mod export;
pub mod import;
pub mod import_mapping;
pub mod import_part;
pub mod import_row;
pub mod profile;
pub mod standing;
pub mod value;
