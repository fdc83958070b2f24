//! Limits of one request: how often a caller may come, and how long it may take.

use std::time::Duration;

use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::AUTHORIZATION,
    middleware::Next,
    web::Data,
};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::caller;
use crate::{
    error::{Code, Error},
    infra::{cache::Cache, config::Http},
};

const MINUTE: Duration = Duration::from_secs(60);
/// Where people and partners call.
const API: &str = "/api/";

/// Middleware: a caller of an API who comes more often than `http.rate_per_minute` is told to wait.
///
/// A caller is whoever holds a credential, else a network address. Only API calls count: WeChat delivers the pushes of
/// a whole brand from a few addresses, and probes must never be told to wait.
///
/// # Errors
/// [`Code::RateLimited`]; otherwise what the inner service returns.
pub async fn rate(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if request.path().starts_with(API)
        && let (Some(http), Some(cache)) = (request.app_data::<Data<Http>>(), request.app_data::<Data<Cache>>())
    {
        let came = cache.count(&format!("rate:{}", caller_key(&request, http.proxies)), 1, MINUTE).await;
        if came > u64::from(http.rate_per_minute) {
            metrics::counter!("http_rate_limited_total").increment(1);
            return Err(Error::new(Code::RateLimited).into());
        }
    }
    next.call(request).await
}

/// Middleware: a request that takes longer than `http.timeout` is given up.
///
/// # Errors
/// [`Code::Timeout`]; otherwise what the inner service returns.
pub async fn time(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let limit = request.app_data::<Data<Http>>().map_or(MINUTE, |http| http.timeout);
    match tokio::time::timeout(limit, next.call(request)).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => Err(Error::new(Code::Timeout).into()),
    }
}

fn caller_key(request: &ServiceRequest, proxies: usize) -> String {
    match request.headers().get(AUTHORIZATION) {
        Some(credential) => HEXLOWER.encode(&Sha256::digest(credential.as_bytes())),
        None => caller::address(request, proxies).map(|address| address.to_string()).unwrap_or_default(),
    }
}
