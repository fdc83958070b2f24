//! How bodies are sealed: which keys an account has, what makes one sealed body unlike the next.

use secrecy::ExposeSecret;

use crate::{
    infra::{clock::Time, random::Random},
    wechat::{
        account::{Account, Format, Kind},
        crypto::{AesKey, signature},
    },
};

/// The format of an account's bodies. Official accounts know XML only, whatever is configured (protocol section 1.2).
pub fn push_format(account: &Account) -> Format {
    match account.kind {
        Kind::Official => Format::Xml,
        Kind::Mini => account.callback.format,
    }
}

/// The usable keys of an account, the current one first (protocol section 1.3).
pub(super) fn keys(account: &Account) -> impl Iterator<Item = AesKey> {
    [&account.callback.aes_key, &account.callback.previous_aes_key]
        .into_iter()
        .flatten()
        .filter_map(|key| key.expose_secret().parse().ok())
}

/// What makes one signed and sealed body unlike every other.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// When it is made; travels in whole seconds.
    pub at: Time,
    /// Any text of letters and digits.
    pub nonce: String,
    /// The random bytes in front of the ciphertext.
    pub random: [u8; 16],
}

impl Stamp {
    /// A fresh stamp.
    pub fn new(now: Time, random: &Random) -> Self {
        Self { at: now, nonce: random.alphanumeric(16), random: random.bytes() }
    }

    /// The time as it is written and signed: Unix seconds, not milliseconds, which WeChat would discard.
    pub fn seconds(&self) -> i64 {
        self.at.timestamp()
    }

    /// The signature with the account's token over this stamp, and over the ciphertext if there is one.
    pub(super) fn sign(&self, account: &Account, ciphertext: Option<&str>) -> String {
        let token = account.callback.token.expose_secret();
        let seconds = self.seconds().to_string();
        match ciphertext {
            Some(ciphertext) => signature::sign([token, &seconds, &self.nonce, ciphertext]),
            None => signature::sign([token, &seconds, &self.nonce]),
        }
    }
}
