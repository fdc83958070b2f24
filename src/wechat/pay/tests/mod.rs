//! The client against a WeChat Pay that answers as it is told, over real HTTP.

mod keys;
mod packets;
mod requests;
mod rig;
mod transfers;
mod trust;

pub(crate) use rig::{Reply, Rig, Signed, settings, settings_with};
