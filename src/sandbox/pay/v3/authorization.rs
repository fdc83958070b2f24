//! Who calls: the `Authorization` header, checked in WeChat's order (pay notes sections 3.1 and 10).

use std::collections::BTreeMap;

use serde_json::json;

use super::refusal::Refusal;
use crate::sandbox::{pay::call::Call, world::World};

const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048 ";
/// Seconds that the clocks may differ.
const SKEW: i64 = 300;

/// A merchant whose signature was right.
pub(super) struct Caller {
    /// The merchant's key in the sandbox.
    pub(super) merchant: String,
    /// The key that the request names.
    pub(super) serial: Option<String>,
}

/// The five fields of the header.
fn fields(call: &Call) -> Option<BTreeMap<String, String>> {
    let list = call.header("authorization")?.strip_prefix(SCHEME)?;
    let mut fields = BTreeMap::new();
    for pair in list.split(',') {
        let (name, value) = pair.trim().split_once('=')?;
        let value = value.strip_prefix('"')?.strip_suffix('"')?;
        if fields.insert(name.to_owned(), value.to_owned()).is_some() {
            return None;
        }
    }
    let complete =
        ["mchid", "nonce_str", "timestamp", "serial_no", "signature"].iter().all(|name| fields.contains_key(*name));
    (complete && fields.len() == 5).then_some(fields)
}

/// The number of the merchant that a call says it comes from.
pub(in crate::sandbox::pay) fn merchant(call: &Call) -> Option<String> {
    fields(call)?.remove("mchid")
}

/// Checks who calls.
pub(super) fn authorise(world: &World, call: &Call) -> Result<Caller, Refusal> {
    if call.header("accept").is_none() || call.header("user-agent").is_none() {
        return Err(Refusal::param("Http头缺少Accept或User-Agent"));
    }
    let fields = fields(call)
        .ok_or_else(|| Refusal::sign("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》", None))?;
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let timestamp = field("timestamp");
    let skew = timestamp.parse::<i64>().map(|timestamp| (world.now().timestamp() - timestamp).abs());
    if !skew.is_ok_and(|skew| skew <= SKEW) {
        return Err(Refusal::sign("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟", None));
    }
    let merchant = world.pay.by_mchid(field("mchid")).ok_or_else(|| Refusal::sign("商户号不存在", None))?;
    if merchant.certificate.serial != field("serial_no") {
        return Err(Refusal::sign("商户证书序列号有误。请使用签名私钥匹配的证书序列号", None));
    }
    let nonce = field("nonce_str");
    let mut message = format!("{}\n{}\n{timestamp}\n{nonce}\n", call.method, call.target).into_bytes();
    message.extend_from_slice(&call.body);
    message.push(b'\n');
    if nonce.len() > 32 || !merchant.own_key.verifies(&message, field("signature")) {
        return Err(mismatch(call, timestamp, nonce, message.len()));
    }
    let serial = call.header("wechatpay-serial").map(str::to_owned);
    if serial.as_ref().is_some_and(|serial| merchant.signing(serial).is_none()) {
        return Err(Refusal::param("平台证书序列号Wechatpay-Serial错误"));
    }
    Ok(Caller { merchant: merchant.key.clone(), serial })
}

/// What WeChat Pay tells about a signature that does not match.
fn mismatch(call: &Call, timestamp: &str, nonce: &str, length: usize) -> Refusal {
    let start: String = nonce.chars().take(20).collect();
    let detail = json!({
        "detail": { "issue": "sign not match" },
        "field": "signature",
        "location": "authorization",
        "sign_information": {
            "method": call.method.as_str(),
            "url": call.target,
            "sign_message_length": length,
            "truncated_sign_message": format!("{}\n{}\n{timestamp}\n{start}\n\n", call.method, call.target),
        },
    });
    Refusal::sign("错误的签名，验签失败", Some(detail))
}
