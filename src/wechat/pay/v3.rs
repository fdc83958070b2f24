//! The v3 interface: JSON over signed requests and signed answers (pay sections 3.1 to 3.8).

use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    Answer, Kind, Merchant, OutNo, Refusal, Why,
    exchange::{self, Raw},
    rate::Lane,
    refusal,
    transfer::{CancelledTransfer, CreatedTransfer, NewTransfer, Transfer, TransferBill},
    trust::{Distrust, Stamp},
};

const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";
const TRANSFERS: &str = "/v3/fund-app/mch-transfer/transfer-bills";

/// One request: what is signed is what is sent.
pub(super) struct Request {
    pub(super) method: Method,
    /// With its query, percent-encoded as on the wire.
    pub(super) path: String,
    pub(super) body: Vec<u8>,
}

/// A request without a body.
pub(super) struct Get<T>(pub(super) T);

impl<T: Into<String>> From<Get<T>> for Request {
    fn from(Get(path): Get<T>) -> Self {
        Self { method: Method::GET, path: path.into(), body: Vec::new() }
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    code: String,
    #[serde(default)]
    message: String,
}

/// A new transfer as it travels, in the order of the notes.
#[derive(Serialize)]
struct Wire<'a> {
    appid: &'a str,
    out_bill_no: &'a str,
    transfer_scene_id: &'a str,
    openid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<String>,
    transfer_amount: i64,
    transfer_remark: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    notify_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_recv_perception: Option<&'a str>,
    transfer_scene_report_infos: &'a [super::transfer::Report],
    #[serde(skip_serializing_if = "Option::is_none")]
    user_recv_style: Option<WireStyle>,
}

#[derive(Serialize)]
struct WireStyle {
    r#type: &'static str,
}

/// The text that a request is signed over: five lines, the last one as well ended (pay section 3.1).
pub(super) fn message(method: &str, path: &str, timestamp: i64, nonce: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{method}\n{path}\n{timestamp}\n{nonce}\n");
    [head.as_bytes(), body, b"\n"].concat()
}

/// The body of a new transfer; the name is encrypted already.
pub(super) fn transfer_body(new: &NewTransfer, user_name: Option<String>) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Wire {
        appid: &new.appid,
        out_bill_no: new.number.as_str(),
        transfer_scene_id: &new.scene,
        openid: new.open_id.as_str(),
        user_name,
        transfer_amount: new.amount.get(),
        transfer_remark: &new.remark,
        notify_url: new.notify_url.as_deref(),
        user_recv_perception: new.perception.as_deref(),
        transfer_scene_report_infos: &new.reports,
        user_recv_style: new.style.map(|style| WireStyle { r#type: style.as_wire() }),
    })
}

impl Merchant {
    /// Whether a transfer may be made by this merchant: bound app, amount, reports and look of its scene. To be asked
    /// before anything is reserved for it.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check_transfer(&self, transfer: &Transfer) -> Result<(), super::Broken> {
        transfer.check(&self.settings().scenes, self.settings().apps.values())
    }

    /// Makes a transfer, or gives what the same request came to before (pay section 4.1).
    pub async fn create_transfer(&self, transfer: &Transfer) -> Answer<CreatedTransfer> {
        let new = transfer.fields();
        let call = async {
            if let Err(broken) = self.check_transfer(transfer) {
                return Refusal::not_sent(Kind::Invalid, broken.to_string()).into();
            }
            let mut user_name = None;
            if let Some(name) = &new.user_name {
                let sealed = self.preferred_key().await.and_then(|(_, key)| key.seal(&name.0).ok());
                match sealed {
                    Some(sealed) => user_name = Some(sealed),
                    None => return Refusal::not_sent(Kind::Config, "there is no key to encrypt the name with").into(),
                }
            }
            let Ok(body) = transfer_body(new, user_name) else {
                return Refusal::not_sent(Kind::Invalid, "has no JSON form").into();
            };
            let request = Request { method: Method::POST, path: TRANSFERS.to_owned(), body };
            let answer: Answer<CreatedTransfer> = self.v3(Lane::CreateTransfer, &request).await;
            answer.and_then(|created| ours(created.number == new.number, created))
        };
        self.measured("transfer.create", call).await
    }

    /// What a transfer has come to; of the last 30 days only (pay section 4.4).
    pub async fn transfer(&self, number: &OutNo) -> Answer<TransferBill> {
        let call = async {
            let request = Get(format!("{TRANSFERS}/out-bill-no/{number}")).into();
            let answer: Answer<TransferBill> = self.v3(Lane::QueryTransfer, &request).await;
            let mchid = &self.settings().mchid;
            answer.and_then(|bill| {
                ours(bill.number == *number && bill.mch_id.as_ref().is_none_or(|id| id == mchid), bill)
            })
        };
        self.measured("transfer.query", call).await
    }

    /// Asks to cancel a transfer that nobody has confirmed yet; it is cancelled when a query says so (pay section 4.5).
    pub async fn cancel_transfer(&self, number: &OutNo) -> Answer<CancelledTransfer> {
        let call = async {
            let path = format!("{TRANSFERS}/out-bill-no/{number}/cancel");
            let request = Request { method: Method::POST, path, body: Vec::new() };
            let answer: Answer<CancelledTransfer> = self.v3(Lane::CancelTransfer, &request).await;
            answer.and_then(|cancelled| ours(cancelled.number == *number, cancelled))
        };
        self.measured("transfer.cancel", call).await
    }

    /// Whether keys and signatures are in order on both sides (pay section 3.9); changes nothing.
    pub async fn echo(&self, text: &str) -> Answer<()> {
        let call = async {
            let body = serde_json::json!({ "echo_message": text }).to_string().into_bytes();
            let request = Request { method: Method::POST, path: "/v3/security/echo".to_owned(), body };
            self.v3::<serde_json::Value>(Lane::QueryTransfer, &request).await.and_then(|_| Ok(()))
        };
        self.measured("echo", call).await
    }

    /// Makes a call within its rate, verifies the answer, reads it.
    pub(super) async fn v3<T: DeserializeOwned>(&self, lane: Lane, request: &Request) -> Answer<T> {
        let rates = self.settings().rates;
        let rate = if lane == Lane::CancelTransfer { rates.cancel } else { rates.transfer };
        if !self.0.rate.pass(&self.settings().key, lane, rate).await {
            return Refusal::not_sent(Kind::Rate, "too many calls in this second").into();
        }
        let preferred = self.preferred_key().await.map(|(id, _)| id);
        match self.send_v3(request, preferred.as_deref()).await {
            Ok(raw) => self.read_v3(&raw).await,
            Err(why) => why.into(),
        }
    }

    async fn read_v3<T: DeserializeOwned>(&self, raw: &Raw) -> Answer<T> {
        let verified = match Stamp::read(|name| raw.header(name)) {
            Ok(stamp) => self.believes(&stamp, &raw.body).await,
            Err(distrust) => Err(distrust),
        };
        if let Err(distrust) = verified {
            // Errors may come unsigned, as from a gateway; what is signed wrongly is nobody's answer.
            if (200..300).contains(&raw.status) || distrust != Distrust::Headers {
                let merchant = self.settings().key.to_string();
                metrics::counter!("pay_answers_distrusted_total", "merchant" => merchant, "reason" => distrust.as_str())
                    .increment(1);
                tracing::error!(
                    reason = distrust.as_str(),
                    status = raw.status,
                    "an answer of WeChat Pay is not believed"
                );
                return Why::Signature.into();
            }
        }
        match raw.status {
            202 => Why::Processing.into(),
            200..=299 => serde_json::from_slice(&raw.body).map_or_else(|_form| Why::Form.into(), Answer::Done),
            status => match serde_json::from_slice::<ErrorBody>(&raw.body) {
                Ok(error) => refusal::of_v3(status, &error.code, &error.message),
                Err(_form) => raw.unreadable().into(),
            },
        }
    }

    /// Signs and sends. `serial` names the key that the answer shall be signed with.
    pub(super) async fn send_v3(&self, request: &Request, serial: Option<&str>) -> Result<Raw, Why> {
        exchange::exchange(self.signed(request, serial)?).await
    }

    /// A request with its signature.
    pub(super) fn signed(&self, request: &Request, serial: Option<&str>) -> Result<reqwest::RequestBuilder, Why> {
        let Request { method, path, body } = request;
        let authorization = self.authorization(method.as_str(), path, body).map_err(|_no_key| Why::Unreachable)?;
        let url = format!("{}{path}", self.settings().addresses.v3);
        let mut sent = self.0.v3.request(method.clone(), url).header(AUTHORIZATION, authorization);
        sent = sent.header(ACCEPT, "application/json");
        if *method == Method::POST {
            sent = sent.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        Ok(match serial {
            Some(serial) => sent.header("Wechatpay-Serial", serial),
            None => sent,
        })
    }

    fn authorization(&self, method: &str, path: &str, body: &[u8]) -> Result<String, super::crypto::BadKey> {
        let keys = &self.settings().keys;
        let (timestamp, nonce) = (self.0.clock.now().timestamp(), self.0.random.alphanumeric(32));
        let signature = keys.private_key.sign(&message(method, path, timestamp, &nonce, body))?;
        let (mchid, serial) = (&self.settings().mchid, &keys.certificate.serial);
        Ok(format!(
            "{SCHEME} mchid=\"{mchid}\",nonce_str=\"{nonce}\",timestamp=\"{timestamp}\",serial_no=\"{serial}\",signature=\"{signature}\""
        ))
    }
}

/// An answer about our order, or about somebody else's.
fn ours<T>(same: bool, answer: T) -> Result<T, Why> {
    if same { Ok(answer) } else { Err(Why::OtherOrder) }
}
