//! Staff: who they are, how they sign in, and the record of what they did.

mod audit;
mod events;
mod menus;
mod second_factor;
mod staff;
