//! The JS-SDK: the ticket, and the signature that lets a page use it (protocol section 3.4).

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use url::Url;

use super::{
    client::{Api, Call, Failure, Lent},
    endpoints::TICKET,
};

/// What a page passes to `wx.config`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JsConfig {
    /// The account.
    pub app_id: String,
    /// Seconds since 1970.
    pub timestamp: i64,
    /// Random letters and digits.
    pub nonce_str: String,
    /// SHA-1 in lower-case hex.
    pub signature: String,
}

/// Why the URL of a page is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSignable {
    /// It is not an http or https address, or holds characters that browsers read differently.
    #[error("not a web address")]
    NotAnAddress,
    /// Its host is not one of ours.
    #[error("the host is not allowed")]
    ForeignHost,
}

/// The part of a page's URL that is signed, everything before `#`, if its host is one of `hosts` (exact, without
/// port). Signing pages of others would lend them our rights in WeChat.
///
/// # Errors
/// When it is no web address, or of a foreign host.
pub fn signable<'a>(url: &'a str, hosts: &[String]) -> Result<&'a str, NotSignable> {
    // Browsers turn a backslash into a slash and drop blanks: what is signed must be what is opened.
    if url.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(NotSignable::NotAnAddress);
    }
    let Ok(parsed) = Url::parse(url) else { return Err(NotSignable::NotAnAddress) };
    if !matches!(parsed.scheme(), "http" | "https") || !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(NotSignable::NotAnAddress);
    }
    let host = parsed.host_str().ok_or(NotSignable::NotAnAddress)?;
    if !hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host)) {
        return Err(NotSignable::ForeignHost);
    }
    Ok(url.split_once('#').map_or(url, |(page, _)| page))
}

/// Signs a page's URL, which must be without fragment and not percent-encoded.
pub fn sign(ticket: &str, nonce: &str, timestamp: i64, url: &str) -> String {
    let text = format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}");
    hex::encode(Sha1::digest(text))
}

#[derive(Deserialize)]
struct Ticket {
    ticket: String,
    expires_in: i64,
}

impl Api {
    /// What the page at `url` passes to `wx.config`; `hosts` are the hosts of our own pages.
    ///
    /// # Errors
    /// [`NotSent::Invalid`](super::client::NotSent::Invalid) for a page that is not signed; otherwise as the calls for
    /// token and ticket.
    pub async fn js_config(&self, url: &str, hosts: &[String]) -> Result<JsConfig, Failure> {
        let url = signable(url, hosts).map_err(|why| match why {
            NotSignable::NotAnAddress => Failure::invalid("url", "must be an http or https address"),
            NotSignable::ForeignHost => Failure::invalid("url", "must be on one of our hosts"),
        })?;
        let ticket = self.ticket().await?;
        let around = self.wechat.around();
        let nonce_str = around.random.alphanumeric(16);
        let timestamp = around.clock.now().timestamp();
        let signature = sign(&ticket, &nonce_str, timestamp, url);
        Ok(JsConfig { app_id: self.account.appid.clone(), timestamp, nonce_str, signature })
    }

    /// The ticket, kept for all nodes like the token: the daily limit is far below the number of page views.
    async fn ticket(&self) -> Result<String, Failure> {
        let fetch = || async {
            let answer: Ticket = self.ask(Call::to(TICKET).query("type", "jsapi")).await?;
            Ok(Lent { value: answer.ticket, expires_in: answer.expires_in })
        };
        self.wechat.credentials(&self.account)?.ticket.get(fetch).await
    }
}

#[cfg(test)]
mod tests {
    use super::{NotSignable, sign, signable};
    use crate::wechat::golden::{text, vectors};

    #[test]
    fn published_signatures_come_out() {
        let published = vectors("vectors", "jssdk_signature");
        assert_eq!(published.len(), 2);
        for vector in published {
            let timestamp = vector["timestamp"].as_i64().unwrap();
            let (ticket, nonce) = (text(&vector, "jsapi_ticket"), text(&vector, "noncestr"));
            assert_eq!(sign(ticket, nonce, timestamp, text(&vector, "url")), text(&vector, "signature"), "{vector}");
        }
    }

    #[test]
    fn our_own_pages_are_signed_without_their_fragment() {
        let hosts = ["h5.example.com".to_owned(), "127.0.0.1".to_owned()];
        for (url, signed) in [
            ("https://h5.example.com/m?x=1#/home?y=2#z", Ok("https://h5.example.com/m?x=1")),
            ("https://H5.Example.com:8443/", Ok("https://H5.Example.com:8443/")),
            ("http://127.0.0.1:8080/m", Ok("http://127.0.0.1:8080/m")),
            ("https://h5.example.com", Ok("https://h5.example.com")),
            ("https://example.com/", Err(NotSignable::ForeignHost)),
            ("https://evil.h5.example.com/", Err(NotSignable::ForeignHost)),
            ("https://h5.example.com.evil.net/", Err(NotSignable::ForeignHost)),
            ("https://evil.net/?h5.example.com", Err(NotSignable::ForeignHost)),
            ("https://evil.net#@h5.example.com/", Err(NotSignable::ForeignHost)),
            ("https://h5.example.com@evil.net/", Err(NotSignable::NotAnAddress)),
            ("https://evil.net\\@h5.example.com/", Err(NotSignable::NotAnAddress)),
            ("https://h5.example.com/\n", Err(NotSignable::NotAnAddress)),
            (" https://h5.example.com/", Err(NotSignable::NotAnAddress)),
            ("javascript:alert(1)", Err(NotSignable::NotAnAddress)),
            ("//h5.example.com/", Err(NotSignable::NotAnAddress)),
            ("", Err(NotSignable::NotAnAddress)),
        ] {
            assert_eq!(signable(url, &hosts), signed, "{url}");
        }
    }
}
