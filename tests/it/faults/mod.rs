//! What breaks around the product, and what still holds: nothing is lost, nothing is done twice, nobody waits for ever.

mod cache;
mod clock;
mod database;
mod disk;
mod failover;
mod kill;
mod nodes;
mod payouts;
mod payouts_cut;
mod payouts_killed;
mod poison;
mod rig;
mod soak;
mod stop;
mod strike;
mod wechat;

pub use rig::Rig;
