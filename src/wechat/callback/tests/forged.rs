//! Requests that are not to be believed.

use proptest::prelude::*;

use super::{account, message, now, official, stamp};
use crate::wechat::{
    account::{Account, Format, Kind, Mode},
    callback::{Limits, MAX_BODY, Query, Refusal, Stamp, echo, open_push, seal_push},
    golden::sample,
    message::Fields,
};

fn sealed(account: &Account) -> (Query, String) {
    seal_push(account, &message("真"), &stamp()).unwrap()
}

fn refusal(account: &Account, query: &Query, body: &[u8]) -> Option<Refusal> {
    open_push(account, query, body, now(), Limits::default()).err()
}

/// A query that the account itself would sign, over this ciphertext.
fn signed(account: &Account, ciphertext: Option<&str>) -> Query {
    let stamp = stamp();
    Query {
        signature: Some(stamp.sign(account, None)),
        timestamp: Some(stamp.seconds().to_string()),
        nonce: Some(stamp.nonce.clone()),
        encrypt_type: ciphertext.map(|_| "aes".to_owned()),
        msg_signature: ciphertext.map(|ciphertext| stamp.sign(account, Some(ciphertext))),
        ..Query::default()
    }
}

#[test]
fn plaintext_is_refused_where_ciphertext_is_agreed() {
    for mode in [Mode::Compatible, Mode::Secure] {
        let account = official(mode);
        let plain = message("假").write(Format::Xml);
        let mut query = signed(&account, None);
        assert_eq!(refusal(&account, &query, plain.as_bytes()), Some(Refusal::Downgrade));
        for encrypt_type in ["", "raw"] {
            query.encrypt_type = Some(encrypt_type.to_owned());
            assert_eq!(refusal(&account, &query, plain.as_bytes()), Some(Refusal::Downgrade), "{encrypt_type:?}");
        }
        query.encrypt_type = Some("aes".to_owned());
        assert_eq!(refusal(&account, &query, plain.as_bytes()), Some(Refusal::Downgrade), "no ciphertext inside");
        query.encrypt_type = Some("rot13".to_owned());
        assert_eq!(refusal(&account, &query, plain.as_bytes()), Some(Refusal::Malformed));
        let (mut query, body) = sealed(&account);
        query.encrypt_type = None;
        assert_eq!(refusal(&account, &query, body.as_bytes()), Some(Refusal::Downgrade), "a mark was taken away");
    }
}

#[test]
fn in_compatible_mode_the_ciphertext_is_believed_and_not_the_plain_fields() {
    let account = official(Mode::Compatible);
    let (query, body) = sealed(&account);
    let forged = body.replace("真", "假").replace("oSandboxUser0000000000000001", "oVictim");
    assert!(forged.contains("oVictim"));
    let opened = open_push(&account, &query, forged.as_bytes(), now(), Limits::default()).unwrap();
    assert_eq!(opened.push.from.as_str(), "oSandboxUser0000000000000001");
    assert!(opened.push.raw.contains("真"));
}

#[test]
fn the_signature_without_the_body_is_not_enough() {
    let account = official(Mode::Secure);
    let (query, body) = sealed(&account);
    let mut used_wrongly = query.clone();
    used_wrongly.msg_signature = used_wrongly.signature.take();
    assert_eq!(refusal(&account, &used_wrongly, body.as_bytes()), Some(Refusal::Signature));
    let mut without = query.clone();
    without.msg_signature = None;
    assert_eq!(refusal(&account, &without, body.as_bytes()), Some(Refusal::Signature));
    for alter in [
        |query: &mut Query| query.timestamp = Some("1763700008".to_owned()),
        |query: &mut Query| query.nonce = Some("nonce2".to_owned()),
        |query: &mut Query| query.timestamp = None,
        |query: &mut Query| query.nonce = None,
        |query: &mut Query| query.msg_signature = Some("g".repeat(40)),
    ] {
        let mut altered = query.clone();
        alter(&mut altered);
        assert_eq!(refusal(&account, &altered, body.as_bytes()), Some(Refusal::Signature));
    }
    let mut foreign = account.clone();
    foreign.callback.token = "other".to_owned().into();
    assert_eq!(refusal(&foreign, &query, body.as_bytes()), Some(Refusal::Signature));
    let other = seal_push(&account, &message("别的"), &stamp()).unwrap().1;
    assert_eq!(refusal(&account, &query, other.as_bytes()), Some(Refusal::Signature), "another body, signed alone");
}

#[test]
fn a_signed_time_that_is_no_time_is_refused() {
    let account = official(Mode::Plain);
    let token = "pamtest";
    for timestamp in ["", "+1763700007", "-1", "1763700007.0", "now", "99999999999999999999"] {
        let query = Query {
            signature: Some(crate::wechat::crypto::signature::sign([token, timestamp, "n"])),
            timestamp: Some(timestamp.to_owned()),
            nonce: Some("n".to_owned()),
            ..Query::default()
        };
        let body = message("x").write(Format::Xml);
        assert_eq!(refusal(&account, &query, body.as_bytes()), Some(Refusal::Signature), "{timestamp:?}");
    }
}

#[test]
fn what_is_signed_but_not_ours_is_refused() {
    let account = official(Mode::Secure);
    let envelope = |ciphertext: &str| Fields::new().with("Encrypt", ciphertext).write(Format::Xml);
    for ciphertext in ["", "AAAA", "not base64", &"A".repeat(64)] {
        let query = signed(&account, Some(ciphertext));
        assert_eq!(refusal(&account, &query, envelope(ciphertext).as_bytes()), Some(Refusal::Decrypt), "{ciphertext}");
    }
    let inner = |body: &str| {
        let key: crate::wechat::crypto::AesKey = super::KEY.parse().unwrap();
        let ciphertext = key.encrypt(body, &account.appid, [7; 16]);
        refusal(&account, &signed(&account, Some(&ciphertext)), envelope(&ciphertext).as_bytes())
    };
    assert_eq!(inner(&message("x").write(Format::Xml)), None);
    assert_eq!(inner(&message("x").write(Format::Json)), Some(Refusal::Malformed), "the wrong format inside");
    assert_eq!(inner("<xml><!DOCTYPE a></xml>"), Some(Refusal::Hostile));
    assert_eq!(inner(""), Some(Refusal::Malformed));
    let elsewhere = message("x").write(Format::Xml).replace("gh_a1b2c3d4e5f6", "gh_000000000000");
    assert_eq!(inner(&elsewhere), Some(Refusal::WrongAccount));
}

#[test]
fn an_account_without_a_usable_key_says_so_to_us() {
    let account = official(Mode::Secure);
    let (query, body) = sealed(&account);
    for key in [None, Some("too short".to_owned().into())] {
        let mut keyless = account.clone();
        keyless.callback.aes_key = key;
        assert_eq!(refusal(&keyless, &query, body.as_bytes()), Some(Refusal::NoKey));
        assert_eq!(seal_push(&keyless, &message("x"), &stamp()).err(), Some(Refusal::NoKey));
    }
}

#[test]
fn hostile_and_broken_bodies_are_refused_whole() {
    for (name, expected) in [
        ("hostile_duplicate_fields.xml", Refusal::Hostile),
        ("hostile_entity_expansion.xml", Refusal::Hostile),
        ("hostile_truncated.xml", Refusal::Malformed),
        ("hostile_xxe.xml", Refusal::Hostile),
    ] {
        let plain = official(Mode::Plain);
        assert_eq!(refusal(&plain, &signed(&plain, None), &sample(name)), Some(expected), "{name}");
        let secure = official(Mode::Secure);
        assert_eq!(refusal(&secure, &signed(&secure, Some("x")), &sample(name)), Some(expected), "{name}");
    }
    let plain = official(Mode::Plain);
    let query = signed(&plain, None);
    assert_eq!(refusal(&plain, &query, b"<xml>\xff</xml>"), Some(Refusal::Malformed));
    assert_eq!(refusal(&plain, &query, &sample("mini_msg_text.json")), Some(Refusal::Malformed), "XML only");
    assert_eq!(refusal(&plain, &query, &vec![b' '; MAX_BODY + 1]), Some(Refusal::Oversized));
    assert_eq!(refusal(&plain, &query, &vec![b' '; MAX_BODY]), Some(Refusal::Malformed));
    let mini = account(Kind::Mini, Mode::Plain, Format::Json);
    assert_eq!(refusal(&mini, &query, &sample("mini_msg_miniprogrampage.xml")), Some(Refusal::Malformed), "JSON only");
}

#[test]
fn every_refusal_has_its_own_label() {
    let all = [
        Refusal::Signature,
        Refusal::ReplayWindow,
        Refusal::Downgrade,
        Refusal::NoKey,
        Refusal::Decrypt,
        Refusal::Oversized,
        Refusal::Malformed,
        Refusal::Hostile,
        Refusal::WrongAccount,
    ];
    let labels: std::collections::BTreeSet<&str> = all.iter().map(|refusal| refusal.as_str()).collect();
    assert_eq!(labels.len(), all.len());
}

#[test]
fn fresh_stamps_differ() {
    let random = crate::infra::random::Random::seeded(1);
    let (a, b) = (Stamp::new(now(), &random), Stamp::new(now(), &random));
    assert_ne!(a.nonce, b.nonce);
    assert_ne!(a.random, b.random);
}

proptest! {
    #[test]
    fn no_request_makes_us_panic_and_none_is_believed(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        parts in any::<[Option<String>; 6]>(),
        mode in prop_oneof![Just(Mode::Plain), Just(Mode::Compatible), Just(Mode::Secure)],
        format in prop_oneof![Just(Format::Xml), Just(Format::Json)],
    ) {
        let [signature, timestamp, nonce, msg_signature, echostr, openid] = parts;
        let account = account(Kind::Mini, mode, format);
        let query = Query {
            signature, timestamp, nonce, msg_signature, echostr, openid,
            encrypt_type: Some("aes".to_owned()),
        };
        prop_assert!(open_push(&account, &query, &body, now(), Limits::default()).is_err());
        prop_assert!(echo(&account, &query, now(), Limits::default()).is_err());
    }
}
