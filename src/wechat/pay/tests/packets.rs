//! Red packets: what is sent, and what each answer is taken for.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::{
    super::{
        Answer, Kind, OutNo, Why,
        crypto::V2Key,
        development,
        red_packet::{Package, RedPacket, RedPacketState},
        v2::{parameters, read, red_packet_fields, signed_body},
    },
    requests::{packet, with},
    rig::{Reply, Rig, Signed, settings},
};
use crate::wechat::{
    account::Format,
    golden::{pay_vectors, text},
    message::Fields,
    pay::exchange::Raw,
};

const APPID: &str = "wx8888888888888888";

fn request() -> RedPacket {
    serde_json::from_value(packet()).unwrap()
}

fn number() -> OutNo {
    "1900001109202611210000000001".parse().unwrap()
}

fn key() -> V2Key {
    V2Key::new(development::V2_KEY).unwrap()
}

/// An answer with these fields, as WeChat Pay writes it.
fn answered(fields: &[(&str, &str)]) -> Reply {
    let fields: String = fields.iter().map(|(name, value)| format!("<{name}><![CDATA[{value}]]></{name}>")).collect();
    Reply::new(200, format!("<xml>{fields}</xml>")).signed(Signed::Not)
}

const SENT: &[(&str, &str)] = &[
    ("return_code", "SUCCESS"),
    ("return_msg", "发放成功"),
    ("result_code", "SUCCESS"),
    ("err_code", "SUCCESS"),
    ("err_code_des", "发放成功"),
    ("mch_billno", "1900001109202611210000000001"),
    ("mch_id", "1900001109"),
    ("wxappid", APPID),
    ("re_openid", "oxTWIuGaIt6gTKsQRLau2M0yL16E"),
    ("total_amount", "100"),
    ("send_listid", "1000041701202611213000000000001"),
];

/// The fields with one changed; an empty value takes it away.
fn but(
    fields: &[(&'static str, &'static str)],
    name: &'static str,
    value: &'static str,
) -> Vec<(&'static str, &'static str)> {
    let mut changed: Vec<_> = fields.iter().copied().filter(|(known, _)| *known != name).collect();
    if !value.is_empty() {
        changed.push((name, value));
    }
    changed
}

fn refused(code: &'static str, words: &'static str) -> Reply {
    answered(&but(&but(&but(SENT, "result_code", "FAIL"), "err_code", code), "err_code_des", words))
}

fn why<T>(answer: Answer<T>) -> Option<Why> {
    match answer {
        Answer::Unknown(unknown) => Some(unknown.why),
        Answer::Done(_) | Answer::Refused(_) => None,
    }
}

fn kind<T>(answer: Answer<T>) -> Option<Kind> {
    match answer {
        Answer::Refused(refusal) => Some(refusal.kind),
        Answer::Done(_) | Answer::Unknown(_) => None,
    }
}

#[test]
fn a_red_packet_is_signed_as_in_its_vector() {
    let vector = pay_vectors("v2-md5-redpack").remove(0);
    let mut parameters = red_packet_fields(&request(), "1900001109");
    parameters.push(("client_ip", "127.0.0.1".to_owned()));
    parameters.push(("nonce_str", text(&vector["params"], "nonce_str").to_owned()));
    let body = signed_body(&V2Key::new(text(&vector, "key")).unwrap(), &parameters);
    let fields = Fields::read(&body, Format::Xml).unwrap();
    assert_eq!(fields.text("sign").unwrap(), text(&vector, "sign"));
    let sent: BTreeMap<&str, String> = fields
        .iter()
        .map(|(name, node)| (name, node.text().unwrap().into_owned()))
        .filter(|(name, _)| *name != "sign")
        .collect();
    let wanted: BTreeMap<String, String> = serde_json::from_value(vector["params"].clone()).unwrap();
    let wanted: BTreeMap<&str, String> = wanted
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    assert_eq!(sent, wanted, "exactly what is signed is sent");
}

#[test]
fn a_mini_program_gets_the_signature_of_the_vector() {
    let vector = pay_vectors("v2-md5-sendBizRedPacket").remove(0);
    let field = |name: &str| text(&vector["params"], name);
    let package = text(&vector, "package_from_server");
    let made = |raw| {
        let (time, nonce) = (field("timeStamp").to_owned(), field("nonceStr").to_owned());
        parameters(&V2Key::new(text(&vector, "key")).unwrap(), field("appId"), package, raw, time, nonce)
    };
    let shown = serde_json::to_value(made(false)).unwrap();
    let expected = json!({
        "timeStamp": field("timeStamp"), "nonceStr": field("nonceStr"), "package": text(&vector, "package_urlencoded"),
        "signType": "MD5", "paySign": text(&vector, "paySign")
    });
    assert_eq!(shown, expected);
    assert_ne!(made(true).pay_sign, made(false).pay_sign, "the switch signs the raw package");
    assert_eq!(made(true).package, made(false).package, "and passes the encoded one all the same");
}

#[actix_web::test]
async fn a_red_packet_is_sent_and_its_answer_read() {
    let rig = Rig::start().await;
    rig.next(answered(SENT));
    let Answer::Done(sent) = rig.merchant().send_red_packet(&request()).await else { panic!("it was sent") };
    assert_eq!(sent.send_listid.as_deref(), Some("1000041701202611213000000000001"));
    let seen = rig.last();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/mmpaymkttransfers/sendredpack"));
    assert!(seen.header("content-type").starts_with("text/xml"));
    let fields = Fields::read(std::str::from_utf8(&seen.body).unwrap(), Format::Xml).unwrap();
    assert_eq!(fields.text("client_ip").unwrap(), "127.0.0.1");
    assert_eq!(fields.text("nonce_str").unwrap().len(), 32);
    for absent in ["sign_type", "appid", "scene_id", "risk_info", "notify_way"] {
        assert!(fields.find(&[absent]).unwrap().is_none(), "{absent}");
    }
}

#[actix_web::test]
async fn a_mini_program_packet_gives_its_package() {
    let rig = Rig::start().await;
    let mut fields = SENT.to_vec();
    fields.push(("package", "sendid=1&ver=8&sign=2"));
    rig.next(answered(&fields));
    let merchant = rig.merchant();
    let Answer::Done(sent) = merchant.send_mini_red_packet(&request()).await else { panic!("it was made") };
    assert_eq!(sent.package, Package("sendid=1&ver=8&sign=2".to_owned()));
    let seen = rig.last();
    assert_eq!(seen.path, "/mmpaymkttransfers/sendminiprogramhb");
    let fields = Fields::read(std::str::from_utf8(&seen.body).unwrap(), Format::Xml).unwrap();
    assert_eq!(fields.text("notify_way").unwrap(), "MINI_PROGRAM_JSAPI");
    assert!(fields.find(&["client_ip"]).unwrap().is_none());
    let shown = merchant.mini_red_packet_parameters(APPID, &sent.package).unwrap();
    assert_eq!(shown.package.0, "sendid%3D1%26ver%3D8%26sign%3D2");
    assert_eq!(shown.pay_sign, shown.pay_sign.to_lowercase());
    rig.next(answered(SENT));
    assert_eq!(why(merchant.send_mini_red_packet(&request()).await), Some(Why::Form), "nobody can open it");
}

#[actix_web::test]
async fn every_answer_is_one_of_three() {
    let rig = Rig::start().await;
    let door =
        "<html><head><title>400 The SSL certificate error</title></head><body><center>nginx</center></body></html>";
    let unknown = [
        (Reply::new(400, door), Why::ClientCertificate),
        (Reply::new(400, "<html>bad</html>"), Why::Status),
        (Reply::new(502, "<html>bad</html>"), Why::Status),
        (Reply::new(500, "<xml><return_code>SUCCESS</return_code></xml>"), Why::Status),
        (Reply::new(200, "<html>fine</html>"), Why::Form),
        (Reply::new(200, "<xml><return_code><![CDATA[SUCC"), Why::Form),
        (Reply::new(200, ""), Why::Form),
        (Reply::new(200, [0xff, 0xfe]), Why::Form),
        (
            Reply::new(
                200,
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><xml><return_code>&e;</return_code></xml>",
            ),
            Why::Form,
        ),
        (answered(&[SENT, &[("result_code", "FAIL")]].concat()), Why::Form),
        (answered(&[("return_msg", "x")]), Why::Form),
        (answered(&[("return_code", "FAIL"), ("return_msg", "签名错误")]), Why::Code),
        (refused("SYSTEMERROR", "系统繁忙"), Why::System),
        (refused("PROCESSING", "请求已受理，请稍后使用原单号查询发放结果"), Why::Processing),
        (refused("268458547", "系统繁忙"), Why::Code),
        (answered(&but(SENT, "total_amount", "200")), Why::OtherOrder),
        (answered(&but(SENT, "re_openid", "oSomebodyElse")), Why::OtherOrder),
        (answered(&but(SENT, "mch_billno", "1900001109202611210000000002")), Why::OtherOrder),
        (answered(&[SENT, &[("sign", "00000000000000000000000000000000")]].concat()), Why::Signature),
        (Reply::lost(), Why::Lost),
    ];
    for (reply, expected) in unknown {
        rig.next(reply);
        assert_eq!(why(rig.merchant().send_red_packet(&request()).await), Some(expected), "{expected:?}");
        rig.clock.advance(chrono::TimeDelta::seconds(1));
    }
    for (code, expected) in [
        ("NOTENOUGH", Kind::NotEnough),
        ("FREQ_LIMIT", Kind::Rate),
        ("SENDNUM_LIMIT", Kind::UserDayCap),
        ("SENDAMOUNT_LIMIT", Kind::MerchantDayCap),
        ("MONEY_LIMIT", Kind::Amount),
        ("NO_AUTH", Kind::Risk),
        ("SEND_FAILED", Kind::Dead),
        ("FATAL_ERROR", Kind::Mismatch),
        ("OPENID_ERROR", Kind::Person),
        ("CA_ERROR", Kind::Config),
        ("SIGN_ERROR", Kind::Config),
        ("PARAM_ERROR", Kind::Invalid),
        ("API_METHOD_CLOSED", Kind::Closed),
        ("PAYER_ACCOUNT_ABNORMAL", Kind::Frozen),
    ] {
        rig.next(refused(code, "文字"));
        assert_eq!(kind(rig.merchant().send_red_packet(&request()).await), Some(expected), "{code}");
        rig.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let flat: Vec<(&str, &str)> = SENT.to_vec();
    let sign = key().md5(flat.iter().copied());
    rig.next(answered(&[SENT, &[("sign", &sign)]].concat()));
    assert!(matches!(rig.merchant().send_red_packet(&request()).await, Answer::Done(_)), "a signature that holds");
    rig.next(answered(&[SENT, &[("something_new", "2027")]].concat()));
    assert!(matches!(rig.merchant().send_red_packet(&request()).await, Answer::Done(_)), "fields nobody knows");
    rig.next(answered(&[("return_code", "SUCCESS"), ("result_code", "SUCCESS")]));
    assert!(matches!(rig.merchant().send_red_packet(&request()).await, Answer::Done(_)), "echoes may be missing");
}

#[actix_web::test]
async fn a_query_says_what_it_came_to() {
    let rig = Rig::start().await;
    let found = |status: &str, more: &str| {
        Reply::new(
            200,
            format!(
                "<xml><return_code><![CDATA[SUCCESS]]></return_code><result_code><![CDATA[SUCCESS]]></result_code>
                 <mch_billno><![CDATA[1900001109202611210000000001]]></mch_billno><mch_id><![CDATA[1900001109]]></mch_id>
                 <detail_id><![CDATA[1000041701202611213000000000001]]></detail_id><status><![CDATA[{status}]]></status>
                 <send_type>API</send_type><hb_type>NORMAL</hb_type><total_num>1</total_num><total_amount>100</total_amount>
                 <send_time><![CDATA[2026-11-21 10:00:00]]></send_time>{more}</xml>"
            ),
        )
    };
    let ask = async || {
        rig.clock.advance(chrono::TimeDelta::seconds(1));
        match rig.merchant().red_packet(&number(), APPID).await {
            Answer::Done(detail) => detail,
            other => panic!("{other:?}"),
        }
    };
    for (text, state) in [
        ("SENDING", RedPacketState::Sending),
        ("SENT", RedPacketState::Sent),
        ("FAILED", RedPacketState::Failed),
        ("RFUND_ING", RedPacketState::Refunding),
    ] {
        rig.next(found(text, ""));
        assert_eq!(ask().await.state, state);
    }
    rig.next(found(
        "RECEIVED",
        "<hblist><hbinfo><openid>oxTWIuGaIt6gTKsQRLau2M0yL16E</openid><amount>100</amount>
         <rcv_time>2026-11-21 10:20:00</rcv_time></hbinfo></hblist>",
    ));
    let received = ask().await;
    let taken = received.received.first().expect("somebody took it");
    assert_eq!(taken.amount.map(|amount| amount.get()), Some(100));
    assert_eq!(taken.at.unwrap().to_string(), "2026-11-21 02:20:00 UTC");
    rig.next(found("RECEIVED", "<openid>oxTWIuGaIt6gTKsQRLau2M0yL16E</openid><amount>100</amount>"));
    assert_eq!(ask().await.received.len(), 1, "the older form, without a time");
    rig.next(found("REFUND", "<refund_time>2026-11-22 10:01:00</refund_time><refund_amount>100</refund_amount>"));
    let refunded = ask().await;
    assert_eq!(refunded.state, RedPacketState::Refunded);
    assert_eq!(refunded.refund_amount.map(|amount| amount.get()), Some(100));
    rig.next(found("SENDING", "<reason><![CDATA[余额不足]]></reason>"));
    assert_eq!(ask().await.reason.as_deref(), Some("余额不足"));
    let seen = rig.last();
    assert_eq!(seen.path, "/mmpaymkttransfers/gethbinfo");
    let fields = Fields::read(std::str::from_utf8(&seen.body).unwrap(), Format::Xml).unwrap();
    assert_eq!(
        (fields.text("appid").unwrap(), fields.text("bill_type").unwrap()),
        (APPID.to_owned(), "MCHT".to_owned())
    );
    for (reply, expected) in [
        (found("DANCING", ""), Why::Form),
        (found("SENT", "<refund_amount>-1</refund_amount>"), Why::Form),
        (found("SENT", "<refund_time>yesterday</refund_time>"), Why::Form),
        (refused("NOT_FOUND", "指定单号数据不存在"), Why::NotFound),
        (refused("SYSTEMERROR", "单号不存在"), Why::System),
        (answered(&[("return_code", "SUCCESS"), ("result_code", "SUCCESS")]), Why::OtherOrder),
    ] {
        rig.clock.advance(chrono::TimeDelta::seconds(1));
        rig.next(reply);
        assert_eq!(why(rig.merchant().red_packet(&number(), APPID).await), Some(expected), "{expected:?}");
    }
}

#[actix_web::test]
async fn a_merchant_without_a_v2_key_sends_no_packets() {
    let rig = Rig::start().await;
    let mut material = development::material();
    material.v2_key = None;
    let merchant = rig.merchant_with(super::settings_with(&material));
    assert_eq!(kind(merchant.send_red_packet(&request()).await), Some(Kind::Config));
    assert_eq!(merchant.mini_red_packet_parameters(APPID, &Package("x".to_owned())), None);
    let foreign: RedPacket = serde_json::from_value(with(packet(), "appid", json!("wx0000000000000000"))).unwrap();
    assert_eq!(kind(rig.merchant_with(settings()).send_red_packet(&foreign).await), Some(Kind::Invalid));
    assert_eq!(rig.seen().len(), 0);
}

proptest! {
    #[test]
    fn no_answer_makes_reading_panic_or_succeed_by_chance(body in any::<Vec<u8>>(), status in 200u16..600) {
        let raw = Raw { status, headers: reqwest::header::HeaderMap::default(), body };
        prop_assert!(matches!(read(&raw, &key()), Answer::Unknown(_)));
    }

    #[test]
    fn whatever_fields_come_only_two_successes_are_one(
        fields in proptest::collection::btree_map("[a-z_]{1,12}", "[^\u{0}]{0,20}", 0..8),
        returned in "SUCCESS|FAIL", result in "SUCCESS|FAIL",
    ) {
        let mut fields = fields;
        fields.remove("sign");
        fields.insert("return_code".to_owned(), returned.clone());
        fields.insert("result_code".to_owned(), result.clone());
        let body = fields.iter().fold(Fields::new(), |all, (name, value)| all.with(name.as_str(), value.as_str()));
        let body = body.write(Format::Xml).into_bytes();
        let raw = Raw { status: 200, headers: reqwest::header::HeaderMap::default(), body };
        let done = matches!(read(&raw, &key()), Answer::Done(_));
        prop_assert_eq!(done, returned == "SUCCESS" && result == "SUCCESS");
    }
}
