//! Notifications as WeChat Pay makes them, or as an attacker would: signed with the published test keys.

use aws_lc_rs::{rand::SystemRandom, rsa::KeyPair, signature::RSA_PKCS1_SHA256};
use base64::{Engine, engine::general_purpose::STANDARD};
use huilian::wechat::pay::development;
use reqwest::StatusCode;
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use serde_json::{Value, json};

use crate::support::TestApp;

/// A notification that can be bent before it is sent.
pub struct Letter<'a> {
    app: &'a TestApp,
    pub merchant: String,
    pub timestamp: i64,
    pub nonce: String,
    pub serial: String,
    pub signature: Option<String>,
    pub body: Vec<u8>,
}

impl<'a> Letter<'a> {
    /// The end of a transfer to the merchant `main`, as it should be.
    pub fn of_transfer(app: &'a TestApp, id: &str) -> Self {
        Self::saying(app, id, &content("1900000001"))
    }

    /// A notification whose content is this.
    pub fn saying(app: &'a TestApp, id: &str, content: &Value) -> Self {
        let nonce = "fdasflkja484";
        let ciphertext =
            app.merchant("main").settings().keys.v3.seal(nonce, "mch_payment", content.to_string().as_bytes());
        let body = json!({
            "id": id,
            "create_time": "2026-11-21T10:00:31+08:00",
            "resource_type": "encrypt-resource",
            "event_type": "MCHTRANSFER.BILL.FINISHED",
            "summary": "商家转账单据终态通知",
            "resource": {
                "original_type": "mch_payment", "algorithm": "AEAD_AES_256_GCM", "associated_data": "mch_payment",
                "nonce": nonce, "ciphertext": ciphertext.expect("a ciphertext")
            }
        });
        Self {
            app,
            merchant: "main".to_owned(),
            timestamp: app.clock.now().timestamp(),
            nonce: "Z1uX3cV5bN7mA9sD2fG4hJ6kL8qW0eR1".to_owned(),
            serial: development::PUBLIC_KEY_ID.to_owned(),
            signature: None,
            body: body.to_string().into_bytes(),
        }
    }

    /// The signature of what it says now.
    pub fn sign(&self) -> String {
        let head = format!("{}\n{}\n", self.timestamp, self.nonce);
        let message = [head.as_bytes(), self.body.as_slice(), b"\n"].concat();
        let key = platform_key();
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &message, &mut signature).expect("a signature");
        STANDARD.encode(signature)
    }

    /// Keeps the signature of what it says now, whatever is changed afterwards.
    pub fn signed(mut self) -> Self {
        self.signature = Some(self.sign());
        self
    }

    /// Sends it; gives the status and the body of the answer.
    pub async fn send(&self) -> (StatusCode, String) {
        let url = format!("{}/wechat/pay/{}/notify", self.app.base_url, self.merchant);
        let signature = self.signature.clone().unwrap_or_else(|| self.sign());
        let request = self.app.http.post(url).header("Content-Type", "application/json").body(self.body.clone());
        let request = request
            .header("Wechatpay-Timestamp", self.timestamp.to_string())
            .header("Wechatpay-Nonce", &self.nonce)
            .header("Wechatpay-Serial", &self.serial)
            .header("Wechatpay-Signature", signature);
        let response = request.send().await.expect("an answer");
        (response.status(), response.text().await.expect("a body"))
    }
}

impl TestApp {
    pub fn merchant(&self, key: &str) -> huilian::wechat::pay::Merchant {
        self.app.pay.merchant(&key.parse().expect("a merchant key")).expect("a merchant of the sample brand")
    }
}

/// How a transfer ended, told to the merchant of this number.
pub fn content(mchid: &str) -> Value {
    json!({
        "out_bill_no": "plfk2020042013",
        "transfer_bill_no": "1330000071100999991182020050700019480001",
        "state": "SUCCESS",
        "mch_id": mchid,
        "transfer_amount": 100,
        "openid": "oTestPerson0000000000000001",
        "create_time": "2026-11-21T10:00:00+08:00",
        "update_time": "2026-11-21T10:00:31+08:00"
    })
}

fn platform_key() -> KeyPair {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/pay/vectors.json");
    let all: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("vectors")).expect("JSON");
    let vectors = all["vectors"].as_array().expect("vectors");
    let pem = vectors.iter().find_map(|vector| vector["wechatpay_private_key_pem_for_simulator"].as_str());
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem.expect("a key").as_bytes()).expect("a PEM");
    KeyPair::from_pkcs8(der.secret_pkcs8_der()).expect("an RSA key")
}
