//! API v2: flat XML, MD5 signatures, client certificates (pay notes section 2).

mod form;
mod query;
mod rules;
mod send;

use super::call::{Call, Peer, Reply, Twist};
use crate::{
    sandbox::{fields::Fields, world::World},
    wechat::account::Format,
};
use form::Form;
pub(super) use form::signed;

pub(super) const SEND: &str = "/mmpaymkttransfers/sendredpack";
pub(super) const SEND_MINI: &str = "/mmpaymkttransfers/sendminiprogramhb";
pub(super) const QUERY: &str = "/mmpaymkttransfers/gethbinfo";

/// Everything that can be called.
pub(super) const ENDPOINTS: [&str; 3] = [SEND, SEND_MINI, QUERY];

/// A refusal: `err_code` and its text.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) text: String,
}

impl Refusal {
    pub(super) fn new(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), text: text.into() }
    }
}

/// Whether a path is v2's.
pub(super) fn is_mine(path: &str) -> bool {
    path.starts_with("/mmpaymkttransfers/")
}

/// The endpoint of a call, as faults name it.
pub(super) fn endpoint(call: &Call) -> Option<&'static str> {
    ENDPOINTS.into_iter().find(|endpoint| *endpoint == call.path)
}

/// The merchant that a call says it comes from.
pub(super) fn merchant(call: &Call) -> Option<String> {
    Fields::from_xml(std::str::from_utf8(&call.body).ok()?).ok()?.str("mch_id").map(str::to_owned)
}

/// Answers a call, in WeChat's order of checks.
pub(super) fn answer(world: &mut World, call: &Call, twist: &Twist) -> Reply {
    let now = world.now();
    // The gateway's answers come before anything is read (section 2.0).
    let certificate = match &call.peer {
        Peer::Plain => return Reply::html(400, "The plain HTTP request was sent to HTTPS port", now),
        Peer::Nobody => return Reply::html(400, "No required SSL certificate was sent", now),
        Peer::Certificate(certificate) => certificate,
    };
    let owner = world.pay.merchants.values().find(|merchant| merchant.certificate.der == *certificate);
    let owner = match owner {
        Some(owner) if owner.certificate.until > now && owner.certificate.from <= now => owner.key.clone(),
        _ => return Reply::html(400, "The SSL certificate error", now),
    };
    let Some(endpoint) = endpoint(call) else { return Reply::html(404, "Not Found", now) };
    let body = match Form::read(&call.body) {
        Ok(form) => {
            let outcome = match endpoint {
                QUERY => query::query(world, &form, &owner),
                _ => send::send(world, &form, &owner, endpoint == SEND_MINI, twist),
            };
            outcome.unwrap_or_else(|refusal| refused(&refusal, &form))
        }
        Err(refusal) => refused(&refusal, &Form::default()),
    };
    Reply::plain(200, "text/plain", body.write(Format::Xml).into_bytes(), now)
}

/// What an error looks like: the communication went well, the business did not, and the request is echoed.
fn refused(refusal: &Refusal, form: &Form) -> Fields {
    let fields = Fields::new()
        .text("return_code", "SUCCESS")
        .text("return_msg", refusal.text.clone())
        .text("result_code", "FAIL")
        .text("err_code", refusal.code.clone())
        .text("err_code_des", refusal.text.clone());
    echoed(fields, form)
}

/// Adds what the answer repeats of the request.
fn echoed(mut fields: Fields, form: &Form) -> Fields {
    for name in ["mch_billno", "mch_id", "wxappid", "re_openid"] {
        if let Some(value) = form.get(name) {
            fields = fields.text(name, value);
        }
    }
    match form.get("total_amount") {
        Some(amount) => fields.number("total_amount", amount),
        None => fields,
    }
}

/// An error by a fault.
pub(super) fn error(world: &World, call: &Call, code: &str, text: &str) -> Reply {
    let form = Form::read(&call.body).unwrap_or_default();
    let body = refused(&Refusal::new(code, text), &form).write(Format::Xml);
    Reply::plain(200, "text/plain", body.into_bytes(), world.now())
}
