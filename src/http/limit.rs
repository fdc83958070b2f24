//! Limits of one request: how often a caller may come, and how long it may take.

use std::time::Duration;

use actix_web::{
    HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::CONTENT_TYPE,
    middleware::Next,
    web::Data,
};

use super::caller::{self, Known};
use crate::{
    error::{Code, Error},
    infra::{cache::Cache, config::Http},
};

const MINUTE: Duration = Duration::from_secs(60);
/// Where people and partners call.
const API: &str = "/api/";

/// Middleware: a caller of an API who comes more often than `http.rate_per_minute` is told to wait.
///
/// A caller is whoever holds a credential, else a network address. A credential that nobody has recognised is no caller:
/// what came with one counts for the address, too, so that making up credentials helps nobody, not even where everybody
/// may call. Only API calls count: WeChat delivers the pushes of a whole brand from a few addresses, and probes must never
/// be told to wait.
///
/// # Errors
/// [`Code::RateLimited`]; otherwise what the inner service returns.
pub async fn rate(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let (http, cache) = (request.app_data::<Data<Http>>().cloned(), request.app_data::<Data<Cache>>().cloned());
    let (Some(http), Some(cache)) = (http, cache) else { return next.call(request).await };
    if !request.path().starts_with(API) {
        return next.call(request).await;
    }
    let most = u64::from(http.rate_per_minute);
    let address = caller::address(request.request(), http.proxies).map(caller::network);
    let address = address.map(|address| address.to_string()).unwrap_or_default();
    let credential = caller::credential(&request);
    let welcome = match &credential {
        Some(credential) => came(&cache, credential, 1).await <= most && came(&cache, &address, 0).await <= most,
        None => came(&cache, &address, 1).await <= most,
    };
    if !welcome {
        metrics::counter!("http_rate_limited_total").increment(1);
        return Err(Error::new(Code::RateLimited).retry_after(MINUTE / 2).into());
    }
    let answer = next.call(request).await;
    let known = answer.as_ref().is_ok_and(|answer| answer.request().extensions().contains::<Known>());
    if credential.is_some() && !known {
        came(&cache, &address, 1).await;
    }
    answer
}

/// How often a caller came in this minute, after adding `times`.
async fn came(cache: &Cache, caller: &str, times: i64) -> u64 {
    cache.count(&format!("rate:{caller}"), times, MINUTE).await
}

/// Whether a request brings a file: those take as long as the caller's line needs.
fn brings_a_file(request: &ServiceRequest) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    request.path().starts_with(API) && kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// Middleware: a request that takes longer than `http.timeout`, or `http.upload_timeout` when it brings a file, is given
/// up.
///
/// # Errors
/// [`Code::Timeout`]; otherwise what the inner service returns.
pub async fn time(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let limit = request.app_data::<Data<Http>>().map_or(MINUTE, |http| match brings_a_file(&request) {
        true => http.upload_timeout,
        false => http.timeout,
    });
    match tokio::time::timeout(limit, next.call(request)).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => Err(Error::new(Code::Timeout).into()),
    }
}
