//! Where a visit comes from: the device and the network, as keyed hashes that say only which are the same.

use std::net::IpAddr;

use actix_web::{
    FromRequest, HttpRequest,
    cookie::{Cookie, SameSite, time::Duration as Age},
    dev::Payload,
    web::Data,
};
use futures_util::future::{Ready, ready};

use crate::{
    error::{Error, Result},
    http::caller,
    infra::{config::Http, random::Random, secret::Vault},
};

/// The header in which a mini program tells the name that it has given its device.
const HEADER: &str = "x-device-id";
/// The cookie that pages have for the same.
pub const COOKIE: &str = "huilian_device";

/// How long a browser keeps the name that tells it from others.
const KEPT: Age = Age::days(400);

/// The name that a browser gets which has none.
pub fn name(request: &HttpRequest, random: &Random, public_url: &str) -> Option<Cookie<'static>> {
    if request.cookie(COOKIE).is_some() {
        return None;
    }
    let cookie = Cookie::build(COOKIE, random.token()).path("/").http_only(true);
    Some(cookie.secure(public_url.starts_with("https:")).same_site(SameSite::Lax).max_age(KEPT).finish())
}

/// Where a visit comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The device; none when it names none.
    pub device: Option<String>,
    /// The network: 256 neighbours of IPv4, or a site of IPv6.
    pub network: Option<String>,
}

impl Origin {
    /// Where a request comes from, behind so many trusted proxies.
    pub fn of(request: &HttpRequest, vault: &Vault, proxies: usize) -> Self {
        let header = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let named = header.or_else(|| request.cookie(COOKIE).map(|cookie| cookie.value().to_owned()));
        let named =
            named.filter(|name| (8..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic()));
        Self {
            device: named.map(|name| vault.blind("touch.device", &name)),
            network: caller::address(request, proxies).map(|address| vault.blind("touch.network", &prefix(address))),
        }
    }
}

/// As a handler's argument: where its request comes from.
impl FromRequest for Origin {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given = request.app_data::<Data<Vault>>().zip(request.app_data::<Data<Http>>());
        let missing = || Error::internal("the keys or the settings of requests were not handed down");
        ready(given.map(|(vault, http)| Self::of(request, vault, http.proxies)).ok_or_else(missing))
    }
}

/// The part of an address that neighbours share.
fn prefix(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn neighbours_share_a_network_and_others_do_not() {
        let of = |text: &str| prefix(text.parse().unwrap());
        assert_eq!(of("203.0.113.7"), of("203.0.113.250"));
        assert_ne!(of("203.0.113.7"), of("203.0.114.7"));
        assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.9"));
        assert_eq!(of("2001:db8:1:2::3"), of("2001:db8:1:ffff::9"));
        assert_ne!(of("2001:db8:1::1"), of("2001:db8:2::1"));
    }
}
