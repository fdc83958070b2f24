//! RSA keys of merchants and of WeChat Pay itself: what signs, what is verified, what opens a sealed name (pay notes
//! sections 3.1, 3.2 and 3.6).

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    error::Unspecified,
    rand::SystemRandom,
    rsa::{
        KeyPair, KeySize, OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
        PublicEncryptingKey,
    },
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey},
};
use base64::{Engine, prelude::BASE64_STANDARD};

/// An RSA-2048 key.
pub(super) struct Key {
    pair: KeyPair,
    pkcs8: Vec<u8>,
    spki: Vec<u8>,
}

/// Keys that were made in this process. Making one takes longer than everything else a sandbox does at its start, and
/// which sandbox uses it does not matter.
static MADE: Mutex<Vec<Arc<Key>>> = Mutex::new(Vec::new());

impl Key {
    /// The `number`th key of this process, made when it is first wanted.
    pub(super) fn nth(number: usize) -> Result<Arc<Self>, Unspecified> {
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        while made.len() <= number {
            made.push(Arc::new(Self::generate()?));
        }
        made.get(number).cloned().ok_or(Unspecified)
    }

    fn generate() -> Result<Self, Unspecified> {
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair)?.as_ref().to_vec();
        let spki = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key())?.as_ref().to_vec();
        Ok(Self { pair, pkcs8, spki })
    }

    /// RSA PKCS#1 v1.5 with SHA-256, as Base64; empty when the machine has no randomness.
    pub(super) fn sign(&self, message: &[u8]) -> String {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        match self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature) {
            Ok(()) => BASE64_STANDARD.encode(signature),
            Err(_) => String::new(),
        }
    }

    /// Whether the Base64 text is this key's signature of the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let Ok(signature) = BASE64_STANDARD.decode(signature) else { return false };
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref());
        key.verify(message, &signature).is_ok()
    }

    /// Opens a text that was sealed for this key (OAEP with SHA-1).
    pub(super) fn open(&self, sealed: &str) -> Option<String> {
        let sealed = BASE64_STANDARD.decode(sealed).ok()?;
        let key = OaepPrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(&self.pkcs8).ok()?).ok()?;
        let mut plain = vec![0; key.min_output_size()];
        let plain = key.decrypt(&OAEP_SHA1_MGF1SHA1, &sealed, &mut plain, None).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }

    /// Seals a text for the holder of this key.
    pub(super) fn seal(&self, plain: &str) -> Option<String> {
        let key = OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(&self.spki).ok()?).ok()?;
        let mut sealed = vec![0; key.ciphertext_size()];
        let sealed = key.encrypt(&OAEP_SHA1_MGF1SHA1, plain.as_bytes(), &mut sealed, None).ok()?;
        Some(BASE64_STANDARD.encode(sealed))
    }

    pub(super) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    pub(super) fn private_pem(&self) -> String {
        pem("PRIVATE KEY", &self.pkcs8)
    }

    pub(super) fn public_pem(&self) -> String {
        pem("PUBLIC KEY", &self.spki)
    }
}

/// A PEM block with lines of 64 characters.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let base64 = BASE64_STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    for (at, character) in base64.chars().enumerate() {
        if at > 0 && at.is_multiple_of(64) {
            out.push('\n');
        }
        out.push(character);
    }
    out.push_str(&format!("\n-----END {label}-----\n"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_knows_its_own_signature_and_opens_what_is_sealed_for_it() {
        let (key, other) = (Key::nth(0).unwrap(), Key::nth(1).unwrap());
        let signature = key.sign(b"POST\n/v3\n");
        assert!(key.verifies(b"POST\n/v3\n", &signature));
        assert!(!key.verifies(b"POST\n/v3", &signature) && !other.verifies(b"POST\n/v3\n", &signature));
        let sealed = key.seal("林小满").unwrap();
        assert_eq!(sealed.len(), 344);
        assert_eq!(key.open(&sealed).as_deref(), Some("林小满"));
        assert_eq!(other.open(&sealed), None);
    }
}
