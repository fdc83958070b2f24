//! The log of API calls: what the inspector shows, and what `rid/get` remembers. Tokens and secrets are masked.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    api::{Answer, Request},
    world::World,
};
use crate::infra::clock::Time;

/// Calls that are remembered; the oldest is dropped first.
const KEPT: usize = 5_000;
/// Characters of a body that are kept.
const SHOWN: usize = 16_000;
const MASKED: &[&str] = &["access_token", "refresh_token", "secret", "appsecret", "session_key"];

/// One API call as the inspector shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Logged {
    /// Rising number.
    pub id: u64,
    /// When it came in.
    pub at: Time,
    /// `GET` or `POST`.
    pub method: String,
    /// The API path.
    pub path: String,
    /// The key of the account whose token it carried.
    pub account: Option<String>,
    /// The HTTP status; `null` when the connection was cut.
    pub status: Option<u16>,
    /// The `errcode` of the answer, if it has one.
    pub errcode: Option<i64>,
    /// The `rid` of a refusal.
    pub rid: Option<String>,
    /// The fault that struck.
    pub fault: Option<&'static str>,
    /// Query and body.
    pub request: String,
    /// The answer's body; files are only described.
    pub answer: String,
    /// How long the work took, in milliseconds.
    pub took_ms: u64,
    /// The caller's address, for `rid/get`.
    #[serde(skip)]
    pub(super) ip: String,
}

/// A call that has just ended.
pub(super) struct Done<'a> {
    pub(super) id: u64,
    pub(super) request: &'a Request,
    pub(super) account: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) errcode: Option<i64>,
    pub(super) rid: Option<String>,
    pub(super) fault: Option<&'static str>,
    pub(super) answer: &'a Answer,
    pub(super) took: Duration,
}

/// A fresh request id: seconds in hex, then two random words.
pub(super) fn rid(world: &World) -> String {
    let seconds = u32::try_from(world.now().timestamp()).unwrap_or(u32::MAX);
    let [a, b] = [world.random.bytes::<4>(), world.random.bytes::<4>()].map(u32::from_be_bytes);
    format!("{seconds:08x}-{a:08x}-{b:08x}")
}

impl World {
    pub(super) fn log_call(&mut self, done: Done<'_>) {
        let request = done.request;
        let logged = Logged {
            id: done.id,
            at: self.now(),
            method: request.method.to_string(),
            path: request.path.clone(),
            account: done.account,
            status: done.status,
            errcode: done.errcode,
            rid: done.rid,
            fault: done.fault,
            request: shown_request(request),
            answer: shown_answer(done.answer, &request.path),
            took_ms: u64::try_from(done.took.as_millis()).unwrap_or(u64::MAX),
            ip: request.ip.clone(),
        };
        self.remember_call(logged);
    }

    pub(super) fn remember_call(&mut self, logged: Logged) {
        if self.calls.len() == KEPT {
            self.calls.pop_front();
        }
        self.calls.push_back(logged);
    }

    /// The newest calls, newest first.
    pub(super) fn calls(&self, limit: usize) -> Vec<Logged> {
        self.calls.iter().rev().take(limit).cloned().collect()
    }
}

fn shown_request(request: &Request) -> String {
    let query: BTreeMap<&str, &str> = request
        .query
        .iter()
        .map(|(name, value)| (name.as_str(), if MASKED.contains(&name.as_str()) { "***" } else { value.as_str() }))
        .collect();
    let mut line = url::form_urlencoded::Serializer::new(String::new());
    line.extend_pairs(query);
    let query = line.finish().replace("%2A%2A%2A", "***");
    let body = match &request.upload {
        Some(upload) => format!("({} bytes, {})", upload.bytes.len(), upload.name),
        None => match serde_json::from_slice::<Value>(&request.body) {
            Ok(mut body) => {
                mask(&mut body, MASKED);
                body.to_string()
            }
            Err(_) => String::from_utf8_lossy(&request.body).into_owned(),
        },
    };
    let text = if body.is_empty() { format!("?{query}") } else { format!("?{query}\n{body}") };
    text.chars().take(SHOWN).collect()
}

fn shown_answer(answer: &Answer, path: &str) -> String {
    match answer {
        Answer::Json(value) => {
            let mut value = value.clone();
            mask(&mut value, MASKED);
            if path == "/cgi-bin/ticket/getticket" {
                mask(&mut value, &["ticket"]);
            }
            value.to_string().chars().take(SHOWN).collect()
        }
        Answer::File { content_type, bytes, .. } => format!("({content_type}, {} bytes)", bytes.len()),
        Answer::NotFound => String::new(),
    }
}

fn mask(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                if names.contains(&name.as_str()) { *value = json!("***") } else { mask(value, names) }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| mask(value, names)),
        _ => {}
    }
}
