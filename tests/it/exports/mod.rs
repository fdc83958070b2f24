//! Files that leave the house: asked for with a reason, agreed to by somebody else, marked in every line.

mod approval;
pub mod files;
