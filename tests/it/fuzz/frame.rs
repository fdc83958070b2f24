//! Frames that the product itself would never seal.

use aes::Aes256;
use base64::{
    Engine,
    alphabet::STANDARD as ALPHABET,
    engine::{
        DecodePaddingMode, GeneralPurpose,
        general_purpose::{GeneralPurposeConfig, STANDARD},
    },
};
use cbc::cipher::{Array, BlockModeEncrypt, KeyIvInit};
use huilian::wechat::account::Account;
use secrecy::ExposeSecret;

/// The 43rd character of a key has two bits too many.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// `random(16) ‖ length(4) ‖ message ‖ appid ‖ padding`.
pub fn frame(message: &[u8], appid: &str) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a short message").to_be_bytes();
    let mut frame = [[7; 16].as_slice(), &length, message, appid.as_bytes()].concat();
    let pad = 32 - frame.len() % 32;
    frame.resize(frame.len() + pad, u8::try_from(pad).expect("a pad"));
    frame
}

/// Any bytes under the account's key. What is no whole block stays as it is, so that the ciphertext is no whole number of
/// blocks either.
pub fn sealed(account: &Account, frame: &[u8]) -> String {
    let secret = account.callback.aes_key.as_ref().expect("a key").expose_secret().to_owned();
    let key = LENIENT.decode(secret).expect("a key");
    let mut frame = frame.to_vec();
    let (blocks, _) = Array::slice_as_chunks_mut(&mut frame);
    let mut cipher = cbc::Encryptor::<Aes256>::new_from_slices(&key, &key[..16]).expect("a cipher");
    cipher.encrypt_blocks(blocks);
    STANDARD.encode(frame)
}
