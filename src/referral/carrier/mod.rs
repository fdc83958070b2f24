//! Carriers: by what a code of an invitation travels. One code has four: the QR code of an official account and the code of
//! a mini program, which both have the scene `i.<code>`; the link to its page; and the code itself, typed.
//!
//! A QR code of an official account that is temporary costs nothing but lapses after 30 days, and WeChat cannot prolong it:
//! it is kept with its expiry, and another one is made in good time when somebody asks, or at night for codes that are used.

mod mini_code;
mod qr;
pub mod renew;

use entity::types::AccountKey;

pub use self::{
    mini_code::mini_code,
    qr::{Qr, forget, qr},
};
use super::poster::Posters;
use crate::{infra::db::Db, tracking::invitation::Code, wechat::client::WeChat};

/// What carriers and posters are made with. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    /// The database.
    pub db: Db,
    /// WeChat.
    pub wechat: WeChat,
    /// Where posters are made and kept.
    pub posters: Posters,
    /// Where people reach this service.
    pub public_url: String,
}

impl Desk {
    /// The name of an account of the brand.
    pub(super) fn name_of(&self, account: &AccountKey) -> Option<String> {
        self.wechat.accounts().get(account).map(|account| account.name.clone())
    }
}

/// The link to the page of an invitation.
pub fn link(public_url: &str, code: &Code) -> String {
    format!("{public_url}/m/i/{code}")
}
