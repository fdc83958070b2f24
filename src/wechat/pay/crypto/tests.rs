//! The published numbers, and what holds for any text and bytes. Vectors of whole requests, answers and notifications
//! are in the tests of the parts that make and read those.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM};
use proptest::prelude::*;
use serde_json::Value;

use super::{
    Certificate, PrivateKey, PublicKey, V2Key, V3Key, sign_client_call, v2_signature::md5_upper, v3_key::Unopened,
};
use crate::wechat::{
    account::Format,
    golden::{pay_vectors, text},
    message::Fields,
};

fn parameters(vector: &Value) -> BTreeMap<String, String> {
    serde_json::from_value(vector["params"].clone()).unwrap()
}

fn pairs(parameters: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Opens what was made with a key of 16 bytes, as one of the published notifications was.
pub(crate) fn open_with_16_bytes(key: &str, nonce: &str, about: &str, ciphertext: &str) -> Vec<u8> {
    V3Key::of(&AES_128_GCM, key.as_bytes()).unwrap().open(nonce, about, ciphertext).unwrap()
}

/// Every kind of vector is looked at by some test; a new one must be added to one.
#[test]
fn no_vector_is_left_out() {
    let all = pay_vectors("");
    assert_eq!(all.len(), 32);
    let kinds: BTreeSet<&str> = all.iter().map(|vector| text(vector, "kind")).collect();
    let here = ["v2-md5", "v2-hmac", "aes-", "v3-rsa-", "rsa-oaep-sha1", "v3-certificates-decrypt"];
    let elsewhere = ["v3-request-sign", "v3-response-verify", "v3-notification"];
    for kind in kinds {
        assert!(here.iter().chain(&elsewhere).any(|known| kind.starts_with(known)), "{kind}");
    }
}

#[test]
fn every_v2_signature_is_reproduced() {
    let mut signed = 0;
    for vector in pay_vectors("v2-").iter().filter(|vector| vector.get("params").is_some()) {
        let (id, parameters) = (text(vector, "id"), parameters(vector));
        let key = V2Key::of(text(vector, "key"));
        if text(vector, "kind") == "v2-md5-workwx-secret" {
            assert_eq!(
                md5_upper(text(vector, "string_to_sign")).to_lowercase(),
                text(vector, "sign_lowercase"),
                "{id}"
            );
        } else {
            assert_eq!(
                key.string_to_sign(pairs(&parameters)).trim_start_matches('&'),
                text(vector, "string_to_sign").trim_start_matches('&'),
                "{id}"
            );
            let (made, expected) = match vector {
                _ if text(vector, "kind").contains("hmac") => {
                    (key.hmac_sha256(pairs(&parameters)), text(vector, "sign"))
                }
                _ if vector.get("paySign").is_some() => {
                    (sign_client_call(&key, pairs(&parameters)), text(vector, "paySign"))
                }
                _ if vector.get("sign_lowercase").is_some() => {
                    (key.md5(pairs(&parameters)).to_lowercase(), text(vector, "sign_lowercase"))
                }
                _ => (key.md5(pairs(&parameters)), text(vector, "sign")),
            };
            assert_eq!(made, expected, "{id}");
        }
        signed += 1;
    }
    assert_eq!(signed, 10);
}

#[test]
fn the_signature_within_an_xml_document_holds() {
    let vectors = pay_vectors("v2-md5-xml");
    assert_eq!(vectors.len(), 1);
    for vector in vectors {
        let fields = Fields::read(text(&vector, "xml"), Format::Xml).unwrap();
        let flat: BTreeMap<String, String> =
            fields.iter().map(|(name, node)| (name.to_owned(), node.text().unwrap().into_owned())).collect();
        let key = V2Key::of(text(&vector, "key"));
        assert_eq!(key.md5(pairs(&flat)), text(&vector, "sign"));
        assert!(key.matches(text(&vector, "sign"), pairs(&flat)));
        let mut bent = flat;
        bent.insert("body".to_owned(), "another".to_owned());
        assert!(!key.matches(text(&vector, "sign"), pairs(&bent)));
        assert!(!key.matches("", pairs(&bent)));
    }
}

#[test]
fn keys_of_another_form_are_refused() {
    assert!(V2Key::new("exposed_your_key_here_have_risks").is_ok());
    for bad in ["", "short", "exposed your key here have risks", "钥匙钥匙钥匙钥匙钥匙钥匙钥匙钥匙"] {
        assert!(V2Key::new(bad).is_err(), "{bad}");
        assert!(V3Key::new(bad).is_err(), "{bad}");
    }
    for key in ["testAPIv3Key0000", "mockAPIv3Key1234"] {
        assert!(V3Key::new(key).is_err(), "16 bytes are AES-128, which WeChat Pay does not use");
    }
    assert_eq!(format!("{:?}", V2Key::of("secret")), "V2Key(…)");
}

#[test]
fn every_ciphertext_is_opened_or_refused() {
    let mut looked_at = 0;
    for vector in pay_vectors("aes-") {
        let id = text(&vector, "id");
        let key = text(&vector, "key").as_bytes();
        let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
        let key = V3Key::of(algorithm, key).unwrap();
        let opened = key.open(text(&vector, "nonce"), text(&vector, "associated_data"), text(&vector, "ciphertext"));
        let refused = text(&vector, "kind").contains("negative") || text(&vector, "kind").contains("iv16");
        if refused {
            // Nonces of 16 bytes are in the tests of one client; WeChat Pay never sends them.
            assert_eq!(opened, Err(Unopened), "{id}");
        } else {
            assert_eq!(opened.unwrap(), text(&vector, "plaintext").as_bytes(), "{id}");
        }
        looked_at += 1;
    }
    assert_eq!(looked_at, 6);
}

#[test]
fn every_platform_certificate_is_decrypted_and_has_its_serial_number() {
    let vectors = pay_vectors("v3-certificates-decrypt");
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let body: Value = serde_json::from_str(text(&vector, "response_body")).unwrap();
        let key = text(&vector, "apiv3_key").as_bytes();
        let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
        let key = V3Key::of(algorithm, key).unwrap();
        let sealed = &body["data"][0]["encrypt_certificate"];
        let field = |name: &str| sealed[name].as_str().unwrap();
        let pem = key.open(field("nonce"), field("associated_data"), field("ciphertext")).unwrap();
        let certificate = Certificate::from_pem(std::str::from_utf8(&pem).unwrap()).unwrap();
        assert_eq!(certificate.serial, text(&vector, "expect_certificate_serial"));
        assert_eq!(certificate.serial, body["data"][0]["serial_no"].as_str().unwrap());
        assert!(certificate.not_before < certificate.not_after);
    }
}

#[test]
fn every_rsa_signature_is_reproduced_verified_or_refused() {
    let vectors = pay_vectors("v3-rsa-");
    assert_eq!(vectors.len(), 5);
    for vector in vectors {
        let (id, message, signature) = (text(&vector, "id"), text(&vector, "message"), text(&vector, "signature"));
        if vector.get("private_key_pem").is_some() {
            let key = PrivateKey::from_pem(text(&vector, "private_key_pem")).unwrap();
            assert_eq!(key.sign(message.as_bytes()).unwrap(), signature, "{id}");
        }
        let holds = vector["expect"].as_bool().unwrap_or(true);
        if vector.get("public_key_pem").is_some() {
            let key = PublicKey::from_pem(text(&vector, "public_key_pem")).unwrap();
            assert_eq!(key.verifies(message.as_bytes(), signature), holds, "{id}");
        }
        if vector.get("certificate_pem").is_some() {
            let certificate = Certificate::from_pem(text(&vector, "certificate_pem")).unwrap();
            assert_eq!(certificate.key.verifies(message.as_bytes(), signature), holds, "{id}");
            assert_eq!(certificate.serial, text(&vector, "serial"), "{id}");
        }
    }
}

#[test]
fn every_oaep_ciphertext_is_opened() {
    let vectors = pay_vectors("rsa-oaep-sha1");
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let key = PrivateKey::from_pem(text(&vector, "private_key_pem")).unwrap();
        assert_eq!(key.open(text(&vector, "ciphertext")).unwrap(), text(&vector, "plaintext").as_bytes());
        assert!(key.open("AAAA").is_err() && key.open("no base64").is_err());
    }
}

#[test]
fn a_name_is_encrypted_differently_each_time_and_opens_again() {
    let vector = pay_vectors("v3-request-sign-post").remove(0);
    let private = PrivateKey::from_pem(text(&vector, "private_key_pem")).unwrap();
    let public = Certificate::from_pem(text(&vector, "certificate_pem")).unwrap().key;
    assert!(private.belongs_to(&public));
    let (one, two) = (public.seal("张三").unwrap(), public.seal("张三").unwrap());
    assert_ne!(one, two);
    assert_eq!(one.len(), 344);
    assert_eq!(private.open(&one).unwrap(), "张三".as_bytes());
    assert!(public.seal(&"x".repeat(214)).is_ok() && public.seal(&"x".repeat(215)).is_err());
    let other = PublicKey::from_pem(text(&pay_vectors("v3-response").remove(0), "wechatpay_public_key_pem")).unwrap();
    assert!(!private.belongs_to(&other));
}

#[test]
fn what_is_no_key_is_refused() {
    let vector = pay_vectors("v3-request-sign-post").remove(0);
    let (certificate, private) = (text(&vector, "certificate_pem"), text(&vector, "private_key_pem"));
    assert!(PrivateKey::from_pem(certificate).is_err() && PrivateKey::from_pem("").is_err());
    assert!(PublicKey::from_pem(private).is_err() && PublicKey::from_pem("-----BEGIN PUBLIC KEY-----").is_err());
    assert!(Certificate::from_pem(private).is_err());
    let (cut, _) = certificate.split_at(certificate.len() / 2);
    assert!(Certificate::from_pem(cut).is_err());
    assert_eq!(format!("{:?}", PrivateKey::from_pem(private).unwrap()), "PrivateKey(…)");
}

proptest! {
    #[test]
    fn whatever_is_sealed_opens_again(plain in any::<Vec<u8>>(), nonce in "[A-Za-z0-9]{12}", about in "[a-z_]{0,20}") {
        let key = V3Key::new("a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb").unwrap();
        let sealed = key.seal(&nonce, &about, &plain).unwrap();
        prop_assert_eq!(key.open(&nonce, &about, &sealed), Ok(plain));
        prop_assert_eq!(key.open(&nonce, &format!("{about}x"), &sealed), Err(Unopened));
    }

    #[test]
    fn no_text_makes_opening_panic(nonce in any::<String>(), about in any::<String>(), ciphertext in any::<String>()) {
        let key = V3Key::new("a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb").unwrap();
        prop_assert_eq!(key.open(&nonce, &about, &ciphertext), Err(Unopened));
    }

    #[test]
    fn no_text_is_read_as_a_key(pem in any::<String>()) {
        prop_assert!(PublicKey::from_pem(&pem).is_err());
        prop_assert!(Certificate::from_pem(&pem).is_err());
    }

    #[test]
    fn the_order_of_parameters_does_not_matter(mut parameters in proptest::collection::vec(("[a-z_]{1,8}", ".{0,8}"), 0..8)) {
        let key = V2Key::of("k");
        let sign = |parameters: &[(String, String)]| key.md5(parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())));
        let before = sign(&parameters);
        parameters.reverse();
        prop_assert_eq!(before, sign(&parameters));
    }
}
