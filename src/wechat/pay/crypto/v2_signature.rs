//! The signature of the v2 interface over sorted parameters (pay section 2.1).

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::BadKey;

/// Characters of an APIv2 key.
const LENGTH: usize = 32;

/// An APIv2 key. Never printed.
#[derive(Clone)]
pub struct V2Key(SecretString);

impl V2Key {
    /// Takes 32 letters and digits (pay section 1).
    ///
    /// # Errors
    /// When it is something else.
    pub fn new(text: &str) -> Result<Self, BadKey> {
        if text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            Ok(Self::of(text))
        } else {
            Err(BadKey("must be 32 letters and digits"))
        }
    }

    /// Any text as a key: examples use others.
    pub(super) fn of(text: &str) -> Self {
        Self(text.to_owned().into())
    }

    /// The MD5 signature in upper case. MD5 is WeChat's choice: the red-packet calls know nothing else.
    ///
    /// `sign` and parameters without a value are left out; values are signed raw, as they are sent.
    pub fn md5<'a>(&self, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        md5_upper(&self.string_to_sign(parameters))
    }

    /// The HMAC-SHA256 signature in upper case, over the same text.
    pub fn hmac_sha256<'a>(&self, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        // Every key length is good for HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.expose_secret().as_bytes()) else {
            return String::new();
        };
        mac.update(self.string_to_sign(parameters).as_bytes());
        hex::encode_upper(mac.finalize().into_bytes())
    }

    /// Whether a signature that came with these parameters is theirs: MD5 or HMAC by its length, in constant time.
    pub fn matches<'a>(&self, given: &str, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> bool {
        let computed = if given.len() == 2 * LENGTH { self.hmac_sha256(parameters) } else { self.md5(parameters) };
        bool::from(computed.as_bytes().ct_eq(given.as_bytes()))
    }

    pub(super) fn string_to_sign<'a>(&self, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        let mut sorted: Vec<_> =
            parameters.into_iter().filter(|(name, value)| *name != "sign" && !value.is_empty()).collect();
        sorted.sort_unstable();
        let joined: Vec<String> = sorted.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}&key={}", joined.join("&"), self.0.expose_secret())
    }
}

/// The `paySign` of a client call such as `wx.sendBizRedPacket`: MD5, but in lower case (pay section 2.4).
pub fn sign_client_call<'a>(key: &V2Key, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    key.md5(parameters).to_ascii_lowercase()
}

pub(super) fn md5_upper(text: &str) -> String {
    hex::encode_upper(Md5::digest(text))
}

impl fmt::Debug for V2Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("V2Key(…)")
    }
}
