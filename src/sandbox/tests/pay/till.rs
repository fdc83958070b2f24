//! A sandbox with two merchants, and a client that signs and verifies by itself.

use std::collections::BTreeMap;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    rand::SystemRandom,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use md5::{Digest, Md5};
use serde_json::{Value, json};

use crate::{
    sandbox::{
        MerchantAccess, MerchantOptions, Options,
        fields::Fields,
        tests::rig::{BRAND, Received, Rig},
    },
    wechat::account::Format,
};

pub(super) const PAY: &str = "pay";
pub(super) const OTHER: &str = "other";
pub(super) const CREATE: &str = "/v3/fund-app/mch-transfer/transfer-bills";
pub(super) const SEND: &str = "/mmpaymkttransfers/sendredpack";
pub(super) const QUERY: &str = "/mmpaymkttransfers/gethbinfo";

pub(super) struct Till {
    pub(super) rig: Rig,
    pub(super) access: MerchantAccess,
    /// Shows the merchant's certificate.
    pub(super) tls: reqwest::Client,
}

/// An answer of v3, read to its end.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

impl Answered {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The answer is a refusal with this status and code.
    #[track_caller]
    pub(super) fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.json()["code"].as_str()), (status, Some(code)), "{self:?}");
        assert!(!self.json()["message"].as_str().unwrap().is_empty());
    }

    #[track_caller]
    pub(super) fn state(&self, state: &str) {
        assert_eq!((self.status, self.json()["state"].as_str()), (200, Some(state)), "{self:?}");
    }
}

pub(super) fn client(access: &MerchantAccess, certificate: bool) -> reqwest::Client {
    let trusted = reqwest::Certificate::from_pem(access.ca_pem.as_bytes()).unwrap();
    let builder = reqwest::Client::builder().tls_certs_only([trusted]).no_proxy();
    if !certificate {
        return builder.build().unwrap();
    }
    let pem = format!("{}{}", access.private_key_pem, access.certificate_pem);
    builder.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap()).build().unwrap()
}

pub(super) fn der(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    BASE64_STANDARD.decode(base64).unwrap()
}

impl Till {
    pub(super) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(super) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let rig = Rig::with(|options| {
            options.merchants = vec![
                MerchantOptions::new(PAY, "1900001109", "惠联"),
                MerchantOptions::new(OTHER, "1900009999", "别家"),
            ];
            change(options);
        })
        .await;
        let access = rig.sandbox.merchant(PAY).unwrap();
        let tls = client(&access, true);
        Self { rig, access, tls }
    }

    pub(super) fn notify_url(&self) -> String {
        format!("{}/wechat/pay/{PAY}/notify", self.rig.service.base)
    }

    /// A transfer of 1 yuan.
    pub(super) fn transfer(&self, person: &str, number: &str) -> Value {
        json!({
            "appid": "wxbrand",
            "out_bill_no": number,
            "transfer_scene_id": "1000",
            "openid": self.rig.openid(person, BRAND),
            "transfer_amount": 100,
            "transfer_remark": "邀请奖励",
            "notify_url": self.notify_url(),
            "transfer_scene_report_infos": [
                { "info_type": "活动名称", "info_content": "新会员有礼" },
                { "info_type": "奖励说明", "info_content": "邀请好友奖励" },
            ],
        })
    }

    /// `Authorization` as the merchant signs it.
    pub(super) fn authorization(&self, method: &str, target: &str, body: &str, timestamp: i64) -> String {
        let key = RsaKeyPair::from_pkcs8(&der(&self.access.private_key_pem)).unwrap();
        let nonce = "593BEC0C930BF1AFEB40B4A08C8FB242";
        let message = format!("{method}\n{target}\n{timestamp}\n{nonce}\n{body}\n");
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
        format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"{}\",nonce_str=\"{nonce}\",timestamp=\"{timestamp}\",serial_no=\"{}\",\
             signature=\"{}\"",
            self.access.mchid,
            self.access.certificate_serial,
            BASE64_STANDARD.encode(signature)
        )
    }

    /// A request that is right in everything.
    pub(super) fn request(&self, method: &str, target: &str, body: Option<&Value>) -> reqwest::RequestBuilder {
        let body = body.map(Value::to_string).unwrap_or_default();
        let authorization = self.authorization(method, target, &body, self.rig.clock.now().timestamp());
        let request = self.rig.client().request(method.parse().unwrap(), self.rig.url(target));
        request
            .header("Authorization", authorization)
            .header("Accept", "application/json")
            .header("User-Agent", "till")
            .header("Content-Type", "application/json")
            .body(body)
    }

    /// Calls with the public key's id, as a new merchant does; the answer's signature must be right.
    pub(super) async fn call(&self, method: &str, target: &str, body: Option<&Value>) -> Answered {
        let request = self.request(method, target, body).header("Wechatpay-Serial", &self.access.public_key_id);
        let answered = read(request.send().await.unwrap()).await;
        self.verify(&answered);
        answered
    }

    pub(super) async fn create(&self, body: &Value) -> Answered {
        self.call("POST", CREATE, Some(body)).await
    }

    pub(super) async fn query(&self, number: &str) -> Answered {
        self.call("GET", &format!("{CREATE}/out-bill-no/{number}"), None).await
    }

    /// The answer is signed by WeChat Pay's public key.
    #[track_caller]
    pub(super) fn verify(&self, answered: &Answered) {
        assert_eq!(answered.headers["wechatpay-serial"], self.access.public_key_id);
        assert!(verified(&self.access.public_key_pem, &answered.headers, &answered.body), "{answered:?}");
        assert!(answered.headers.contains_key("request-id"));
        assert_eq!(answered.headers["wechatpay-signature-type"], "WECHATPAY2-SHA256-RSA2048");
    }

    /// The fields of a packet of 1 yuan, signed.
    pub(super) fn packet(&self, person: &str, number: &str) -> BTreeMap<String, String> {
        self.packet_with(person, number, &[])
    }

    pub(super) fn packet_with(&self, person: &str, number: &str, more: &[(&str, &str)]) -> BTreeMap<String, String> {
        let openid = self.rig.openid(person, BRAND);
        let mut fields: BTreeMap<String, String> = [
            ("nonce_str", "50780e0cca98c8c8e814883e5caa672e"),
            ("mch_billno", number),
            ("mch_id", &self.access.mchid),
            ("wxappid", "wxbrand"),
            ("send_name", "惠联小店"),
            ("re_openid", &openid),
            ("total_amount", "100"),
            ("total_num", "1"),
            ("wishing", "恭喜发财 & 万事如意"),
            ("client_ip", "127.0.0.1"),
            ("act_name", "拉新有礼"),
            ("remark", "谢谢参与"),
        ]
        .into_iter()
        .chain(more.iter().copied())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        fields.retain(|_, value| !value.is_empty());
        sign(&mut fields, &self.access.v2_key);
        fields
    }

    pub(super) async fn post(&self, path: &str, fields: &BTreeMap<String, String>) -> Fields {
        let (status, body) = self.post_with(&self.tls, path, xml(fields)).await.unwrap();
        assert_eq!(status, 200, "{body}");
        Fields::from_xml(&body).unwrap_or_else(|why| panic!("{why}: {body}"))
    }

    pub(super) async fn post_with(
        &self,
        client: &reqwest::Client,
        path: &str,
        body: String,
    ) -> reqwest::Result<(u16, String)> {
        let answer = client.post(format!("{}{path}", self.access.v2_url)).body(body).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    pub(super) async fn send(&self, person: &str, number: &str) -> Fields {
        self.post(SEND, &self.packet(person, number)).await
    }

    /// Asks how far a packet is.
    pub(super) async fn packet_state(&self, number: &str) -> Fields {
        let mut fields: BTreeMap<String, String> = [
            ("nonce_str", "50780e0cca98c8c8e814883e5caa672e"),
            ("mch_billno", number),
            ("mch_id", self.access.mchid.as_str()),
            ("appid", "wxbrand"),
            ("bill_type", "MCHT"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        sign(&mut fields, &self.access.v2_key);
        self.post(QUERY, &fields).await
    }

    pub(super) fn balance(&self) -> i64 {
        self.rig.sandbox.balance(PAY).unwrap()
    }

    /// What is inside a notification whose signature is right.
    pub(super) fn opened(&self, received: &Received) -> Value {
        assert!(verified(&self.access.public_key_pem, &received.headers, &received.body), "{received:?}");
        let body: Value = serde_json::from_str(&received.body).unwrap();
        self.unsealed(&body["resource"])
    }

    pub(super) fn unsealed(&self, resource: &Value) -> Value {
        serde_json::from_str(&self.unsealed_text(resource).unwrap()).unwrap()
    }

    pub(super) fn unsealed_text(&self, resource: &Value) -> Option<String> {
        let text = |name: &str| resource[name].as_str().unwrap().to_owned();
        assert_eq!(text("algorithm"), "AEAD_AES_256_GCM");
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, self.access.v3_key.as_bytes()).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(text("nonce").as_bytes()).unwrap();
        let mut bytes = BASE64_STANDARD.decode(text("ciphertext")).unwrap();
        let plain = key.open_in_place(nonce, Aad::from(text("associated_data").as_bytes()), &mut bytes).ok()?;
        Some(String::from_utf8(plain.to_vec()).unwrap())
    }
}

pub(super) async fn read(answer: reqwest::Response) -> Answered {
    let status = answer.status().as_u16();
    let headers = answer.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    Answered { status, headers, body: answer.text().await.unwrap() }
}

/// Whether headers and body carry a right signature of this key.
pub(super) fn verified(public_key_pem: &str, headers: &BTreeMap<String, String>, body: &str) -> bool {
    let header = |name: &str| headers.get(name).map(String::as_str).unwrap_or_default();
    let message = format!("{}\n{}\n{body}\n", header("wechatpay-timestamp"), header("wechatpay-nonce"));
    let Ok(signature) = BASE64_STANDARD.decode(header("wechatpay-signature")) else { return false };
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der(public_key_pem));
    key.verify(message.as_bytes(), &signature).is_ok()
}

/// Signs as section 2.1 says; an older signature is replaced.
pub(super) fn sign(fields: &mut BTreeMap<String, String>, key: &str) {
    fields.remove("sign");
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let text = format!("{}&key={key}", pairs.join("&"));
    fields.insert("sign".to_owned(), hex::encode_upper(Md5::digest(text.as_bytes())));
}

pub(super) fn xml(fields: &BTreeMap<String, String>) -> String {
    fields.iter().fold(Fields::new(), |out, (name, value)| out.text(name, value.clone())).write(Format::Xml)
}

/// The answer is an error with this code.
#[track_caller]
pub(super) fn failed(answer: &Fields, code: &str) {
    assert_eq!((answer.str("return_code"), answer.str("result_code")), (Some("SUCCESS"), Some("FAIL")), "{answer:?}");
    assert_eq!(answer.str("err_code"), Some(code), "{answer:?}");
    assert_eq!(answer.str("return_msg"), answer.str("err_code_des"));
    assert_eq!(answer.str("sign"), None);
}

/// The answer is a success.
#[track_caller]
pub(super) fn sent(answer: &Fields) {
    assert_eq!(
        (answer.str("return_code"), answer.str("result_code")),
        (Some("SUCCESS"), Some("SUCCESS")),
        "{answer:?}"
    );
    assert_eq!(answer.str("sign"), None);
}
