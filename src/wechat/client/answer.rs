//! Reads what came back: a JSON object, with or without `errcode`, or a file (protocol section 0).
//!
//! WeChat's content types are not reliable, so the form is told by the content.

use std::net::IpAddr;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use super::{Failure, Trouble};
use crate::wechat::{endpoints::Effect, errcode};

/// A successful answer.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// A JSON object.
    Json(Vec<u8>),
    /// Anything else, such as an image.
    File(File),
}

/// A downloaded file.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// WeChat's content type; empty when it gave none.
    pub mime: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// The error fields that any JSON answer may have.
#[derive(Default, Deserialize)]
pub(super) struct Status {
    #[serde(default, deserialize_with = "number")]
    pub(super) errcode: i64,
    #[serde(default)]
    pub(super) errmsg: Option<String>,
}

/// What the body of an HTTP answer is.
pub(super) enum Content {
    /// A JSON object with a code, 0 when there was none.
    Json(Status),
    /// Not JSON.
    Other,
}

pub(super) fn content(bytes: &[u8]) -> Content {
    // An image never begins with a brace; a broken object is still no image.
    match bytes.trim_ascii_start().first() {
        Some(b'{') => serde_json::from_slice(bytes).map_or(Content::Other, Content::Json),
        _ => Content::Other,
    }
}

impl Answer {
    /// Reads the JSON answer of a call with this effect.
    ///
    /// # Errors
    /// When it is a file, or its fields are not those of `T`. A call with an effect has then happened, but its result
    /// is unknown.
    pub fn read<T: DeserializeOwned>(&self, effect: Effect) -> Result<T, Failure> {
        let read = match self {
            Self::Json(bytes) => serde_json::from_slice(bytes).map_err(|error| {
                // The category alone: a message of the parser may repeat a value.
                tracing::warn!(category = ?error.classify(), line = error.line(), column = error.column(), "WeChat's answer has another form");
            }),
            Self::File(_) => Err(()),
        };
        read.map_err(|()| trouble(Trouble::Form, effect))
    }
}

/// The failure of a call with this effect after the request left.
pub(super) fn trouble(trouble: Trouble, effect: Effect) -> Failure {
    match effect {
        Effect::Safe => Failure::Unavailable(trouble),
        Effect::Idempotent | Effect::Code | Effect::Send => Failure::Unknown(trouble),
    }
}

impl Status {
    /// WeChat's id of the request, from the end of the text.
    pub(super) fn rid(&self) -> Option<String> {
        let (_, rest) = self.errmsg.as_deref()?.split_once("rid: ")?;
        let rid: String = rest.chars().take_while(|c| c.is_ascii_hexdigit() || *c == '-').collect();
        (8..=64).contains(&rid.len()).then_some(rid)
    }

    /// The first address in the text: the one that WeChat refused (protocol section 3.1).
    pub(super) fn address(&self) -> Option<IpAddr> {
        let outside = |c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':');
        let (text, _) = self.errmsg.as_deref()?.split_once("rid: ").unwrap_or((self.errmsg.as_deref()?, ""));
        text.split(outside).find_map(|word| word.trim_matches(':').parse().ok())
    }

    /// The keyword that a template refused, from `argument invalid! data.thing2.value` (protocol section 7.5).
    pub(super) fn keyword(&self) -> Option<String> {
        let (_, rest) = self.errmsg.as_deref().filter(|_| self.errcode == 47003)?.split_once("data.")?;
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        (1..=64).contains(&name.len()).then_some(name)
    }

    /// Whether a quota error speaks of the limit per minute (protocol section 3.5).
    pub(super) fn a_minute(&self) -> bool {
        self.errcode == errcode::QUOTA && self.errmsg.as_deref().is_some_and(|text| text.contains("minute"))
    }
}

/// A code, also when it is written as a text.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Text(String),
        Null(()),
    }
    match Either::deserialize(deserializer)? {
        Either::Number(number) => Ok(number),
        Either::Text(text) => text.trim().parse().map_err(serde::de::Error::custom),
        Either::Null(()) => Ok(errcode::OK),
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Status, content};

    fn status(body: &str) -> Status {
        match content(body.as_bytes()) {
            Content::Json(status) => status,
            Content::Other => panic!("{body} is JSON"),
        }
    }

    #[test]
    fn an_error_is_a_code_other_than_zero() {
        for (body, errcode) in [
            (r#"{"openid":"o"}"#, 0),
            (r#"{"errcode":0,"errmsg":"ok"}"#, 0),
            (r#" {"errcode":null}"#, 0),
            (r#"{"errcode":"40003","errmsg":"x"}"#, 40003),
            (r#"{"errcode":-1}"#, -1),
        ] {
            assert_eq!(status(body).errcode, errcode, "{body}");
        }
    }

    #[test]
    fn files_and_broken_objects_are_not_json() {
        for body in [b"\xff\xd8\xff\xe0{".as_slice(), b"\x89PNG", b"<html>", b"", b"{\"errcode\":", b"[1]"] {
            assert!(matches!(content(body), Content::Other), "{body:?}");
        }
    }

    #[test]
    fn the_text_gives_request_id_address_and_keyword() {
        let ip = status(
            r#"{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 65f1a2b3-0a1b2c3d-4e5f6071"}"#,
        );
        assert_eq!(ip.rid().as_deref(), Some("65f1a2b3-0a1b2c3d-4e5f6071"));
        assert_eq!(ip.address().map(|ip| ip.to_string()).as_deref(), Some("203.0.113.7"));
        let v6 = status(
            r#"{"errcode":61004,"errmsg":"access clientip is not registered, requestIP: 2001:db8::7 rid: 65f1a2b3"}"#,
        );
        assert_eq!(v6.address().map(|ip| ip.to_string()).as_deref(), Some("2001:db8::7"));
        let value = status(
            r#"{"errcode":47003,"errmsg":"argument invalid! data.thing2.value is empty rid: 65f1a2b3-0a1b2c3d"}"#,
        );
        assert_eq!(value.keyword().as_deref(), Some("thing2"));
        assert_eq!(value.address(), None);
        assert_eq!(status(r#"{"errcode":40003,"errmsg":"invalid openid"}"#).rid(), None);
    }

    #[test]
    fn a_quota_may_be_one_of_a_minute() {
        assert!(status(r#"{"errcode":45009,"errmsg":"reach max api minute quota limit"}"#).a_minute());
        assert!(!status(r#"{"errcode":45009,"errmsg":"reach max api daily quota limit"}"#).a_minute());
    }
}
