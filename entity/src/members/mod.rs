//! Files of members that were taken over from other systems, and what became of their rows.

pub mod import;
pub mod import_mapping;
pub mod import_part;
pub mod import_row;
