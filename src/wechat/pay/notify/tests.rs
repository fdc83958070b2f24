//! The published notifications, opened.

use proptest::prelude::*;
use serde_json::Value;

use super::{
    notice::{Content, Envelope, TransferEnd},
    refusal::Refusal,
};
use crate::wechat::{
    golden::{pay_vectors, text},
    pay::{
        Merchant,
        tests::{Rig, settings},
        transfer::TransferState,
    },
};

async fn merchant() -> Merchant {
    Rig::start().await.merchant()
}

fn bent(body: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_str(body).unwrap();
    change(&mut value);
    value.to_string().into_bytes()
}

#[actix_web::test]
async fn the_published_end_of_a_transfer_is_opened() {
    let vector = pay_vectors("v3-notification-transfer").remove(0);
    let body = text(&vector, "body");
    let content = Envelope::read(body.as_bytes()).unwrap().open(&merchant().await).unwrap();
    let Content::Transfer(end) = &content else { panic!("{content:?}") };
    assert_eq!((end.number.as_str(), end.state, end.amount.get()), ("plfk2020042013", TransferState::Success, 100));
    let expected: TransferEnd = serde_json::from_str(text(&vector, "plaintext")).unwrap();
    assert_eq!(*end, expected);
    assert!(!format!("{content:?}").contains(end.open_id.as_str()), "OpenIDs print masked");
}

#[actix_web::test]
async fn the_published_notification_of_another_product_is_kept_unread() {
    use crate::wechat::pay::crypto::tests::open_with_16_bytes;
    let vector = pay_vectors("v3-notification-full").remove(0);
    let envelope = Envelope::read(text(&vector, "body").as_bytes()).unwrap();
    assert_eq!(envelope.open(&merchant().await), Err(Refusal::Decrypt), "another merchant's key");
    let sealed = &envelope.resource;
    let about = sealed.associated_data.as_deref().unwrap_or_default();
    let plain = open_with_16_bytes(text(&vector, "apiv3_key"), &sealed.nonce, about, &sealed.ciphertext);
    assert_eq!(String::from_utf8(plain).unwrap(), text(&vector, "plaintext"));
}

#[actix_web::test]
async fn what_is_bent_or_foreign_is_refused() {
    let vector = pay_vectors("v3-notification-transfer").remove(0);
    let body = text(&vector, "body");
    let merchant = merchant().await;
    let open = |body: Vec<u8>| Envelope::read(&body).and_then(|envelope| envelope.open(&merchant));
    assert!(open(bent(body, |_| {})).is_ok());
    assert_eq!(open(bent(body, |body| body["resource"]["nonce"] = "fdasflkja485".into())), Err(Refusal::Decrypt));
    assert_eq!(open(bent(body, |body| body["resource"]["associated_data"] = "x".into())), Err(Refusal::Decrypt));
    assert_eq!(open(bent(body, |body| body["resource"]["algorithm"] = "AEAD_SM4_GCM".into())), Err(Refusal::Decrypt));
    assert_eq!(open(bent(body, |body| body["resource"]["ciphertext"] = "AAAA".into())), Err(Refusal::Decrypt));
    for id in ["", " ", "x\u{0}", &"x".repeat(129)] {
        assert_eq!(open(bent(body, |body| body["id"] = id.into())), Err(Refusal::Malformed), "{id:?}");
    }
    assert_eq!(
        open(bent(body, |body| drop(body.as_object_mut().unwrap().remove("resource")))),
        Err(Refusal::Malformed)
    );
    assert_eq!(open(b"<xml></xml>".to_vec()), Err(Refusal::Malformed));
    let other = bent(body, |body| body["event_type"] = "SOMETHING.NEW".into());
    assert_eq!(open(other), Ok(Content::Other { kind: "SOMETHING.NEW".to_owned() }));
    let mut foreign = settings();
    foreign.mchid = "1900000000".to_owned();
    let foreign = Rig::start().await.merchant_with(foreign);
    let read = Envelope::read(body.as_bytes()).unwrap();
    assert_eq!(read.open(&foreign), Err(Refusal::ForeignMerchant));
}

proptest! {
    #[test]
    fn no_bytes_are_a_notification(bytes in any::<Vec<u8>>()) {
        prop_assert!(Envelope::read(&bytes).is_err());
    }
}
