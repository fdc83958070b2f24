//! 扫码: staff sign in with WeChat, where the brand has switched it on.
//!
//! A browser asks (`asked`) and shows a QR code with a two-digit number. The phone that scans it learns by the web
//! authorisation of member pages who holds it, shows which browser asks, and is asked for the number, so that nobody agrees
//! to what they do not have before them. What the phone said is good once, for the browser that asked, and for two minutes.
//! It takes the place of the password and of nothing else: a second factor, the limits on attempts, the session and the
//! record are those of `session::sign_in`. Whose WeChat somebody signs in with they say
//! themselves, signed in, with their password and in the same way ([`link`]).

mod asked;
pub mod http;
pub mod link;

use entity::types::AccountKey;

use crate::{
    error::{Code, Error, Result},
    infra::config::{Admin, Problem},
    wechat::account::{Accounts, Kind},
};

/// By which official account staff sign in with WeChat; by none where that is switched off.
#[derive(Clone, Debug)]
pub struct By(Option<AccountKey>);

impl By {
    /// As the configuration says.
    ///
    /// # Errors
    /// When the account that it names is none of the brand's official ones.
    pub fn new(config: &Admin, accounts: &Accounts) -> Result<Self, Problem> {
        if config.wechat_account.is_empty() {
            return Ok(Self(None));
        }
        let official = accounts.iter().filter(|account| account.kind == Kind::Official);
        let keys: Vec<&AccountKey> = official.map(|account| &account.key).collect();
        let named = keys.iter().find(|key| key.as_str() == config.wechat_account);
        let known = keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let none = || {
            Problem::new("admin.wechat_account", "there is no such official account")
                .hint(format!("official accounts are: {known}; empty = staff sign in with a password only"))
        };
        named.map(|key| Self(Some((*key).clone()))).ok_or_else(none)
    }

    /// The account.
    ///
    /// # Errors
    /// [`Code::NotFound`] where it is switched off.
    fn account(&self) -> Result<&AccountKey> {
        self.0.as_ref().ok_or_else(|| Error::new(Code::NotFound).detail("signing in with WeChat is switched off"))
    }
}
