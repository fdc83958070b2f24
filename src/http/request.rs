//! Names each request. Every answer carries the id in `X-Request-Id` (and the security headers), every log line in its
//! span, every problem in its body, every job in its row.

use std::time::Instant;

use actix_web::{
    HttpMessage, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{
            ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue,
            REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
    web::Data,
};
use tracing::Instrument;

use crate::infra::{config::Http, random::Random, telemetry::Request};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// What answers may load that are no pages: nothing, in nobody's frame. Pages have policies of their own.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// The API's pages have their own scripts, and styles inside.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                           connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Whoever came by https once comes by it for a year.
const HTTPS_ONLY: &str = "max-age=31536000";

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
    let marks = Marks::of(&request, &about);
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
        let mut response = outcome.map_err(|error| Unanswered { error, about, marks: marks.clone() })?;
        marks.stamp(response.headers_mut());
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
    marks: Marks,
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
        self.marks.stamp(response.headers_mut());
        response
    }
}

/// What every answer to a request carries, whoever makes it.
#[derive(Clone, Debug)]
struct Marks {
    id: String,
    policy: &'static str,
    /// An answer of an API is somebody's own: nobody on the way keeps it, unless the call says otherwise.
    personal: bool,
    https: bool,
}

impl Marks {
    fn of(request: &ServiceRequest, about: &Request) -> Self {
        let path = request.path();
        let docs = path.starts_with("/docs");
        let https = request.app_data::<Data<Http>>().is_some_and(|http| http.public_url.starts_with("https:"));
        let policy = if docs { DOCS_POLICY } else { POLICY };
        Self { id: about.id.clone(), policy, personal: path.starts_with("/api/"), https }
    }

    fn stamp(&self, headers: &mut HeaderMap) {
        if let Ok(id) = HeaderValue::from_str(&self.id) {
            headers.insert(HEADER, id);
        }
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if !headers.contains_key(CONTENT_SECURITY_POLICY) {
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(self.policy));
        }
        if self.personal && !headers.contains_key(CACHE_CONTROL) {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if self.https {
            headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HTTPS_ONLY));
        }
    }
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
