//! Sealed replies.

use proptest::prelude::*;

use super::{account, now, official, stamp, vector_account, vector_time};
use crate::wechat::{
    account::{Account, Format, Kind, Mode},
    callback::{Refusal, SUCCESS, Sealing, Stamp, open_reply, seal_reply},
    crypto::AesKey,
    golden::{sample, text, vectors},
    message::Fields,
};

fn cipher() -> Sealing {
    Sealing::Cipher(super::KEY.parse().unwrap())
}

#[test]
fn every_published_reply_is_sealed_as_published_and_opened() {
    let published = vectors("vectors", "secure_mode_encrypt_reply");
    let expected = [
        (Kind::Mini, Format::Json, "mini_envelope_encrypted_reply.json"),
        (Kind::Official, Format::Xml, "envelope_encrypted_reply.xml"),
    ];
    assert_eq!(published.len(), expected.len());
    for (vector, (kind, format, file)) in published.iter().zip(expected) {
        let account = vector_account(vector, kind, format, "gh_1");
        let key: AesKey = text(vector, "encoding_aes_key").parse().unwrap();
        let stamp = Stamp {
            at: vector_time(vector),
            nonce: text(vector, "nonce").to_owned(),
            random: text(vector, "random16_ascii").as_bytes().try_into().unwrap(),
        };
        let body = seal_reply(&account, &Sealing::Cipher(key), text(vector, "plaintext").to_owned(), &stamp);
        let published = String::from_utf8(sample(file)).unwrap();
        assert_eq!(Fields::read(&body, format), Fields::read(&published, format), "{file}");
        assert_eq!(open_reply(&account, &published).as_deref(), Ok(text(vector, "plaintext")), "{file}");
    }
}

#[test]
fn the_envelope_is_written_letter_by_letter_as_documented() {
    let vector = vectors("vectors", "secure_mode_encrypt_reply").remove(1);
    let account = vector_account(&vector, Kind::Official, Format::Xml, "gh_1");
    let stamp = Stamp {
        at: vector_time(&vector),
        nonce: text(&vector, "nonce").to_owned(),
        random: crate::wechat::golden::random16(&vector),
    };
    let key = text(&vector, "encoding_aes_key").parse().unwrap();
    let body = seal_reply(&account, &Sealing::Cipher(key), text(&vector, "plaintext").to_owned(), &stamp);
    let expected = format!(
        "<xml><Encrypt><![CDATA[{}]]></Encrypt><MsgSignature><![CDATA[{}]]></MsgSignature>\
         <TimeStamp>1411525903</TimeStamp><Nonce><![CDATA[461056294]]></Nonce></xml>",
        text(&vector, "encrypt"),
        text(&vector, "msg_signature"),
    );
    assert_eq!(body, expected);
    let json = seal_reply(&account_json(), &cipher(), "x".to_owned(), &super::stamp());
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["TimeStamp"], serde_json::json!(1_763_700_007), "a number, in seconds");
}

fn account_json() -> Account {
    account(Kind::Mini, Mode::Secure, Format::Json)
}

#[test]
fn nothing_to_say_is_never_sealed() {
    for body in [SUCCESS, ""] {
        assert_eq!(seal_reply(&official(Mode::Secure), &cipher(), body.to_owned(), &stamp()), body);
    }
    assert_eq!(seal_reply(&official(Mode::Plain), &Sealing::Plain, "<xml/>".to_owned(), &stamp()), "<xml/>");
}

#[test]
fn a_reply_that_is_not_ours_is_not_opened() {
    let account = official(Mode::Secure);
    let sealed = seal_reply(&account, &cipher(), "<xml/>".to_owned(), &stamp());
    assert_eq!(open_reply(&account, "<xml><MsgType>text</MsgType></xml>"), Err(Refusal::Downgrade), "not sealed");
    assert_eq!(open_reply(&account, "hello"), Err(Refusal::Malformed));
    let later = sealed.replace("<TimeStamp>1763700007", "<TimeStamp>1763700007000");
    assert_eq!(open_reply(&account, &later), Err(Refusal::Signature), "milliseconds");
    let mut foreign = account.clone();
    foreign.callback.aes_key = Some(super::OTHER_KEY.to_owned().into());
    assert_eq!(open_reply(&foreign, &sealed), Err(Refusal::Decrypt));
    foreign.callback.previous_aes_key = account.callback.aes_key.clone();
    assert_eq!(open_reply(&foreign, &sealed).as_deref(), Ok("<xml/>"), "the previous key");
    let unsigned = Fields::new().with("Encrypt", "x").write(Format::Xml);
    assert_eq!(open_reply(&account, &unsigned), Err(Refusal::Malformed));
}

proptest! {
    #[test]
    fn any_reply_travels(
        body in "x\\PC{0,200}",
        nonce in "[A-Za-z0-9]{1,16}",
        random in any::<[u8; 16]>(),
        format in prop_oneof![Just(Format::Xml), Just(Format::Json)],
    ) {
        let account = account(Kind::Mini, Mode::Secure, format);
        let stamp = Stamp { at: now(), nonce, random };
        let sealed = seal_reply(&account, &cipher(), body.clone(), &stamp);
        prop_assert_eq!(open_reply(&account, &sealed), Ok(body));
    }

    #[test]
    fn no_reply_makes_us_panic(body in any::<String>()) {
        prop_assert!(open_reply(&official(Mode::Secure), &body).is_err());
    }
}
