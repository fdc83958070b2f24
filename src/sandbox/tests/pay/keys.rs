use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

use super::till::{OTHER, PAY, Till, der, read};
use crate::sandbox::{KeyMode, MerchantPatch, tests::rig::LIN};

fn sealed(public_key_pem: &str, text: &str) -> String {
    let key = OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(&der(public_key_pem)).unwrap()).unwrap();
    let mut out = vec![0; key.ciphertext_size()];
    BASE64_STANDARD.encode(key.encrypt(&OAEP_SHA1_MGF1SHA1, text.as_bytes(), &mut out, None).unwrap())
}

fn unsealed(private_key_pem: &str, text: &str) -> String {
    let key = OaepPrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(&der(private_key_pem)).unwrap()).unwrap();
    let mut out = vec![0; key.min_output_size()];
    let plain = key.decrypt(&OAEP_SHA1_MGF1SHA1, &BASE64_STANDARD.decode(text).unwrap(), &mut out, None).unwrap();
    String::from_utf8(plain.to_vec()).unwrap()
}

#[tokio::test]
async fn merchants_have_keys_of_their_own() {
    let till = Till::start().await;
    let other = till.rig.sandbox.merchant(OTHER).unwrap();
    let mine = &till.access;
    assert_eq!((mine.v2_key.len(), mine.v3_key.len(), mine.certificate_serial.len()), (32, 32, 40));
    assert_eq!(mine.public_key_id, "PUB_KEY_ID_0119000011090000000000000000");
    for (a, b) in [
        (&mine.private_key_pem, &other.private_key_pem),
        (&mine.public_key_pem, &other.public_key_pem),
        (&mine.public_key_id, &other.public_key_id),
        (&mine.certificate_serial, &other.certificate_serial),
        (&mine.v3_key, &other.v3_key),
    ] {
        assert_ne!(a, b);
    }
    assert_eq!(mine.ca_pem, other.ca_pem);
    assert!(!format!("{mine:?}").contains(&mine.v3_key));
}

#[tokio::test]
async fn there_are_platform_certificates_in_certificate_mode_only() {
    let till = Till::start().await;
    till.call("GET", "/v3/certificates", None).await.refused(404, "RESOURCE_NOT_EXISTS");
    let patch = MerchantPatch { mode: Some(KeyMode::Both), ..Default::default() };
    till.rig.sandbox.change_merchant(PAY, &patch).unwrap();
    let list = till.call("GET", "/v3/certificates", None).await.json();
    let only = &list["data"][0];
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(only["serial_no"], till.access.platform_certificates[0].serial);
    let pem = till.unsealed_text(&only["encrypt_certificate"]).unwrap();
    assert_eq!(pem, till.access.platform_certificates[0].pem);
    // Without a name the older key signs.
    let unnamed = read(till.request("GET", "/v3/certificates", None).send().await.unwrap()).await;
    assert_eq!(unnamed.headers["wechatpay-serial"], till.access.platform_certificates[0].serial);
    let patch = MerchantPatch { rotate_certificate: true, mode: Some(KeyMode::Certificate), ..Default::default() };
    till.rig.sandbox.change_merchant(PAY, &patch).unwrap();
    let unnamed = read(till.request("GET", "/v3/certificates", None).send().await.unwrap()).await;
    assert_eq!(unnamed.json()["data"].as_array().unwrap().len(), 2);
    assert_ne!(unnamed.headers["wechatpay-serial"], till.access.platform_certificates[0].serial);
    let by_public_key = till.request("GET", "/v3/certificates", None);
    let by_public_key = by_public_key.header("Wechatpay-Serial", &till.access.public_key_id);
    read(by_public_key.send().await.unwrap()).await.refused(400, "PARAM_ERROR");
}

#[tokio::test]
async fn names_travel_sealed_and_are_compared() {
    let till = Till::start().await;
    let mut request = till.transfer(LIN, "t1");
    request["user_name"] = json!(sealed(&till.access.public_key_pem, "林小满"));
    till.create(&request).await.state("WAIT_USER_CONFIRM");
    request["user_name"] = json!(sealed(&till.access.public_key_pem, "林小满"));
    till.create(&request).await.state("WAIT_USER_CONFIRM");
    let name = till.query("t1").await.json()["user_name"].as_str().unwrap().to_owned();
    assert_eq!(unsealed(&till.access.private_key_pem, &name), "林小满");
    request["out_bill_no"] = json!("t2");
    request["user_name"] = json!(sealed(&till.access.public_key_pem, "周稻香"));
    till.create(&request).await;
    assert_eq!(till.query("t2").await.json()["fail_reason"], "NAME_NOT_CORRECT");
    request["out_bill_no"] = json!("t3");
    request["transfer_amount"] = json!(29);
    till.create(&request).await.refused(400, "PARAM_ERROR");
}

#[tokio::test]
async fn an_echo_tests_keys() {
    let till = Till::start().await;
    let body = json!({
        "echo_message": "你好",
        "encrypted_echo_message": sealed(&till.access.public_key_pem, "密"),
        "notify_url": till.notify_url(),
    });
    let answer = till.call("POST", "/v3/security/echo", Some(&body)).await.json();
    assert_eq!(answer["echo_message"], "你好");
    assert_eq!(unsealed(&till.access.private_key_pem, answer["encrypted_echo_message"].as_str().unwrap()), "密");
    till.rig.sandbox.settled().await;
    assert_eq!(till.opened(&till.rig.service.got()[0])["echo_message"], "你好");
}
