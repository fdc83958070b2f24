//! Whose answers are believed: by id, by serial number, while keys change.

use chrono::TimeDelta;
use serde_json::json;

use super::{
    super::{
        Answer, Settings, Why,
        crypto::{Certificate, V3Key},
        development,
        keys::Material,
        trust::{Distrust, Stamp},
    },
    rig::{PLATFORM, Reply, Rig, Signed, THEN, platform_certificate, settings_with},
};
use crate::wechat::golden::{pay_vectors, text};

fn by_certificates(certificates: Vec<String>, downloads: bool) -> Settings {
    let material = Material {
        public_keys: Vec::new(),
        certificates,
        downloads_certificates: downloads,
        ..development::material()
    };
    settings_with(&material)
}

/// The answer of `GET /v3/certificates` with the published certificate.
fn list() -> Reply {
    let key = V3Key::new(development::V3_KEY).unwrap();
    let ciphertext = key.seal("0123456789ab", "certificate", platform_certificate().as_bytes()).unwrap();
    let sealed = json!({
        "algorithm": "AEAD_AES_256_GCM", "nonce": "0123456789ab", "associated_data": "certificate", "ciphertext": ciphertext
    });
    let body = json!({ "data": [{
        "serial_no": PLATFORM, "effective_time": "2022-05-10T10:04:30+08:00", "expire_time": "2025-05-09T10:04:30+08:00",
        "encrypt_certificate": sealed
    }] });
    Reply::json(200, &body).signed(Signed::ByCertificate)
}

fn echo() -> Reply {
    Reply::json(200, &json!({ "echo_message": "x" }))
}

fn distrusted(answer: Answer<()>) -> bool {
    matches!(answer, Answer::Unknown(unknown) if unknown.why == Why::Signature)
}

#[test]
fn every_signed_answer_and_notification_is_believed_at_its_time_only() {
    let mut vectors = pay_vectors("v3-response-verify");
    vectors.extend(pay_vectors("v3-notification"));
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        let pem =
            ["platform_public_key_pem", "wechatpay_public_key_pem"].into_iter().find_map(|name| vector[name].as_str());
        let key = match pem {
            Some(pem) => super::super::crypto::PublicKey::from_pem(pem).unwrap(),
            None => Certificate::from_pem(text(&vector, "platform_certificate_pem")).unwrap().key,
        };
        let headers = &vector["headers"];
        let header = |name: &'static str| {
            let fields = headers.as_object().unwrap().iter();
            fields.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
        };
        let stamp = Stamp::read(header).unwrap();
        let body = text(&vector, "body").as_bytes();
        assert_eq!(stamp.is_signed(body, &key), Ok(()), "{}", vector["id"]);
        assert_eq!(stamp.is_signed(&body[1..], &key), Err(Distrust::Signature));
        assert_eq!(stamp.is_signed(b"", &key), Err(Distrust::Signature));
        let then = crate::infra::clock::Time::from_timestamp(vector["clock_for_test"].as_i64().unwrap(), 0).unwrap();
        let window = std::time::Duration::from_secs(300);
        for (apart, expected) in [
            (0, Ok(())),
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(Distrust::ReplayWindow)),
            (-301, Err(Distrust::ReplayWindow)),
        ] {
            assert_eq!(stamp.is_fresh(then + TimeDelta::seconds(apart), window), expected, "{apart}");
        }
        for missing in ["wechatpay-timestamp", "wechatpay-nonce", "wechatpay-signature", "wechatpay-serial"] {
            let without = Stamp::read(|name| if name == missing { None } else { header(name) });
            assert_eq!(without.err(), Some(Distrust::Headers), "{missing}");
        }
        let probed =
            Stamp::read(
                |name| {
                    if name == "wechatpay-signature" { Some("WECHATPAY/SIGNTEST/b2s=") } else { header(name) }
                },
            );
        assert_eq!(probed.unwrap().is_signed(body, &key), Err(Distrust::Probe));
    }
}

#[actix_web::test]
async fn a_configured_certificate_is_chosen_by_its_serial_number_while_it_is_good() {
    let rig = Rig::start_at(THEN).await;
    let merchant = rig.merchant_with(by_certificates(vec![platform_certificate()], false));
    rig.next(echo().signed(Signed::ByCertificate));
    assert_eq!(merchant.echo("x").await, Answer::Done(()));
    assert_eq!(rig.last().header("wechatpay-serial"), PLATFORM, "the header names the certificate");
    rig.next(echo());
    assert!(distrusted(merchant.echo("x").await), "a public key that is not configured");
    rig.clock.advance(TimeDelta::days(200));
    rig.next(echo().signed(Signed::ByCertificate));
    assert!(distrusted(merchant.echo("x").await), "the certificate is over");
}

#[actix_web::test]
async fn while_a_merchant_changes_over_both_kinds_are_believed() {
    let rig = Rig::start_at(THEN).await;
    let both = Material { certificates: vec![platform_certificate()], ..development::material() };
    let merchant = rig.merchant_with(settings_with(&both));
    for signed in [Signed::Well, Signed::ByCertificate] {
        rig.next(echo().signed(signed));
        assert_eq!(merchant.echo("x").await, Answer::Done(()), "{signed:?}");
        assert_eq!(rig.last().header("wechatpay-serial"), development::PUBLIC_KEY_ID, "the public key is asked for");
    }
    rig.next(echo().signed(Signed::ByStranger));
    assert!(distrusted(merchant.echo("x").await));
    assert!(rig.seen().iter().all(|seen| seen.path == "/v3/security/echo"), "nothing is downloaded in public-key mode");
}

#[actix_web::test]
async fn certificates_are_fetched_once_and_again_after_twelve_hours() {
    let rig = Rig::start_at(THEN).await;
    let merchant = rig.merchant_with(by_certificates(Vec::new(), true));
    rig.next(list());
    for _ in 0..3 {
        rig.next(echo().signed(Signed::ByCertificate));
        assert_eq!(merchant.echo("x").await, Answer::Done(()));
    }
    let fetched = || rig.seen().iter().filter(|seen| seen.path == "/v3/certificates").count();
    assert_eq!(fetched(), 1);
    assert_eq!(rig.seen()[0].header("wechatpay-serial"), "", "nothing is known yet");
    assert_eq!(rig.last().header("wechatpay-serial"), PLATFORM);
    rig.clock.advance(TimeDelta::hours(13));
    rig.next(list());
    rig.next(echo().signed(Signed::ByCertificate));
    assert_eq!(merchant.echo("x").await, Answer::Done(()));
    assert_eq!(fetched(), 2);
    // When the next one cannot be fetched, the former ones stay good.
    rig.clock.advance(TimeDelta::hours(13));
    rig.next(Reply::new(502, "<html>"));
    rig.next(echo().signed(Signed::ByCertificate));
    assert_eq!(merchant.echo("x").await, Answer::Done(()));
}

#[actix_web::test]
async fn a_serial_number_that_nobody_knows_causes_one_request_a_minute() {
    let rig = Rig::start_at(THEN).await;
    let merchant = rig.merchant_with(by_certificates(Vec::new(), true));
    rig.next(list());
    rig.next(echo().signed(Signed::ByStranger));
    assert!(distrusted(merchant.echo("x").await), "fetched a moment ago: not again");
    rig.clock.advance(TimeDelta::minutes(2));
    rig.next(echo().signed(Signed::ByStranger));
    rig.next(list());
    assert!(distrusted(merchant.echo("x").await), "fetched once more, and still unknown");
    rig.next(echo().signed(Signed::ByStranger));
    assert!(distrusted(merchant.echo("x").await));
    let fetched = rig.seen().iter().filter(|seen| seen.path == "/v3/certificates").count();
    assert_eq!(fetched, 2);
}

#[actix_web::test]
async fn a_list_that_is_not_wechat_pays_is_not_taken() {
    let rig = Rig::start_at(THEN).await;
    let stranger = V3Key::new(&"x".repeat(32)).unwrap();
    let ciphertext = stranger.seal("0123456789ab", "certificate", platform_certificate().as_bytes()).unwrap();
    let forged = json!({ "data": [{ "serial_no": PLATFORM, "encrypt_certificate": {
        "algorithm": "AEAD_AES_256_GCM", "nonce": "0123456789ab", "associated_data": "certificate", "ciphertext": ciphertext
    } }] });
    let lists = [
        list().signed(Signed::Badly),
        list().signed(Signed::Not),
        list().signed(Signed::LongAgo),
        list().signed(Signed::ByStranger),
        Reply::json(200, &forged).signed(Signed::ByCertificate),
        Reply::json(200, &json!({ "data": "none" })).signed(Signed::ByCertificate),
        Reply::error(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书"),
    ];
    for list in lists {
        let merchant = rig.merchant_with(by_certificates(Vec::new(), true));
        rig.next(list);
        rig.next(echo().signed(Signed::ByCertificate));
        assert!(distrusted(merchant.echo("x").await));
    }
}
