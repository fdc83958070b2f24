//! What WeChat Pay encrypts for the merchant: AES-256-GCM with the APIv3 key as it is (pay section 3.5).

use std::{fmt, sync::Arc};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::BadKey;

/// An APIv3 key: exactly 32 bytes. Never printed, cheap to clone.
#[derive(Clone)]
pub struct V3Key(Arc<LessSafeKey>);

/// The ciphertext was not made with this key, nonce and associated data. Every cause gives this one error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ciphertext cannot be opened")]
pub struct Unopened;

impl V3Key {
    /// Takes the key as it is shown in the merchant platform.
    ///
    /// # Errors
    /// When it is not 32 bytes.
    pub fn new(text: &str) -> Result<Self, BadKey> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if !printable {
            return Err(BadKey("must be 32 letters and digits"));
        }
        Self::of(&AES_256_GCM, text.as_bytes())
    }

    pub(super) fn of(algorithm: &'static Algorithm, key: &[u8]) -> Result<Self, BadKey> {
        let key = UnboundKey::new(algorithm, key).map_err(|_opaque| BadKey("must be exactly 32 bytes"))?;
        Ok(Self(Arc::new(LessSafeKey::new(key))))
    }

    /// Opens base64 ciphertext whose last 16 bytes are the tag. Absent associated data is empty.
    ///
    /// # Errors
    /// [`Unopened`]. Real nonces have 12 bytes; others are refused.
    pub fn open(&self, nonce: &str, associated_data: &str, ciphertext: &str) -> Result<Vec<u8>, Unopened> {
        let nonce = Nonce::try_assume_unique_for_key(nonce.as_bytes()).map_err(|_opaque| Unopened)?;
        let mut bytes = STANDARD.decode(ciphertext).map_err(|_opaque| Unopened)?;
        let opened = self.0.open_in_place(nonce, Aad::from(associated_data), &mut bytes);
        opened.map(|plain| plain.to_vec()).map_err(|_opaque| Unopened)
    }

    /// Encrypts as WeChat Pay does, for whoever plays it; `nonce` must be fresh.
    ///
    /// # Errors
    /// When the nonce does not have 12 bytes.
    pub fn seal(&self, nonce: &str, associated_data: &str, plain: &[u8]) -> Result<String, Unopened> {
        let nonce = Nonce::try_assume_unique_for_key(nonce.as_bytes()).map_err(|_opaque| Unopened)?;
        let mut bytes = plain.to_vec();
        let sealed = self.0.seal_in_place_append_tag(nonce, Aad::from(associated_data), &mut bytes);
        sealed.map(|()| STANDARD.encode(bytes)).map_err(|_opaque| Unopened)
    }
}

impl fmt::Debug for V3Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("V3Key(…)")
    }
}
