//! What people do, as it is seen, and by which channels they come.

pub mod behaviour;
pub mod channel;
pub mod channel_follow;
pub mod channel_person;
pub mod channel_qr;
pub mod touch;
