//! What logs, answers and metrics say, and what they must never say.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use serde_json::json;
use tracing::level_filters::LevelFilter;

use super::{
    super::development,
    requests::{packet, transfer, with},
    rig::{Reply, Rig, Signed},
};

const TRANSFER_OPENID: &str = "o-MYE42l80oelYMDE34nYD456Xoy";
const PACKET_OPENID: &str = "oxTWIuGaIt6gTKsQRLau2M0yL16E";
const PACKAGE: &str = "affffddafdfafddffda==";
const WORDS: &str = "感谢参加活动";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[actix_web::test]
async fn no_person_key_signature_or_package_is_ever_told() {
    let rig = Rig::start().await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // With one subscriber alone, a line first reached by another test's thread would be switched off for all threads.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    let merchant = rig.merchant();
    let named = with(transfer(), "user_name", json!("张三丰"));
    let made = serde_json::from_value(named).unwrap();
    let sent = serde_json::from_value(packet()).unwrap();
    let created = json!({
        "out_bill_no": "plfk2020042013", "transfer_bill_no": "1330", "state": "WAIT_USER_CONFIRM", "package_info": PACKAGE
    });
    let mut told = format!("{merchant:?} {:?} {made:?} {sent:?}", merchant.settings());
    for reply in [
        Reply::json(200, &created),
        Reply::json(200, &created).signed(Signed::Badly),
        Reply::error(400, "INVALID_REQUEST", &format!("Openid {TRANSFER_OPENID} 不属于商家公众账号")),
        Reply::new(502, format!("<html>{TRANSFER_OPENID}</html>")),
        Reply::lost(),
    ] {
        rig.next(reply);
        told += &format!("{:?}", merchant.create_transfer(&made).await);
    }
    let xml = |fields: &str| Reply::new(200, format!("<xml><return_code>SUCCESS</return_code>{fields}</xml>"));
    for reply in [
        xml(&format!(
            "<result_code>SUCCESS</result_code><package>{PACKAGE}</package><re_openid>{PACKET_OPENID}</re_openid>"
        )),
        xml(&format!(
            "<result_code>FAIL</result_code><err_code>OPENID_ERROR</err_code><err_code_des>{PACKET_OPENID}</err_code_des>"
        )),
        xml(&format!("<result_code>FAIL</result_code><err_code>{PACKET_OPENID}</err_code>")),
    ] {
        rig.next(reply);
        told += &format!("{:?}", merchant.send_mini_red_packet(&sent).await);
    }
    drop(guard);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("WeChat Pay refused") && log.contains("what WeChat Pay did is unknown"), "{log}");
    let seen = rig.seen();
    let (_, signature) = seen[0].header("authorization").split_once("signature=\"").unwrap();
    let (signature, _) = signature.split_at(40);
    let body = String::from_utf8(seen.last().unwrap().body.clone()).unwrap();
    let (_, sign) = body.split_once("<sign><![CDATA[").unwrap();
    let (sign, _) = sign.split_at(32);
    let secrets = [
        TRANSFER_OPENID,
        PACKET_OPENID,
        PACKAGE,
        "张三丰",
        signature,
        sign,
        development::V2_KEY,
        development::V3_KEY,
        "PRIVATE KEY",
    ];
    // What somebody is wished is no secret, but the body that it stands in is not logged.
    let line = log.lines().find(|line| line.contains(WORDS)).unwrap_or_default();
    assert_eq!(line, "");
    for secret in secrets {
        assert!(!told.contains(secret), "{secret} in {told}");
        let line = log.lines().find(|line| line.contains(secret)).unwrap_or_default();
        assert_eq!(line, "", "{secret}");
    }
}
