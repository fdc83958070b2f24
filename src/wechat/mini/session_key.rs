//! The session key: what WeChat and this server share about one person (protocol sections 8.1 to 8.4).

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use sha2::Sha256;

use crate::wechat::crypto::signature::{matches, sha1_hex};

/// A session key: the base64 text of 16 bytes. Never printed, never serialised.
#[derive(Clone)]
pub struct SessionKey(SecretString);

/// The text is not 16 bytes of base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a session key is 16 bytes of base64")]
pub struct InvalidSessionKey;

impl FromStr for SessionKey {
    type Err = InvalidSessionKey;

    fn from_str(text: &str) -> Result<Self, InvalidSessionKey> {
        let key = Self(text.into());
        if key.bytes().is_some() { Ok(key) } else { Err(InvalidSessionKey) }
    }
}

impl SessionKey {
    /// The key as text, to be sealed before it is stored.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The lower-case hex HMAC-SHA256 by which WeChat knows that we hold the person's session. The key is the text
    /// itself, not what it decodes to (section 8.2).
    pub fn sign(&self, message: &[u8]) -> String {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.expose().as_bytes()) else { return String::new() };
        mac.update(message);
        hex::encode(mac.finalize().into_bytes())
    }

    /// Whether `raw_data` is what WeChat gave the client, byte for byte: `signature` is the SHA-1 of it and the key
    /// (section 8.3).
    pub fn vouches_for(&self, raw_data: &str, signature: &str) -> bool {
        matches(signature, &sha1_hex([raw_data, self.expose()]))
    }

    /// The sixteen bytes that encrypt.
    pub(super) fn bytes(&self) -> Option<[u8; 16]> {
        STANDARD.decode(self.expose()).ok()?.try_into().ok()
    }
}

impl<'de> Deserialize<'de> for SessionKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SecretString::deserialize(deserializer)?.expose_secret().parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(…)")
    }
}
