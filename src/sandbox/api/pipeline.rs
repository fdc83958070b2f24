//! What every call goes through, in WeChat's order: path, method, token, right, quota, body, and then the act itself.
//! Faults come first, or strike after the act.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use actix_web::http::Method;
use serde_json::Value;

use super::{
    Answer, Call, Outcome, Upload,
    table::{Body, Endpoint, Who, find},
};
use crate::sandbox::{
    calls::{self, Done},
    errcode::Refusal,
    events::Told,
    faults::FaultKind,
    world::World,
};

/// A request as it came in, read to its end.
pub(in crate::sandbox) struct Request {
    pub(in crate::sandbox) method: Method,
    pub(in crate::sandbox) path: String,
    pub(in crate::sandbox) query: BTreeMap<String, String>,
    pub(in crate::sandbox) body: Vec<u8>,
    /// The file of a multipart body.
    pub(in crate::sandbox) upload: Option<Upload>,
    pub(in crate::sandbox) ip: String,
}

/// What the server does about a request.
pub(in crate::sandbox) enum Ending {
    /// Answer, after `delay`.
    Answer {
        /// The HTTP status.
        status: u16,
        /// What the body is.
        answer: Answer,
        /// How long to wait first.
        delay: Duration,
    },
    /// Close the connection without a byte.
    Cut,
}

/// Answers an API call: the one way in, over HTTP and in tests.
pub(in crate::sandbox) fn answer(world: &mut World, request: &Request) -> Ending {
    let started = Instant::now();
    let owner = owner(world, request);
    let fault = world.take_fault(&request.path, owner.as_deref(), FaultKind::is_for_calls);
    let rid = calls::rid(world);
    let failing = matches!(fault, Some(FaultKind::JobFailed));
    let (status, outcome, cut) = match &fault {
        Some(FaultKind::ResetBefore) => (0, None, true),
        Some(FaultKind::Http { status }) => (*status, None, false),
        Some(FaultKind::Errcode { errcode, errmsg }) => {
            let text = errmsg.clone().unwrap_or_else(|| crate::sandbox::errcode::text(*errcode).to_owned());
            (200, Some(Err(Refusal::saying(*errcode, text))), false)
        }
        Some(FaultKind::ResetAfter) => (0, Some(perform(world, request, failing)), true),
        _ => (200, Some(perform(world, request, failing)), false),
    };
    let errcode = match &outcome {
        Some(Err(refusal)) => Some(refusal.code),
        Some(Ok(Answer::Json(value))) => value.get("errcode").and_then(Value::as_i64),
        _ => None,
    };
    let refused = matches!(outcome, Some(Err(_)));
    let (status, answer) = match outcome {
        None => (status, html(status)),
        Some(Err(refusal)) => (status, Answer::Json(refusal.body(&rid))),
        Some(Ok(Answer::NotFound)) => (404, Answer::NotFound),
        Some(Ok(answer)) => (status, answer),
    };
    let id = world.id();
    world.log_call(Done {
        id,
        request,
        account: owner,
        status: (!cut).then_some(status),
        errcode,
        rid: refused.then_some(rid),
        fault: fault.as_ref().map(FaultKind::name),
        answer: &answer,
        took: started.elapsed(),
    });
    world.tell(Told::Call { id });
    match fault {
        _ if cut => Ending::Cut,
        Some(FaultKind::Slow { millis }) => Ending::Answer { status, answer, delay: Duration::from_millis(millis) },
        _ => Ending::Answer { status, answer, delay: Duration::ZERO },
    }
}

/// The account that a call is about: by its token, or by the appid of a call that has none.
fn owner(world: &World, request: &Request) -> Option<String> {
    if let Some(token) = request.query.get("access_token") {
        return world.token_owner(token).or_else(|| world.web_token_owner(token));
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let appid = request.query.get("appid").map(String::as_str).or_else(|| body.get("appid")?.as_str())?;
    world.accounts.values().find(|account| account.appid == appid).map(|account| account.key.clone())
}

fn html(status: u16) -> Answer {
    let bytes = format!("<html><head><title>{status}</title></head><body>{status}</body></html>").into_bytes();
    Answer::File { content_type: "text/html".to_owned(), name: None, bytes }
}

fn perform(world: &mut World, request: &Request, failing: bool) -> Outcome {
    let endpoint = find(&request.path).ok_or_else(|| Refusal::of(40066))?;
    if endpoint.method != request.method {
        return Err(Refusal::of(if endpoint.method == Method::GET { 43001 } else { 43002 }));
    }
    let mut call =
        Call { path: endpoint.path, query: request.query.clone(), ip: request.ip.clone(), failing, ..Call::default() };
    if endpoint.who != Who::Anybody {
        let token = call.query("access_token").ok_or_else(|| Refusal::of(41001))?.to_owned();
        call.account = world.authorise(&token)?;
        let now = world.now();
        let account = world.caller(&call.account)?;
        if !endpoint.who.includes(account.kind) {
            return Err(Refusal::of(48001));
        }
        account.quotas.count(endpoint.path, now)?;
    }
    read_body(endpoint, request, &mut call)?;
    (endpoint.act)(world, &call)
}

fn read_body(endpoint: &Endpoint, request: &Request, call: &mut Call) -> Result<(), Refusal> {
    if endpoint.method != Method::POST {
        return Ok(());
    }
    match endpoint.body {
        Body::Upload => {
            call.upload = request.upload.clone();
        }
        Body::Optional if request.body.is_empty() => {}
        Body::Json if request.body.is_empty() => return Err(Refusal::of(44002)),
        Body::Json | Body::Optional => {
            let Ok(text) = std::str::from_utf8(&request.body) else { return Err(Refusal::of(47001)) };
            if has_escapes(text) {
                return Err(Refusal::of(40033));
            }
            match serde_json::from_str(text) {
                Ok(body @ Value::Object(_)) => call.body = body,
                Ok(_) | Err(_) => return Err(Refusal::of(47001)),
            }
        }
    }
    Ok(())
}

/// Whether a JSON text writes a character beyond ASCII as `\uXXXX`, which WeChat would show literally.
fn has_escapes(text: &str) -> bool {
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\\' && characters.next() == Some('u') {
            let digits: String = characters.by_ref().take(4).collect();
            if u32::from_str_radix(&digits, 16).is_ok_and(|value| value > 0x7f) {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::has_escapes;

    #[test]
    fn only_escapes_beyond_ascii_are_refused() {
        for (text, expected) in [
            (r#"{"content":"你好"}"#, false),
            (r#"{"content":"\u4f60"}"#, true),
            (r#"{"content":"a\u0026b\n"}"#, false),
            (r#"{"content":"C:\\u4f60"}"#, false),
            (r#"{"content":"\\\u4f60"}"#, true),
        ] {
            assert_eq!(has_escapes(text), expected, "{text}");
        }
    }
}
