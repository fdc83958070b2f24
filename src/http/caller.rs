//! Who calls, before anybody is asked: the network address behind as many proxies as the configuration says, and the
//! credential that is shown.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::{
    HttpRequest,
    dev::ServiceRequest,
    http::header::{AUTHORIZATION, HeaderName},
};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// The cookie of member pages.
pub const COOKIE: &str = "huilian_session";
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
/// One customer's part of the sixth internet: who holds one address of it holds them all.
const SUBNET: u128 = !0 << 64;

/// Marks a request whose credential is somebody's. Whoever recognises a caller leaves it with the request.
#[derive(Clone, Copy, Debug)]
pub struct Known;

/// The caller's address. With `proxies` trusted proxies it is read that far from the right of `X-Forwarded-For`, so
/// that a caller cannot choose it; with none the header is ignored. Some proxies add to the last line of it, others add a
/// line of their own: all lines are one list.
pub fn address(request: &HttpRequest, proxies: usize) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    if proxies == 0 {
        return peer;
    }
    let lines: Vec<&str> = request.headers().get_all(FORWARDED).map(|line| line.to_str().unwrap_or_default()).collect();
    lines.join(",").rsplit(',').nth(proxies - 1).and_then(|address| address.trim().parse().ok()).or(peer)
}

/// The address as far as one caller cannot have many of them.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & SUBNET)),
        IpAddr::V4(address) => IpAddr::V4(address),
    }
}

/// A digest of the credential that a request shows, whether it is anybody's or not: a token in `Authorization`, else the
/// cookie. What is neither is not looked at by anybody.
pub fn credential(request: &ServiceRequest) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION).and_then(|shown| shown.to_str().ok());
    let bearer = header.and_then(|shown| shown.strip_prefix("Bearer ")).map(str::to_owned);
    let shown = bearer.or_else(|| request.cookie(COOKIE).map(|cookie| cookie.value().to_owned()));
    shown.map(|shown| HEXLOWER.encode(&Sha256::digest(shown)))
}
