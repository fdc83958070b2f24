//! One call as a value: an endpoint with its query and body. Prints as its path only, because queries and bodies hold
//! personal data.

use std::fmt;

use serde::Serialize;

use super::Failure;
use crate::wechat::endpoints::{Effect, Endpoint};

/// A call that can be made, and made again.
#[derive(Clone)]
pub struct Call {
    pub(super) endpoint: Endpoint,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Body,
    pub(super) wants_file: bool,
}

/// What a call carries.
#[derive(Clone)]
pub(super) enum Body {
    None,
    Json(Vec<u8>),
    File(Upload),
}

/// A file to upload, as the multipart field `media`.
#[derive(Clone)]
pub struct Upload {
    /// The name, which also tells WeChat the format by its ending; ASCII, such as `poster.png`.
    pub name: String,
    /// The media type, such as `image/png`.
    pub mime: String,
    /// The file itself.
    pub bytes: Vec<u8>,
}

impl Call {
    /// A call without query and body.
    pub fn to(endpoint: Endpoint) -> Self {
        Self { endpoint, query: Vec::new(), body: Body::None, wants_file: false }
    }

    /// What a repeat of it would do.
    pub fn effect(&self) -> Effect {
        self.endpoint.effect
    }

    /// Adds an argument to the query; it will be percent-encoded.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Sets a JSON body. Text other than ASCII stays as it is: WeChat shows or refuses `\uXXXX` (40033).
    ///
    /// # Errors
    /// When the value has no JSON form, such as a map whose keys are not texts.
    pub fn json(mut self, body: &impl Serialize) -> Result<Self, Failure> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            tracing::error!(path = self.endpoint.path, %error, "a body has no JSON form");
            Failure::invalid("body", "must have a JSON form")
        })?;
        self.body = Body::Json(bytes);
        Ok(self)
    }

    /// Sets a file as the body.
    #[must_use]
    pub fn file(mut self, upload: Upload) -> Self {
        self.body = Body::File(upload);
        self
    }

    /// Takes a file, such as an image, as a success as well; other calls are answered in JSON only.
    #[must_use]
    pub fn wanting_file(mut self) -> Self {
        self.wants_file = true;
        self
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.endpoint.path)
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("mime", &self.mime).field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Body, Call};
    use crate::wechat::endpoints;

    #[test]
    fn bodies_are_raw_utf_8() {
        let call = Call::to(endpoints::TAG_CREATE).json(&json!({"tag": {"name": "老客户😀é"}})).unwrap();
        let Body::Json(bytes) = call.body else { panic!("a JSON body") };
        assert_eq!(String::from_utf8(bytes).unwrap(), r#"{"tag":{"name":"老客户😀é"}}"#);
    }

    #[test]
    fn a_call_prints_as_its_path() {
        let call = Call::to(endpoints::USER_INFO).query("openid", "o6_bmjrPTlm6_2sgVt7hMZOPfL2M");
        assert_eq!(format!("{call:?}"), "/cgi-bin/user/info");
    }
}
