//! Names each request. Every answer carries the id in `X-Request-Id` (and the security headers), every log line in its
//! span, every problem in its body, every job in its row.

use std::time::Instant;

use actix_web::{
    HttpMessage, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{ACCEPT_LANGUAGE, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    web::Data,
};
use tracing::Instrument;

use crate::infra::{random::Random, telemetry::Request};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Middleware that names each request, logs and measures it.
///
/// # Errors
/// What the inner service returns.
pub async fn name_and_measure(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let started = Instant::now();
    let about = Request { id: id(&request), english: prefers_english(&request) };
    let method = request.method().clone();
    // The pattern, not the path: paths may hold personal data, and metrics need few labels.
    let route = request.match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let span = tracing::info_span!("request", request.id = about.id, http.method = %method, http.route = route);
    request.extensions_mut().insert(about.clone());
    async move {
        let outcome = about.clone().scope(next.call(request)).await;
        let status = outcome.as_ref().map_or_else(|error| error.as_response_error().status_code(), |r| r.status());
        let labels = [("method", method.to_string()), ("route", route), ("status", status.as_u16().to_string())];
        metrics::counter!("http_requests_total", &labels).increment(1);
        metrics::histogram!("http_request_seconds", &labels).record(started.elapsed());
        let duration_ms = started.elapsed().as_millis();
        if status.is_server_error() {
            tracing::error!(http.status = status.as_u16(), duration_ms, "answered {status}");
        } else {
            tracing::info!(http.status = status.as_u16(), duration_ms, "answered {status}");
        }
        let mut response = outcome.map_err(|error| Unanswered { error, about: about.clone() })?;
        stamp(response.headers_mut(), &about);
        Ok(response)
    }
    .instrument(span)
    .await
}

/// An error that no handler has turned into an answer yet, with the request it belongs to: actix renders it after the
/// request's task-local is gone.
#[derive(Debug)]
struct Unanswered {
    error: actix_web::Error,
    about: Request,
}

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl ResponseError for Unanswered {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.about.clone().sync_scope(|| self.error.error_response());
        stamp(response.headers_mut(), &self.about);
        response
    }
}

/// What every answer carries, whoever made it.
fn stamp(headers: &mut HeaderMap, about: &Request) {
    if let Ok(id) = HeaderValue::from_str(&about.id) {
        headers.insert(HEADER, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// The caller's id if it is 8 to 64 letters, digits and dashes, else a fresh one.
fn id(request: &ServiceRequest) -> String {
    let sent = request.headers().get(&HEADER).and_then(|value| value.to_str().ok());
    let plain = |text: &&str| {
        (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    match (sent.filter(plain), request.app_data::<Data<Random>>()) {
        (Some(sent), _) => sent.to_owned(),
        (None, Some(random)) => random.uuid().to_string(),
        (None, None) => String::new(),
    }
}

/// Chinese is the first language; English is used when the reader names it before Chinese.
fn prefers_english(request: &ServiceRequest) -> bool {
    let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut languages = header.split(',').map(|part| part.trim().to_ascii_lowercase());
    languages
        .find(|language| language.starts_with("en") || language.starts_with("zh"))
        .is_some_and(|l| l.starts_with("en"))
}
