//! Personal data at rest: AES-256-GCM with key ids, so that keys can be rotated, and an HMAC blind index for look-up.
//!
//! A sealed value is `v1.<key id>.<nonce and ciphertext, base64url>`. The context (table and column) is authenticated
//! with it, so that a sealed phone cannot be pasted where another field belongs.

use std::{collections::BTreeMap, fmt, sync::Arc};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use data_encoding::{BASE64, BASE64URL_NOPAD};

use super::random::Random;

/// Why a sealed value cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key material is not 32 bytes of base64.
    #[error("a key must be 32 bytes in base64")]
    Key,
    /// The value was sealed with a key that is not configured (any more).
    #[error("the key of this value is not configured")]
    UnknownKey,
    /// The value is damaged, or belongs to another field.
    #[error("the value cannot be opened")]
    Damaged,
    /// No current key is configured.
    #[error("there is no current key")]
    NoKey,
}

/// The keys for personal data: one current, any number of former ones, and one for the blind index.
#[derive(Clone)]
pub struct Vault(Arc<Keys>);

struct Keys {
    current: String,
    keys: BTreeMap<String, LessSafeKey>,
    index: hmac::Key,
    random: Random,
}

impl Vault {
    /// A vault that seals with the key named `current` and opens with all of `keys` (id → 32 bytes in base64).
    ///
    /// # Errors
    /// When a key is not 32 bytes, or `current` is not among them.
    pub fn new<'a>(
        current: &str,
        keys: impl IntoIterator<Item = (&'a str, &'a str)>,
        index: &str,
        random: Random,
    ) -> Result<Self, SealError> {
        let keys: BTreeMap<String, LessSafeKey> =
            keys.into_iter().map(|(id, key)| Ok((id.to_owned(), cipher(key)?))).collect::<Result<_, SealError>>()?;
        if !keys.contains_key(current) {
            return Err(SealError::NoKey);
        }
        let index = hmac::Key::new(hmac::HMAC_SHA256, &key_bytes(index)?);
        Ok(Self(Arc::new(Keys { current: current.to_owned(), keys, index, random })))
    }

    /// Seals `plain` with the current key for the field named by `context`, such as `member.phone`.
    ///
    /// # Errors
    /// Only when the cipher refuses, which needs more than 64 GiB of text.
    pub fn seal(&self, context: &str, plain: &str) -> Result<String, SealError> {
        let key = self.0.keys.get(&self.0.current).ok_or(SealError::NoKey)?;
        let nonce: [u8; NONCE_LEN] = self.0.random.bytes();
        let mut sealed = plain.as_bytes().to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
            .map_err(|_opaque| SealError::Damaged)?;
        let body = BASE64URL_NOPAD.encode(&[nonce.as_slice(), sealed.as_slice()].concat());
        Ok(format!("v1.{}.{body}", self.0.current))
    }

    /// Opens what [`seal`](Self::seal) made for the same `context`, with whichever key it names.
    ///
    /// # Errors
    /// When the key is unknown, or the value is damaged or belongs to another field.
    pub fn open(&self, context: &str, sealed: &str) -> Result<String, SealError> {
        let mut parts = sealed.splitn(3, '.');
        let (Some("v1"), Some(id), Some(body)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(SealError::Damaged);
        };
        let key = self.0.keys.get(id).ok_or(SealError::UnknownKey)?;
        let mut bytes = BASE64URL_NOPAD.decode(body.as_bytes()).map_err(|_opaque| SealError::Damaged)?;
        let (nonce, rest) = bytes.split_at_mut_checked(NONCE_LEN).ok_or(SealError::Damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_opaque| SealError::Damaged)?;
        let plain = key.open_in_place(nonce, Aad::from(context), rest).map_err(|_opaque| SealError::Damaged)?;
        String::from_utf8(plain.to_vec()).map_err(|_opaque| SealError::Damaged)
    }

    /// Whether a value should be sealed again because its key is no longer the current one.
    pub fn outdated(&self, sealed: &str) -> bool {
        sealed.split('.').nth(1) != Some(self.0.current.as_str())
    }

    /// The blind index of a value: equal for equal values, useless without the index key. 43 characters.
    pub fn blind(&self, context: &str, plain: &str) -> String {
        let mut mac = hmac::Context::with_key(&self.0.index);
        mac.update(context.as_bytes());
        mac.update(&[0]);
        mac.update(plain.as_bytes());
        BASE64URL_NOPAD.encode(mac.sign().as_ref())
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault(current: {})", self.0.current)
    }
}

fn key_bytes(text: &str) -> Result<[u8; 32], SealError> {
    let bytes = BASE64.decode(text.trim().as_bytes()).map_err(|_opaque| SealError::Key)?;
    bytes.try_into().map_err(|_opaque| SealError::Key)
}

fn cipher(text: &str) -> Result<LessSafeKey, SealError> {
    let key = UnboundKey::new(&AES_256_GCM, &key_bytes(text)?).map_err(|_opaque| SealError::Key)?;
    Ok(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const TWO: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    fn vault(current: &str, keys: &[(&'static str, &'static str)]) -> Vault {
        Vault::new(current, keys.iter().copied(), TWO, Random::seeded(1)).unwrap()
    }

    #[test]
    fn a_value_opens_only_in_its_own_field() {
        let vault = vault("a", &[("a", ONE)]);
        let sealed = vault.seal("member.phone", "+8613800138000").unwrap();
        assert!(!sealed.contains("138"));
        assert_eq!(vault.open("member.phone", &sealed).as_deref(), Ok("+8613800138000"));
        assert_eq!(vault.open("member.email", &sealed), Err(SealError::Damaged));
    }

    #[test]
    fn after_rotation_old_values_still_open_and_are_known_as_outdated() {
        let before = vault("a", &[("a", ONE)]);
        let after = vault("b", &[("a", ONE), ("b", TWO)]);
        let sealed = before.seal("x", "value").unwrap();
        assert_eq!(after.open("x", &sealed).as_deref(), Ok("value"));
        assert!(after.outdated(&sealed));
        assert!(!after.outdated(&after.seal("x", "value").unwrap()));
        assert_eq!(before.open("x", &after.seal("x", "value").unwrap()), Err(SealError::UnknownKey));
    }

    #[test]
    fn equal_values_are_sealed_differently_but_have_one_blind_index() {
        let vault = vault("a", &[("a", ONE)]);
        assert_ne!(vault.seal("x", "v").unwrap(), vault.seal("x", "v").unwrap());
        assert_eq!(vault.blind("x", "v"), vault.blind("x", "v"));
        assert_ne!(vault.blind("x", "v"), vault.blind("y", "v"));
    }

    #[test]
    fn damaged_values_and_bad_keys_are_refused() {
        let vault = vault("a", &[("a", ONE)]);
        for bad in ["", "v1", "v1.a", "v1.a.", "v1.a.!!!", "v2.a.AAAA", "v1.a.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(vault.open("x", bad).is_err(), "{bad}");
        }
        assert_eq!(Vault::new("a", [("a", "c2hvcnQ=")], TWO, Random::system()).err(), Some(SealError::Key));
        assert_eq!(Vault::new("z", [("a", ONE)], TWO, Random::system()).err(), Some(SealError::NoKey));
    }
}
