//! The network address of the caller, behind as many proxies as the configuration says.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// The caller's address. With `proxies` trusted proxies it is read that far from the right of `X-Forwarded-For`, so
/// that a caller cannot choose it; with none the header is ignored.
pub fn address(request: &HttpRequest, proxies: usize) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    if proxies == 0 {
        return peer;
    }
    let header = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok()).unwrap_or_default();
    header.rsplit(',').nth(proxies - 1).and_then(|address| address.trim().parse().ok()).or(peer)
}
