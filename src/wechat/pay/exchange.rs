//! One request and its answer, still unread: sends it, tells apart what went wrong on the way, measures and logs.

use std::time::Instant;

use reqwest::{RequestBuilder, header::HeaderMap};
use tracing::{Instrument, Span, field};

use super::{Answer, Merchant, Why};

/// Larger than any answer but a bill.
const LARGEST: usize = 1 << 20;
/// What the door of v2 says in HTML when it does not like our certificate.
const CERTIFICATE_WORDS: &str = "SSL certificate";

/// An answer as it came.
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Raw {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// What follows from a body that nobody can read.
    pub(super) fn unreadable(&self) -> Why {
        let html = String::from_utf8_lossy(&self.body);
        match self.status {
            400 if html.contains(CERTIFICATE_WORDS) => Why::ClientCertificate,
            429 => Why::Throttled,
            200..=299 => Why::Form,
            _ => Why::Status,
        }
    }
}

/// Sends a request and reads its answer.
pub(super) async fn exchange(request: RequestBuilder) -> Result<Raw, Why> {
    let mut response = request.send().await.map_err(|error| on_the_way(&error))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| on_the_way(&error))? {
        if body.len().saturating_add(chunk.len()) > LARGEST {
            return Err(Why::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    if let Some(id) = headers.get("request-id").and_then(|id| id.to_str().ok()) {
        Span::current().record("pay_request_id", id);
    }
    Ok(Raw { status, headers, body })
}

/// What is certain when there is no answer.
pub(super) fn on_the_way(error: &reqwest::Error) -> Why {
    if error.is_timeout() {
        Why::Timeout
    } else if error.is_connect() || error.is_builder() {
        Why::Unreachable
    } else {
        Why::Lost
    }
}

impl Merchant {
    /// Measures and logs a call. `route` is the address without numbers, so that it can be a label.
    pub(super) async fn measured<T>(&self, route: &'static str, call: impl Future<Output = Answer<T>>) -> Answer<T> {
        let merchant = self.settings().key.to_string();
        let span = tracing::info_span!(
            "pay_call",
            merchant,
            route,
            outcome = field::Empty,
            duration_ms = field::Empty,
            pay_request_id = field::Empty
        );
        async {
            let begun = Instant::now();
            let answer = call.await;
            let took = begun.elapsed();
            let outcome = answer.outcome();
            Span::current().record("outcome", outcome);
            Span::current().record("duration_ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
            // Codes only: texts may name people.
            match &answer {
                Answer::Done(_) => tracing::debug!("WeChat Pay answered"),
                Answer::Refused(refusal) => {
                    tracing::info!(code = refusal.code, kind = ?refusal.kind, "WeChat Pay refused");
                }
                Answer::Unknown(unknown) => {
                    let code = unknown.code.as_deref();
                    tracing::warn!(why = unknown.why.as_str(), code, "what WeChat Pay did is unknown");
                }
            }
            metrics::counter!("pay_calls_total", "merchant" => merchant.clone(), "route" => route, "outcome" => outcome)
                .increment(1);
            metrics::histogram!("pay_call_seconds", "merchant" => merchant.clone(), "route" => route)
                .record(took.as_secs_f64());
            answer
        }
        .instrument(span)
        .await
    }
}
