//! What breaks around the product, and what still holds: nothing is lost, nothing is done twice, nobody waits for ever.

mod cache;
mod database;
mod kill;
mod nodes;
mod payouts;
mod payouts_cut;
mod payouts_killed;
mod poison;
mod rig;
mod stop;
mod strike;
mod wechat;

pub use rig::Rig;
