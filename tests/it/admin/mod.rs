//! Staff: who they are, how they sign in, and the record of what they did.

mod audit;
mod events;
mod menus;
pub mod scan;
mod second_factor;
mod staff;
