//! WeChat Pay by both of its interfaces, over real HTTP and TLS, and its way to us.

mod bills;
mod certificates;
pub mod letter;
mod losses;
mod notifications;
mod packets;
mod till;
mod transfers;
