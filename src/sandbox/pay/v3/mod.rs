//! API v3: signed JSON (pay notes sections 3 and 4).

mod authorization;
mod bills;
mod certificates;
pub(super) mod create;
mod echo;
mod refusal;
mod statement;

use actix_web::http::Method;
use serde_json::Value;

use super::call::{Call, Reply, Twist};
use crate::sandbox::world::World;
pub(super) use authorization::merchant;
use authorization::{Caller, authorise};
use refusal::Refusal;

pub(super) const CREATE: &str = "/v3/fund-app/mch-transfer/transfer-bills";
pub(super) const BY_OUT_NO: &str = "/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}";
pub(super) const BY_BILL_NO: &str = "/v3/fund-app/mch-transfer/transfer-bills/transfer-bill-no/{transfer_bill_no}";
pub(super) const CANCEL: &str = "/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}/cancel";
const CERTIFICATES: &str = "/v3/certificates";
const STATEMENT: &str = "/v3/bill/fundflowbill";
const DOWNLOAD: &str = "/v3/billdownload/file";
const ECHO: &str = "/v3/security/echo";

/// Everything that can be called.
pub(super) const ENDPOINTS: [&str; 8] =
    [CREATE, BY_OUT_NO, BY_BILL_NO, CANCEL, CERTIFICATES, STATEMENT, DOWNLOAD, ECHO];

/// What an act answers.
enum Done {
    /// 200 with this.
    Json(Value),
    /// A file that nobody signs.
    File { content_type: &'static str, bytes: Vec<u8> },
}

type Outcome = Result<Done, Refusal>;

/// The endpoint of a call, as faults name it.
pub(super) fn endpoint(call: &Call) -> Option<&'static str> {
    let below = |start: &str| call.path.strip_prefix(CREATE)?.strip_prefix(start).map(str::to_owned);
    if let Some(rest) = below("/out-bill-no/") {
        return Some(if rest.ends_with("/cancel") { CANCEL } else { BY_OUT_NO });
    }
    if below("/transfer-bill-no/").is_some() {
        return Some(BY_BILL_NO);
    }
    ENDPOINTS.into_iter().find(|endpoint| *endpoint == call.path)
}

/// Answers a call, in WeChat's order of checks.
pub(super) fn answer(world: &mut World, call: &Call, twist: &Twist) -> Reply {
    let caller = authorise(world, call);
    let outcome = caller.and_then(|caller| perform(world, call, &caller, twist));
    respond(world, call, outcome)
}

fn perform(world: &mut World, call: &Call, caller: &Caller, twist: &Twist) -> Outcome {
    let absent = || Refusal::new(404, "RESOURCE_NOT_EXISTS", "请求的资源不存在");
    let endpoint = endpoint(call).ok_or_else(absent)?;
    let method = if matches!(endpoint, CREATE | CANCEL | ECHO) { Method::POST } else { Method::GET };
    if call.method != method {
        return Err(Refusal::new(405, "METHOD_NOT_ALLOWED", "请求方法不被允许"));
    }
    let body = json_body(call)?;
    match endpoint {
        CREATE => create::create(world, caller, &body, twist),
        CANCEL => bills::cancel(world, caller, last(call, "/cancel")),
        BY_OUT_NO => bills::by_out_no(world, caller, last(call, "")),
        BY_BILL_NO => bills::by_bill_no(world, caller, last(call, "")),
        CERTIFICATES => certificates::list(world, caller),
        STATEMENT => statement::ask(world, caller, call),
        DOWNLOAD => statement::download(world, caller, call),
        ECHO => echo::echo(world, caller, &body),
        _ => Err(absent()),
    }
}

/// The number in the path, before `end`.
fn last<'a>(call: &'a Call, end: &str) -> &'a str {
    let path = call.path.strip_suffix(end).unwrap_or(&call.path);
    path.rsplit('/').next().unwrap_or_default()
}

/// The body as JSON: no `null`, no character beyond three bytes (section 3.7).
fn json_body(call: &Call) -> Result<Value, Refusal> {
    if call.body.is_empty() {
        return Ok(Value::Null);
    }
    if !call.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
        return Err(Refusal::new(415, "PARAM_ERROR", "Content-Type必须为application/json"));
    }
    let text =
        std::str::from_utf8(&call.body).map_err(|error| Refusal::param(&format!("请求报文不是UTF-8编码: {error}")))?;
    let value: Value =
        serde_json::from_str(text).map_err(|error| Refusal::param(&format!("请求报文格式错误: {error}")))?;
    if has_null(&value) {
        return Err(Refusal::param("请求报文中不允许出现null"));
    }
    if has_long(&value) {
        return Err(Refusal::param("请求报文中含有不支持的字符"));
    }
    Ok(value)
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.iter().any(has_null),
        Value::Object(map) => map.values().any(has_null),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn has_long(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().any(|character| character.len_utf8() > 3),
        Value::Array(list) => list.iter().any(has_long),
        Value::Object(map) => map.values().any(has_long),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Answers with the key that the request names (section 3.2).
fn respond(world: &World, call: &Call, outcome: Outcome) -> Reply {
    let now = world.now();
    let (status, result, body) = match outcome {
        Ok(Done::File { content_type, bytes }) => {
            return Reply { request_id: Some(request_id(world, 0)), ..Reply::plain(200, content_type, bytes, now) };
        }
        Ok(Done::Json(value)) => (200, 0, value),
        Err(refusal) => (refusal.status, refusal.result(), refusal.body()),
    };
    let merchant = merchant(call).and_then(|mchid| world.pay.by_mchid(&mchid));
    // A caller that nobody knows is answered with any key.
    let merchant = merchant.or_else(|| world.pay.merchants.values().next());
    let named = call.header("wechatpay-serial");
    let signing = merchant
        .map(|merchant| named.and_then(|serial| merchant.signing(serial)).unwrap_or_else(|| merchant.usual_signing()));
    Reply {
        signing,
        request_id: Some(request_id(world, result)),
        ..Reply::plain(status, "application/json; charset=utf-8", body.to_string().into_bytes(), now)
    }
}

/// Opaque, but for the result at its end.
fn request_id(world: &World, result: u32) -> String {
    format!("08{}-{result}", hex::encode_upper(world.random.bytes::<16>()))
}

/// An error by a fault.
pub(super) fn error(world: &World, call: &Call, status: Option<u16>, code: &str, text: &str) -> Reply {
    respond(world, call, Err(Refusal::new(status.unwrap_or(500), code, text)))
}
