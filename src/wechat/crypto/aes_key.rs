//! AES-256-CBC with the account's key, in WeChat's own framing (protocol section 1.3).

use std::{fmt, str::FromStr, sync::Arc};

use aes::Aes256;
use base64::{
    Engine,
    alphabet::STANDARD as ALPHABET,
    engine::{
        DecodePaddingMode, GeneralPurpose,
        general_purpose::{GeneralPurposeConfig, STANDARD},
    },
};
use cbc::cipher::{
    Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit,
    consts::{U16, U32},
};
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox};

/// The 43rd character carries two surplus bits that need not be zero, which a strict decoder refuses.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Characters of an EncodingAESKey.
const KEY_CHARS: usize = 43;
/// Random bytes in front, so that equal messages look different.
const RANDOM: usize = 16;
/// The length field behind them, big-endian.
const LENGTH: usize = 4;
/// Messages are padded to a multiple of this, twice the block size of AES.
const PAD: usize = 32;

/// An EncodingAESKey: 32 bytes that are written straight into protected memory, wiped on drop and never printed.
/// Cheap to clone.
#[derive(Clone)]
pub struct AesKey(Arc<SecretBox<[u8; 32]>>);

/// The text is not 43 letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an EncodingAESKey is 43 letters and digits")]
pub struct InvalidKey;

/// The ciphertext is not one that this key and this account made. Every cause gives this one error, so that nobody can
/// learn from our answers how far a forged ciphertext got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ciphertext cannot be opened")]
pub struct Unopened;

impl FromStr for AesKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        if text.len() != KEY_CHARS || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(InvalidKey);
        }
        let mut key = SecretBox::new(Box::new([0; 32]));
        match LENIENT.decode_slice(text, key.expose_secret_mut().as_mut_slice()) {
            Ok(32) => Ok(Self(Arc::new(key))),
            Ok(_) | Err(_) => Err(InvalidKey),
        }
    }
}

impl AesKey {
    /// Encrypts a message for the account `appid` (the sender's own in a push, the receiver's in a reply: the same one)
    /// and gives it as base64. `random` must be fresh for every message.
    ///
    /// A message of 4 GiB or more does not fit the frame and gives a ciphertext that nobody opens.
    pub fn encrypt(&self, message: &str, appid: &str, random: [u8; RANDOM]) -> String {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        let mut frame = Vec::with_capacity(RANDOM + LENGTH + message.len() + appid.len() + PAD);
        frame.extend_from_slice(&random);
        frame.extend_from_slice(&length.to_be_bytes());
        frame.extend_from_slice(message.as_bytes());
        frame.extend_from_slice(appid.as_bytes());
        let pad = PAD - frame.len() % PAD;
        frame.resize(frame.len() + pad, u8::try_from(pad).unwrap_or_default());
        let (blocks, _) = Array::slice_as_chunks_mut(&mut frame);
        cbc::Encryptor::<Aes256>::new(self.key(), self.iv()).encrypt_blocks(blocks);
        STANDARD.encode(frame)
    }

    /// Decrypts base64 ciphertext and checks everything that section 1.3 demands: whole blocks, padding of 1 to 32
    /// equal bytes, the length field, UTF-8, and that the message was made for the account `appid`.
    ///
    /// Verify the signature first: only then does a wrong ciphertext say nothing to an attacker.
    pub fn decrypt(&self, ciphertext: &str, appid: &str) -> Result<String, Unopened> {
        let Ok(mut frame) = STANDARD.decode(ciphertext) else { return Err(Unopened) };
        let (blocks, rest) = Array::slice_as_chunks_mut(&mut frame);
        if blocks.is_empty() || !rest.is_empty() {
            return Err(Unopened);
        }
        cbc::Decryptor::<Aes256>::new(self.key(), self.iv()).decrypt_blocks(blocks);
        unframe(&frame, appid).map(str::to_owned).ok_or(Unopened)
    }

    fn key(&self) -> &Array<u8, U32> {
        self.0.expose_secret().into()
    }

    /// The initial vector is fixed: the first half of the key.
    fn iv(&self) -> &Array<u8, U16> {
        let (iv, _): (_, &Array<u8, U16>) = self.key().split_ref();
        iv
    }
}

/// The message inside `random(16) ‖ length(4) ‖ message ‖ appid ‖ padding`.
pub(super) fn unframe<'a>(frame: &'a [u8], appid: &str) -> Option<&'a str> {
    let pad = *frame.last()?;
    if !(1..=PAD).contains(&usize::from(pad)) {
        return None;
    }
    let (content, padding) = frame.split_at_checked(frame.len().checked_sub(usize::from(pad))?)?;
    let (_random, content) = content.split_first_chunk::<RANDOM>()?;
    let (length, content) = content.split_first_chunk::<LENGTH>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (message, owner) = content.split_at_checked(length)?;
    let ours = padding.iter().all(|byte| *byte == pad) && owner == appid.as_bytes();
    ours.then(|| std::str::from_utf8(message).ok()).flatten()
}

impl fmt::Debug for AesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesKey(…)")
    }
}
