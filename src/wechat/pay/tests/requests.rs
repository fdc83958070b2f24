//! How requests look, and what may stand in them.

use serde_json::{Value, json};

use super::{
    super::{
        red_packet::{NewRedPacket, RedPacket},
        transfer::{NewTransfer, Transfer},
        v3::{message, transfer_body},
    },
    rig::settings,
};
use crate::wechat::golden::{pay_vectors, text};

/// The transfer of the vectors.
pub(super) fn transfer() -> Value {
    json!({
        "number": "plfk2020042013",
        "appid": "wxf636efh567hg4356",
        "open_id": "o-MYE42l80oelYMDE34nYD456Xoy",
        "amount": 100,
        "scene": "1000",
        "remark": "邀请奖励",
        "reports": [
            { "info_type": "活动名称", "info_content": "新会员有礼" },
            { "info_type": "奖励说明", "info_content": "邀请好友奖励" }
        ],
        "notify_url": "https://scrm.example.test/wxpay/notify",
        "perception": "活动奖励"
    })
}

/// The red packet of the vectors.
pub(super) fn packet() -> Value {
    json!({
        "number": "1900001109202611210000000001",
        "appid": "wx8888888888888888",
        "open_id": "oxTWIuGaIt6gTKsQRLau2M0yL16E",
        "amount": 100,
        "send_name": "天虹百货",
        "wishing": "感谢参加活动",
        "act_name": "拉新有礼",
        "remark": "邀请奖励"
    })
}

/// The value with one field changed; null takes it away.
pub(super) fn with(mut value: Value, field: &str, to: Value) -> Value {
    let fields = value.as_object_mut().unwrap();
    if to.is_null() {
        drop(fields.remove(field))
    } else {
        drop(fields.insert(field.to_owned(), to))
    }
    value
}

fn broken_transfer(value: Value) -> Vec<String> {
    match Transfer::try_from(serde_json::from_value::<NewTransfer>(value).unwrap()) {
        Ok(transfer) => {
            let settings = settings();
            transfer.check(&settings.scenes, settings.apps.values()).err()
        }
        Err(broken) => Some(broken),
    }
    .map(|broken| broken.0.into_iter().map(|field| field.field).collect())
    .unwrap_or_default()
}

fn broken_packet(value: Value) -> Vec<String> {
    let settings = settings();
    match RedPacket::try_from(serde_json::from_value::<NewRedPacket>(value).unwrap()) {
        Ok(packet) => packet.check(&settings.red_packets, settings.apps.values()).err(),
        Err(broken) => Some(broken),
    }
    .map(|broken| broken.0.into_iter().map(|field| field.field).collect())
    .unwrap_or_default()
}

#[test]
fn every_request_is_signed_over_the_text_of_its_vector() {
    let vectors = pay_vectors("v3-request-sign");
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        let (method, path) = (text(&vector, "method"), text(&vector, "canonical_url"));
        let timestamp = vector["timestamp"].as_i64().unwrap();
        let made = message(method, path, timestamp, text(&vector, "nonce_str"), text(&vector, "body").as_bytes());
        assert_eq!(made, text(&vector, "message").as_bytes(), "{}", vector["id"]);
        let key = super::super::crypto::PrivateKey::from_pem(text(&vector, "private_key_pem")).unwrap();
        let signature = key.sign(&made).unwrap();
        assert_eq!(signature, text(&vector, "signature"), "{}", vector["id"]);
        assert!(vector["authorization"].as_str().is_none_or(|header| header.contains(&signature)));
    }
}

#[test]
fn a_transfer_travels_as_in_its_vector() {
    let vector = pay_vectors("v3-request-sign-post").into_iter().find(|vector| vector["body"] != "").unwrap();
    let transfer: Transfer = serde_json::from_value(transfer()).unwrap();
    let body = transfer_body(transfer.fields(), None).unwrap();
    assert_eq!(String::from_utf8(body).unwrap(), text(&vector, "body"));
}

#[test]
fn requests_are_stored_and_read_back_as_they_are() {
    let stored = transfer();
    let read: Transfer = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), stored);
    let stored = packet();
    let read: RedPacket = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), stored);
    assert!(serde_json::from_value::<Transfer>(with(transfer(), "amount", json!(9))).is_err());
    assert!(serde_json::from_value::<Transfer>(with(transfer(), "colour", json!("red"))).is_err());
    let named = with(transfer(), "user_name", json!("张三"));
    let named = serde_json::from_value::<Transfer>(named).unwrap();
    assert!(serde_json::to_value(&named).is_err(), "a name is never stored in the clear");
    let shown = format!("{named:?}");
    assert!(!shown.contains("张三") && !shown.contains("MYE42l80oelYMDE34nYD456"), "{shown}");
}

#[test]
fn every_rule_of_a_transfer_is_checked_before_it_leaves() {
    assert_eq!(broken_transfer(transfer()), Vec::<String>::new());
    for (field, to, expected) in [
        ("amount", json!(9), "amount"),
        ("amount", json!(0), "amount"),
        ("amount", json!(20_001), "amount"),
        ("amount", json!(200_000), "user_name"),
        ("remark", json!(""), "remark"),
        ("remark", json!("汉".repeat(33)), "remark"),
        ("remark", json!("恭喜😀"), "remark"),
        ("scene", json!("9999"), "scene"),
        ("scene", json!(""), "scene"),
        ("appid", json!("wx0000000000000000"), "appid"),
        ("reports", json!([]), "reports"),
        ("reports", json!([{ "info_type": "活动名称", "info_content": "x" }]), "reports"),
        (
            "reports",
            json!([
                { "info_type": "活动名称", "info_content": "汉".repeat(33) },
                { "info_type": "奖励说明", "info_content": "x" }
            ]),
            "reports[0].info_content",
        ),
        ("perception", json!("退款"), "perception"),
        ("notify_url", json!("https://a.example/b?c=d"), "notify_url"),
        ("notify_url", json!(format!("https://a.example/{}", "x".repeat(256))), "notify_url"),
    ] {
        assert_eq!(broken_transfer(with(transfer(), field, to.clone())), [expected], "{field} {to}");
    }
    let small = with(with(transfer(), "amount", json!(29)), "user_name", json!("张三"));
    assert_eq!(broken_transfer(small), ["user_name"]);
    let packet = with(transfer(), "style", json!("red_packet"));
    assert_eq!(broken_transfer(packet.clone()), Vec::<String>::new());
    assert_eq!(broken_transfer(with(packet, "amount", json!(20_001))), ["style"]);
    for bad in [json!("x y"), json!("plfk-2020"), json!("")] {
        assert!(serde_json::from_value::<NewTransfer>(with(transfer(), "number", bad)).is_err());
    }
    for bad in [json!(-1), json!(1.5), json!("100"), json!(i64::MAX), json!(null)] {
        assert!(serde_json::from_value::<NewTransfer>(with(transfer(), "amount", bad)).is_err());
    }
}

#[test]
fn every_rule_of_a_red_packet_is_checked_before_it_leaves() {
    assert_eq!(broken_packet(packet()), Vec::<String>::new());
    for (field, to, expected) in [
        ("amount", json!(99), "scene"),
        ("amount", json!(20_001), "scene"),
        ("send_name", json!("十一个汉字十一个汉字啊"), "send_name"),
        ("send_name", json!(""), "send_name"),
        ("act_name", json!("十一个汉字十一个汉字啊"), "act_name"),
        ("wishing", json!("汉".repeat(43)), "wishing"),
        ("wishing", json!("恭喜🧧"), "wishing"),
        ("remark", json!("x".repeat(257)), "remark"),
        ("open_id", json!("o".repeat(33)), "open_id"),
        ("appid", json!("wx0000000000000000"), "appid"),
        ("scene", json!("PRODUCT_2"), "scene"),
        ("risk_info", json!("posttime=1 2"), ""),
    ] {
        let found = broken_packet(with(packet(), field, to.clone()));
        let expected: Vec<&str> = if expected.is_empty() { Vec::new() } else { vec![expected] };
        assert_eq!(found, expected, "{field} {to}");
    }
    assert_eq!(broken_packet(with(packet(), "amount", json!(0))), ["amount", "scene"]);
    assert_eq!(broken_packet(with(packet(), "risk_info", json!("手机"))), ["risk_info"]);
    assert!(serde_json::from_value::<NewRedPacket>(with(packet(), "scene", json!("PRODUCT_9"))).is_err());
}
