//! Calls to WeChat Pay over HTTP: read under no lock, answered under the lock, signed after it.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};

use super::{
    call::{self, Call, Ending, Peer, Reply},
    v2, v3,
};
use crate::sandbox::{Sandbox, server::cut};

/// Whether a path is WeChat Pay's.
pub(in crate::sandbox) fn is_pay(path: &str) -> bool {
    path.starts_with("/v3/") || v2::is_mine(path)
}

/// Whether faults may name this endpoint.
pub(in crate::sandbox) fn is_endpoint(path: &str) -> bool {
    v2::ENDPOINTS.contains(&path) || v3::ENDPOINTS.contains(&path)
}

/// Answers a call.
pub(in crate::sandbox) async fn front(sandbox: &Sandbox, request: &HttpRequest, body: Vec<u8>) -> HttpResponse {
    let headers = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_ascii_lowercase(), value.to_str().ok()?.to_owned())));
    let query = web::Query::<BTreeMap<String, String>>::from_query(request.query_string());
    let call = Call {
        method: request.method().clone(),
        path: request.path().to_owned(),
        target: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
        query: query.map(web::Query::into_inner).unwrap_or_default(),
        headers: headers.collect(),
        body,
        peer: request.peer_addr().map_or(Peer::Plain, |peer| sandbox.0.peers.of(peer.port())),
        ip: request.peer_addr().map_or_else(|| "127.0.0.1".to_owned(), |peer| peer.ip().to_string()),
    };
    let ending = sandbox.with(|world| call::answer(world, &call));
    let response = match ending {
        Ending::Cut => cut(request),
        Ending::Reply(reply, delay) => {
            tokio::time::sleep(delay).await;
            respond(sandbox, *reply)
        }
    };
    sandbox.pay_due();
    response
}

fn respond(sandbox: &Sandbox, reply: Reply) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK));
    response.content_type(reply.content_type);
    if let Some(id) = reply.request_id {
        response.insert_header(("Request-ID", id));
    }
    if let Some(signing) = reply.signing {
        let (timestamp, nonce) = (reply.at.timestamp(), sandbox.with(|world| world.random.alphanumeric(32)));
        let mut message = format!("{timestamp}\n{nonce}\n").into_bytes();
        message.extend_from_slice(&reply.body);
        message.extend_from_slice(if reply.forged { b"forged\n" } else { b"\n" });
        response
            .insert_header(("Wechatpay-Timestamp", timestamp.to_string()))
            .insert_header(("Wechatpay-Nonce", nonce))
            .insert_header(("Wechatpay-Serial", signing.serial))
            .insert_header(("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048"))
            .insert_header(("Wechatpay-Signature", signing.key.sign(&message)));
    }
    response.body(reply.body)
}
