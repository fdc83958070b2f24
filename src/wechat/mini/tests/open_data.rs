use aes::Aes128;
use base64::{Engine, engine::general_purpose::STANDARD};
use cbc::cipher::{Array, BlockModeEncrypt, KeyIvInit};
use chrono::{DateTime, TimeDelta};
use entity::types::OpenId;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{KEY, OPENID, somebody};
use crate::wechat::{
    crypto::Unopened,
    golden::{text, vectors},
    mini::{
        SessionKey,
        open_data::{EncryptedData, Expected, UserData},
        phone::PhoneNumber,
    },
};

const APPID: &str = "wx4f4bc4dec97d474b";
const MADE: i64 = 1_477_314_187;

fn expected(openid: &OpenId) -> Expected<'_> {
    Expected { appid: APPID, openid, now: DateTime::from_timestamp(MADE + 60, 0).unwrap() }
}

fn key() -> SessionKey {
    KEY.parse().unwrap()
}

/// Encrypts as WeChat does.
fn sealed(plain: &[u8], pad: impl Fn(usize) -> Vec<u8>) -> EncryptedData {
    let mut bytes = plain.to_vec();
    bytes.extend(pad(16 - plain.len() % 16));
    let (blocks, _) = Array::slice_as_chunks_mut(&mut bytes);
    let key: [u8; 16] = STANDARD.decode(KEY).unwrap().try_into().unwrap();
    cbc::Encryptor::<Aes128>::new(&key.into(), &[9; 16].into()).encrypt_blocks(blocks);
    EncryptedData { encrypted_data: STANDARD.encode(bytes), iv: STANDARD.encode([9; 16]) }
}

fn sealed_json(plain: &Value) -> EncryptedData {
    sealed(plain.to_string().as_bytes(), |pad| vec![u8::try_from(pad).unwrap(); pad])
}

fn published() -> (EncryptedData, Value) {
    let mut published = vectors("vectors", "mini_encrypted_data");
    assert_eq!(published.len(), 1);
    let vector = published.remove(0);
    let data = json!({ "encryptedData": text(&vector, "encrypted_data"), "iv": text(&vector, "iv") });
    assert_eq!((text(&vector, "appid"), text(&vector, "session_key")), (APPID, KEY));
    (serde_json::from_value(data).unwrap(), vector["plaintext_json"].clone())
}

#[test]
fn the_published_data_opens() {
    let (data, plain) = published();
    let me = somebody();
    assert_eq!(data.open::<Value>(&key(), expected(&me)).unwrap(), plain);
    let user: UserData = data.open(&key(), expected(&me)).unwrap();
    assert_eq!(user.union_id.unwrap().as_str(), plain["unionId"]);
    assert!(!format!("{data:?}").contains("CiyLU1"));
}

#[test]
fn mangled_data_is_refused() {
    let mut negative = vectors("negative_vectors", "mini_encrypted_data");
    assert_eq!(negative.len(), 1);
    assert!(text(&negative.remove(0), "use").contains("'aaaa'"));
    let (good, me) = (published().0, somebody());
    let with = |encrypted_data: String, iv: &str| EncryptedData { encrypted_data, iv: iv.to_owned() };
    let data = good.encrypted_data.as_str();
    for bad in [
        with(format!("aaaa{data}"), &good.iv),
        with(data.replace('+', " "), &good.iv),
        with(data.chars().take(data.len() - 24).collect(), &good.iv),
        with(String::new(), &good.iv),
        with(data.to_owned(), "r7BXXKkLb8qrSNn05n0q"),
        with(data.to_owned(), "AAAAAAAAAAAAAAAAAAAAAA=="),
        with(data.to_owned(), ""),
    ] {
        assert_eq!(bad.open::<Value>(&key(), expected(&me)).unwrap_err(), Unopened);
    }
}

#[test]
fn a_wrong_key_is_refused_in_one_way() {
    let (data, me) = (published().0, somebody());
    for byte in 0..=255u8 {
        let other: SessionKey = STANDARD.encode([byte; 16]).parse().unwrap();
        assert_eq!(data.open::<Value>(&other, expected(&me)).unwrap_err(), Unopened);
    }
}

#[test]
fn data_of_another_mini_program_person_or_day_is_refused() {
    let data = published().0;
    let (me, other) = (somebody(), "oSomebodyElse".parse().unwrap());
    let here = expected(&me);
    assert_eq!(data.open::<Value>(&key(), expected(&other)).unwrap_err(), Unopened);
    assert_eq!(data.open::<Value>(&key(), Expected { appid: "wxanother", ..here }).unwrap_err(), Unopened);
    let at = |seconds: i64| Expected {
        now: DateTime::from_timestamp(MADE, 0).unwrap() + TimeDelta::seconds(seconds),
        ..here
    };
    for (seconds, opens) in [(-600, true), (-601, false), (0, true), (600, true), (601, false), (86_400, false)] {
        assert_eq!(data.open::<Value>(&key(), at(seconds)).is_ok(), opens, "{seconds}");
    }
}

#[test]
fn data_that_names_nobody_opens_for_the_session_but_needs_its_mark() {
    let me = somebody();
    let mark = json!({ "appid": APPID, "timestamp": MADE });
    let anonymous = sealed_json(&json!({ "nickName": "微信用户", "watermark": mark }));
    assert_eq!(anonymous.open::<UserData>(&key(), expected(&me)).unwrap(), UserData { union_id: None });
    for bad in [
        json!({ "nickName": "微信用户" }),
        json!({ "watermark": { "appid": APPID } }),
        json!({ "watermark": { "appid": APPID, "timestamp": 0 } }),
        json!({ "watermark": { "timestamp": MADE } }),
        json!({ "watermark": mark, "openId": OPENID.to_lowercase() }),
        json!([1, 2]),
        json!("text"),
    ] {
        assert_eq!(sealed_json(&bad).open::<Value>(&key(), expected(&me)).unwrap_err(), Unopened, "{bad}");
    }
    let plain = json!({ "watermark": mark }).to_string();
    for pads in [[0, 0], [17, 17], [1, 2]] {
        let bad = sealed(plain.as_bytes(), |pad| {
            let mut padding = vec![pads[0]; pad];
            padding[pad - 1] = pads[1];
            padding
        });
        assert_eq!(bad.open::<Value>(&key(), expected(&me)).unwrap_err(), Unopened, "{pads:?}");
    }
}

#[test]
fn a_phone_number_of_the_old_way_opens() {
    let me = somebody();
    let of = |pure: &str, country: Value| {
        sealed_json(&json!({
            "phoneNumber": pure, "purePhoneNumber": pure, "countryCode": country,
            "watermark": { "appid": APPID, "timestamp": MADE }
        }))
    };
    let number: PhoneNumber = of("13800000001", json!("86")).open(&key(), expected(&me)).unwrap();
    assert_eq!((number.country_code.as_str(), number.national.as_str()), ("86", "13800000001"));
    let number: PhoneNumber = of("91234567", json!(852)).open(&key(), expected(&me)).unwrap();
    assert_eq!((number.country_code.as_str(), number.national.as_str()), ("852", "91234567"));
    for (pure, country) in [("", json!("86")), ("138 0000", json!("86")), ("138", json!("abc")), ("1", json!(null))] {
        assert_eq!(of(pure, country).open::<PhoneNumber>(&key(), expected(&me)).unwrap_err(), Unopened, "{pure}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80), iv in any::<[u8; 16]>(), text in any::<String>()) {
        let me = somebody();
        let data = EncryptedData { encrypted_data: STANDARD.encode(bytes), iv: STANDARD.encode(iv) };
        prop_assert_eq!(data.open::<Value>(&key(), expected(&me)), Err(Unopened));
        let data = EncryptedData { encrypted_data: text.clone(), iv: text };
        prop_assert_eq!(data.open::<Value>(&key(), expected(&me)), Err(Unopened));
    }
}
