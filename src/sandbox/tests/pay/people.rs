use std::collections::BTreeMap;

use md5::{Digest, Md5};
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use super::till::{PAY, Till, failed, sent, sign};
use crate::sandbox::{
    BizPacket, TransferCall,
    tests::rig::{LIN, MINI, ZHOU},
};

const SEND_MINI: &str = "/mmpaymkttransfers/sendminiprogramhb";

#[tokio::test]
async fn the_page_of_a_transfer_opens_for_its_receiver_only() {
    let till = Till::start().await;
    let package = till.create(&till.transfer(LIN, "t1")).await.json()["package_info"].as_str().unwrap().to_owned();
    let call = TransferCall { mch_id: till.access.mchid.clone(), app_id: "wxbrand".to_owned(), package };
    assert!(till.rig.sandbox.open_transfer(ZHOU, &call).is_err());
    for wrong in [
        TransferCall { mch_id: "1".to_owned(), ..call.clone() },
        TransferCall { app_id: "wxshop".to_owned(), ..call.clone() },
        TransferCall { package: "x".to_owned(), ..call.clone() },
    ] {
        assert!(till.rig.sandbox.open_transfer(LIN, &wrong).is_err());
    }
    let body = serde_json::to_value(&call).unwrap();
    assert_eq!(body["mchId"], "1900001109");
    let (status, page) = till.rig.control("POST", "/people/lin-xiaoman/transfer-page", body).await;
    assert_eq!((status, &page["amount"], &page["perception"]), (200, &json!(100), &json!("活动奖励")));
    let id = page["id"].as_u64().unwrap();
    till.rig.sandbox.close_transfer(LIN, id).unwrap();
    till.query("t1").await.state("WAIT_USER_CONFIRM");
    let (status, _) =
        till.rig.control("POST", &format!("/people/lin-xiaoman/transfers/{id}/confirm"), Value::Null).await;
    assert_eq!(status, 200);
    till.query("t1").await.state("SUCCESS");
}

impl Till {
    fn mini_packet(&self, number: &str) -> BTreeMap<String, String> {
        let mut fields = self.packet_with(
            LIN,
            number,
            &[
                ("wxappid", "wxmini"),
                ("re_openid", &self.rig.openid(LIN, MINI)),
                ("client_ip", ""),
                ("notify_way", "MINI_PROGRAM_JSAPI"),
            ],
        );
        sign(&mut fields, &self.access.v2_key);
        fields
    }
}

#[tokio::test]
async fn a_mini_program_shows_its_packet_with_a_signature() {
    let till = Till::start().await;
    let mut official = till.mini_packet("m0");
    official.insert("wxappid".to_owned(), "wxbrand".to_owned());
    sign(&mut official, &till.access.v2_key);
    failed(&till.post(SEND_MINI, &official).await, "ILLEGAL_APPID");
    let answer = till.post(SEND_MINI, &till.mini_packet("m1")).await;
    sent(&answer);
    let package = answer.str("package").unwrap().to_owned();
    assert!(package.starts_with("sendid=") && package.ends_with("&appid=wxmini"), "{package}");
    let id = till.rig.sandbox.wallet(LIN).unwrap().packets[0].id;
    assert!(till.rig.sandbox.open_packet(LIN, id).is_err(), "nobody has shown it");
    let encoded: String = byte_serialize(package.as_bytes()).collect();
    let call = |signed: &str| {
        let text = format!("appId=wxmini&nonceStr=n1&package={signed}&timeStamp=1795226400&key={}", till.access.v2_key);
        BizPacket {
            time_stamp: "1795226400".to_owned(),
            nonce_str: "n1".to_owned(),
            package: encoded.clone(),
            sign_type: "MD5".to_owned(),
            pay_sign: hex::encode(Md5::digest(text.as_bytes())),
            scene: 1047,
        }
    };
    let right = call(&encoded);
    assert!(till.rig.sandbox.show_packet(LIN, &BizPacket { scene: 1001, ..right.clone() }).is_err());
    assert!(till.rig.sandbox.show_packet(LIN, &call("other")).is_err());
    let upper = BizPacket { pay_sign: right.pay_sign.to_uppercase(), ..right.clone() };
    assert!(till.rig.sandbox.show_packet(LIN, &upper).is_err());
    assert!(till.rig.sandbox.show_packet(ZHOU, &right).is_err());
    till.rig.sandbox.show_packet(LIN, &call(&package)).unwrap();
    till.rig.sandbox.show_packet(LIN, &right).unwrap();
    till.rig.sandbox.open_packet(LIN, id).unwrap();
    assert_eq!(till.rig.sandbox.wallet(LIN).unwrap().balance, 100);
}

#[tokio::test]
async fn testers_drive_it_over_http() {
    let till = Till::start().await;
    till.send(LIN, "p1").await;
    let (_, wallet) = till.rig.control("GET", "/people/lin-xiaoman/wallet", Value::Null).await;
    assert_eq!((&wallet["balance"], &wallet["packets"][0]["state"]), (&json!(0), &json!("SENT")));
    let id = wallet["packets"][0]["id"].as_u64().unwrap();
    let open = format!("/people/lin-xiaoman/packets/{id}/open");
    assert_eq!(till.rig.control("POST", &open, Value::Null).await.0, 200);
    assert_eq!(till.rig.control("POST", &open, Value::Null).await.0, 409);
    let (_, wallet) = till.rig.control("GET", "/people/lin-xiaoman/wallet", Value::Null).await;
    assert_eq!((&wallet["balance"], &wallet["receipts"][0]["title"]), (&json!(100), &json!("惠联小店")));
    let (_, merchants) = till.rig.control("GET", "/merchants", Value::Null).await;
    assert_eq!(merchants["merchants"][1]["balance"], 10_000_000 - 100);
    let (_, access) = till.rig.control("GET", "/merchants/pay/access", Value::Null).await;
    assert_eq!(access["v2_url"], till.access.v2_url);
    let (_, ledger) = till.rig.control("GET", "/merchants/pay/ledger", Value::Null).await;
    assert_eq!((&ledger["movements"][1]["kind"], &ledger["movements"][1]["number"]), (&json!("packet"), &json!("p1")));
    for (method, path, body, expected) in [
        ("POST", "/merchants/pay/top-up", json!({ "amount": 5 }), 200),
        ("POST", "/merchants/pay/top-up", json!({ "amount": -5 }), 422),
        ("PATCH", "/merchants/pay", json!({ "mode": "both", "rotate_certificate": true }), 200),
        ("PATCH", "/merchants/pay", json!({ "colour": 1 }), 422),
        ("PATCH", "/merchants/nobody", json!({}), 404),
        ("PUT", "/people/lin-xiaoman/risk", json!({ "reason": "ACCOUNT_FROZEN" }), 200),
        ("GET", "/notifications?merchant=pay", Value::Null, 200),
        ("POST", "/notifications/release", json!({}), 200),
        ("POST", "/notifications/1/again", Value::Null, 404),
        ("PUT", "/random-faults", json!({ "per_mille": 1001, "seed": 1 }), 422),
        ("PUT", "/random-faults", json!({ "per_mille": 10, "seed": 1 }), 200),
        ("GET", "/random-faults", Value::Null, 200),
        ("GET", "/people/nobody/wallet", Value::Null, 404),
    ] {
        let (status, answer) = till.rig.control(method, path, body).await;
        assert_eq!(status, expected, "{method} {path}: {answer}");
    }
    assert_eq!(till.rig.sandbox.merchants()[1].key, PAY);
    assert_eq!(till.rig.sandbox.balance(PAY).unwrap(), 10_000_000 - 100 + 5);
}
