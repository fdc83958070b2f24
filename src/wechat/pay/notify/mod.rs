//! Notifications of WeChat Pay (pay sections 3.8 and 4.6): verified, decrypted, stored once, acknowledged; a job hands
//! them on. They are hints: they may come twice, late, out of order or never, so whoever gets one compares it with what
//! is stored, or asks.

pub mod http;
mod jobs;
mod notice;
mod refusal;
mod store;
#[cfg(test)]
mod tests;

pub use self::{
    jobs::{ForgetPayNotifications, HandlePayNotification, HandlePayNotificationContext},
    notice::{Content, Notice, TransferEnd},
};
use futures_util::future::LocalBoxFuture;

use crate::{error::Result, infra::db::Tx};

/// The table of what happens to which notification; `app` hands it down.
pub trait Inbound {
    /// Takes a notification in the transaction that marks it as handled.
    fn take<'a>(&'a self, tx: &'a Tx, notice: &'a Notice) -> LocalBoxFuture<'a, Result<()>>;
}
