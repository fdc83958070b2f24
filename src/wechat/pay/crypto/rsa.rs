//! RSA as WeChat Pay uses it: PKCS#1 v1.5 with SHA-256 for signatures (pay sections 3.1 and 3.2), OAEP with SHA-1 for
//! single fields (section 3.6).

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{
        KeyPair, OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
        PublicEncryptingKey, PublicKey as Numbers,
    },
    signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rustls_pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer, pem::PemObject};

use super::BadKey;

/// A merchant's private key: signs requests, opens fields that WeChat encrypted. Never printed, cheap to clone.
#[derive(Clone)]
pub struct PrivateKey(Arc<Secret>);

struct Secret {
    signing: KeyPair,
    opening: OaepPrivateDecryptingKey,
}

/// A key of WeChat Pay: verifies what it signed, encrypts fields for it. Cheap to clone.
#[derive(Clone)]
pub struct PublicKey(Arc<Public>);

struct Public {
    verifying: ParsedPublicKey,
    sealing: OaepPublicEncryptingKey,
    numbers: Numbers,
}

impl PrivateKey {
    /// Reads `apiclient_key.pem`.
    ///
    /// # Errors
    /// When it is not an RSA key in PKCS#8 PEM (`BEGIN PRIVATE KEY`).
    pub fn from_pem(pem: &str) -> Result<Self, BadKey> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|_opaque| BadKey("must be a PEM with BEGIN PRIVATE KEY"))?;
        let der = der.secret_pkcs8_der();
        let bad = "is not an RSA key of 2048 bits or more";
        let signing = KeyPair::from_pkcs8(der).map_err(|_opaque| BadKey(bad))?;
        let opening = PrivateDecryptingKey::from_pkcs8(der).map_err(|_opaque| BadKey(bad))?;
        let opening = OaepPrivateDecryptingKey::new(opening).map_err(|_opaque| BadKey(bad))?;
        Ok(Self(Arc::new(Secret { signing, opening })))
    }

    /// The signature of a message, in base64 on one line.
    ///
    /// # Errors
    /// When the library refuses, which a key that was read does not give rise to.
    pub fn sign(&self, message: &[u8]) -> Result<String, BadKey> {
        let mut signature = vec![0; self.0.signing.public_modulus_len()];
        let signed = self.0.signing.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.map(|()| STANDARD.encode(signature)).map_err(|_opaque| BadKey("cannot sign"))
    }

    /// Opens a field that was encrypted for this key, from base64.
    ///
    /// # Errors
    /// When it was not.
    pub fn open(&self, ciphertext: &str) -> Result<Vec<u8>, BadKey> {
        let bad = BadKey("cannot open this");
        let ciphertext = STANDARD.decode(ciphertext).map_err(|_opaque| bad)?;
        let mut plain = vec![0; self.0.opening.min_output_size()];
        let opened = self.0.opening.decrypt(&OAEP_SHA1_MGF1SHA1, &ciphertext, &mut plain, None);
        opened.map(|plain| plain.to_vec()).map_err(|_opaque| bad)
    }

    /// Whether it belongs to this public key.
    pub fn belongs_to(&self, public: &PublicKey) -> bool {
        self.0.signing.public_key().as_ref() == public.0.numbers.as_ref()
    }
}

impl PublicKey {
    /// Reads `pub_key.pem`, as the merchant platform gives it.
    ///
    /// # Errors
    /// When it is not an RSA key in PEM (`BEGIN PUBLIC KEY`).
    pub fn from_pem(pem: &str) -> Result<Self, BadKey> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes())
            .map_err(|_opaque| BadKey("must be a PEM with BEGIN PUBLIC KEY"))?;
        Self::from_spki(&der)
    }

    /// Reads a `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// When it is not an RSA key of 2048 bits or more.
    pub(super) fn from_spki(der: &[u8]) -> Result<Self, BadKey> {
        let bad = BadKey("is not an RSA key of 2048 bits or more");
        let verifying = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).map_err(|_opaque| bad)?;
        let sealing = PublicEncryptingKey::from_der(der).map_err(|_opaque| bad)?;
        let sealing = OaepPublicEncryptingKey::new(sealing).map_err(|_opaque| bad)?;
        let numbers = Numbers::from_der(der).map_err(|_opaque| bad)?;
        Ok(Self(Arc::new(Public { verifying, sealing, numbers })))
    }

    /// Whether it signed this message. A signature that is not base64 is none.
    pub fn verifies(&self, message: &[u8], signature: &str) -> bool {
        STANDARD.decode(signature).is_ok_and(|signature| self.0.verifying.verify_sig(message, &signature).is_ok())
    }

    /// Encrypts a field of a request, in base64.
    ///
    /// # Errors
    /// When the text is longer than the key can take (214 bytes at 2048 bits).
    pub fn seal(&self, plain: &str) -> Result<String, BadKey> {
        let mut ciphertext = vec![0; self.0.sealing.ciphertext_size()];
        let sealed = self.0.sealing.encrypt(&OAEP_SHA1_MGF1SHA1, plain.as_bytes(), &mut ciphertext, None);
        sealed.map(|bytes| STANDARD.encode(bytes)).map_err(|_opaque| BadKey("is too long to encrypt"))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(…)")
    }
}
