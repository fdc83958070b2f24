//! The published numbers, and what holds for any message, key and bytes.

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;

use super::{
    AesKey, InvalidKey, Unopened,
    signature::{matches, sign},
};
use crate::wechat::golden::{random16, text, vectors};

const APPID: &str = "wxba5fad812f8e6fb9";

fn key(text: &str) -> AesKey {
    text.parse().unwrap()
}

fn flip_last_bit(ciphertext: &str, block: usize) -> String {
    let mut bytes = STANDARD.decode(ciphertext).unwrap();
    let at = block * 16 + 15;
    bytes[at] ^= 1;
    STANDARD.encode(bytes)
}

#[test]
fn every_published_url_signature_is_reproduced() {
    let published = vectors("vectors", "callback_signature_sha1");
    assert_eq!(published.len(), 3);
    for vector in published {
        let computed = sign([text(&vector, "token"), text(&vector, "timestamp"), text(&vector, "nonce")]);
        assert_eq!(computed, text(&vector, "signature"), "{}", vector["id"]);
        assert!(matches(text(&vector, "signature"), &computed));
        assert!(matches(&text(&vector, "signature").to_uppercase(), &computed), "hex in any case");
    }
}

#[test]
fn every_published_ciphertext_is_signed_and_opened() {
    let mut published = vectors("vectors", "secure_mode_decrypt");
    published.extend(vectors("vectors", "encrypted_echostr"));
    assert_eq!(published.len(), 4);
    for vector in published {
        let parts = ["token", "timestamp", "nonce", "encrypt"].map(|field| text(&vector, field));
        assert_eq!(sign(parts), text(&vector, "msg_signature"), "{}", vector["id"]);
        let key = key(text(&vector, "encoding_aes_key"));
        let opened = key.decrypt(text(&vector, "encrypt"), text(&vector, "appid"));
        assert_eq!(opened.as_deref(), Ok(text(&vector, "plaintext")), "{}", vector["id"]);
        assert_eq!(key.decrypt(text(&vector, "encrypt"), "invalid appid"), Err(Unopened), "{}", vector["id"]);
    }
}

#[test]
fn every_published_encryption_is_reproduced_byte_by_byte() {
    let mut published = vectors("vectors", "aes_encrypt_deterministic");
    published.extend(vectors("vectors", "secure_mode_encrypt_reply"));
    assert_eq!(published.len(), 3);
    for vector in published {
        let key = key(text(&vector, "encoding_aes_key"));
        let ciphertext = key.encrypt(text(&vector, "plaintext"), text(&vector, "appid"), random16(&vector));
        assert_eq!(ciphertext, text(&vector, "encrypt"), "{}", vector["id"]);
        if vector.get("msg_signature").is_some() {
            let signed =
                sign([text(&vector, "token"), text(&vector, "timestamp"), text(&vector, "nonce"), &ciphertext]);
            assert_eq!(signed, text(&vector, "msg_signature"), "{}", vector["id"]);
        }
    }
}

#[test]
fn every_published_wrong_signature_is_refused() {
    let published = vectors("negative_vectors", "callback_signature_sha1");
    assert_eq!(published.len(), 2);
    for vector in published {
        let (token, timestamp, nonce) = (text(&vector, "token"), text(&vector, "timestamp"), text(&vector, "nonce"));
        let refused = match vector.get("encrypt") {
            Some(_) => {
                !matches(text(&vector, "msg_signature"), &sign([token, timestamp, nonce, text(&vector, "encrypt")]))
            }
            None => !matches(text(&vector, "signature"), &sign([token, timestamp, nonce])),
        };
        assert!(refused, "{}", vector["id"]);
    }
}

#[test]
fn a_signature_of_another_length_is_refused() {
    let computed = sign(["token", "1", "2"]);
    for given in ["", "0", computed.get(..39).unwrap(), &format!("{computed}0"), &format!(" {computed}")] {
        assert!(!matches(given, &computed), "{given:?}");
    }
    assert!(!matches("", ""), "nothing matches nothing");
}

#[test]
fn a_key_is_43_letters_and_digits_whatever_its_last_bits() {
    for last in ('A'..='Z').chain('a'..='z').chain('0'..='9') {
        assert!(format!("{}{last}", "A".repeat(42)).parse::<AesKey>().is_ok(), "{last}");
    }
    for bad in ["", &"A".repeat(42), &"A".repeat(44), &format!("{}=", "A".repeat(42)), &format!("{}+", "A".repeat(42))]
    {
        assert_eq!(bad.parse::<AesKey>().err(), Some(InvalidKey), "{bad:?}");
    }
}

#[test]
fn a_key_never_prints() {
    let key = key("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C");
    assert_eq!(format!("{key:?}"), "AesKey(…)");
}

#[test]
fn what_is_not_our_ciphertext_is_refused_with_one_error() {
    let key = key(&"A".repeat(43));
    let sealed = key.encrypt("hello", APPID, [7; 16]);
    // random 16 + length 4 + "hello" 5 + appid 18 = 43, so that the frame is 64 bytes with a pad of 21.
    let whole = STANDARD.decode(&sealed).unwrap();
    assert_eq!(whole.len(), 64);
    let cases = [
        String::new(),
        "not base64 !".to_owned(),
        STANDARD.encode(&whole[..63]),
        STANDARD.encode(&whole[..48]),
        STANDARD.encode(&whole[..16]),
        flip_last_bit(&sealed, 2),
        flip_last_bit(&sealed, 0),
        key.encrypt("hello", "wx0000000000000000", [7; 16]),
        "B".repeat(43).parse::<AesKey>().unwrap().encrypt("hello", APPID, [7; 16]),
    ];
    for case in cases {
        assert_eq!(key.decrypt(&case, APPID), Err(Unopened), "{case}");
    }
}

#[test]
fn the_frame_is_checked_field_by_field() {
    let good = |message: &[u8], length: u32, appid: &str, pad: &[u8]| {
        [&[0; 16], length.to_be_bytes().as_slice(), message, appid.as_bytes(), pad].concat()
    };
    let open = |frame: Vec<u8>| super::aes_key::unframe(&frame, "wx").map(str::to_owned);
    assert_eq!(open(good(b"hello", 5, "wx", &[5; 5])).as_deref(), Some("hello"));
    assert_eq!(open(good(b"hello", 5, "wx", &[32; 32])).as_deref(), Some("hello"), "a pad of 32 is a pad");
    assert_eq!(open(good(b"", 0, "wx", &[1])).as_deref(), Some(""));
    assert_eq!(open(good(b"hello", 5, "wx", &[33; 33])), None, "pad too long");
    assert_eq!(open(good(b"hello", 5, "wx", &[0])), None, "no pad");
    assert_eq!(open(good(b"hello", 5, "wx", &[4, 5, 5, 5, 5])), None, "pad bytes differ");
    assert_eq!(open(good(b"hello", 8, "wx", &[5; 5])), None, "length past the end");
    assert_eq!(open(good(b"hello", u32::MAX, "wx", &[5; 5])), None, "length far past the end");
    assert_eq!(open(good(b"hello", 4, "wx", &[5; 5])), None, "owner is not the appid alone");
    assert_eq!(open(good(b"\xff\xfe\xfd\xfc\xfb", 5, "wx", &[5; 5])), None, "not UTF-8");
    assert_eq!(open(vec![9; 9]), None, "nothing but padding");
    let unpadded = good(b"hello", 5, "w\0", &[]);
    assert_eq!(super::aes_key::unframe(&unpadded, "w\0"), None, "a pad of 0 is no pad");
    assert_eq!(open(vec![32; 16]), None, "pad longer than the frame");
    assert_eq!(open(Vec::new()), None);
}

proptest! {
    #[test]
    fn whatever_is_encrypted_opens_again(
        message in any::<String>(),
        appid in "wx[0-9a-f]{16}",
        text in "[A-Za-z0-9]{43}",
        random in any::<[u8; 16]>(),
    ) {
        let key = key(&text);
        let sealed = key.encrypt(&message, &appid, random);
        prop_assert_eq!(STANDARD.decode(&sealed).unwrap().len() % 32, 0);
        prop_assert_eq!(key.decrypt(&sealed, &appid), Ok(message));
    }

    #[test]
    fn no_bytes_make_decryption_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in any::<String>()) {
        let key = key(&"A".repeat(43));
        let _ = key.decrypt(&text, APPID);
        prop_assert_eq!(key.decrypt(&STANDARD.encode(&bytes), APPID), Err(Unopened));
    }

    #[test]
    fn no_bytes_make_a_frame_panic(bytes in proptest::collection::vec(0..=34u8, 0..120)) {
        let _ = super::aes_key::unframe(&bytes, "");
    }

    #[test]
    fn the_order_of_parts_does_not_change_a_signature(a in ".{0,12}", b in "[0-9]{0,12}", c in "[0-9]{0,12}") {
        prop_assert_eq!(sign([&a, &b, &c]), sign([&c, &a, &b]));
    }
}
