//! Errors as problem JSON (RFC 9457): `type`, `title`, `status`, `detail`, `code`, `request_id`, `errors`.
//!
//! What it says is in the reader's language. Causes stay in the log, once, under the request id.

use std::borrow::Cow;

use actix_web::{
    HttpResponse, ResponseError,
    error::PathError,
    http::{
        StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use super::reader;
use crate::{
    error::{Code, Error, FieldError},
    infra::telemetry::Request,
};

/// The body of every answer that is an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem<'a> {
    /// `urn:huilian:error:` and the code.
    #[schema(value_type = String, example = "urn:huilian:error:invalid")]
    #[serde(rename = "type")]
    kind: String,
    /// One sentence that is the same for every occurrence of the code, in the reader's language.
    title: &'a str,
    /// The HTTP status once more.
    #[schema(example = 422)]
    status: u16,
    /// What is particular about this occurrence, in the reader's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Cow<'a, str>>,
    /// The stable code to act on.
    #[schema(example = "invalid")]
    code: &'a str,
    /// The id to quote when asking for help; also in `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// Each field that breaks a rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.code().status()
    }

    fn error_response(&self) -> HttpResponse {
        let request = Request::current();
        let english = request.as_ref().is_some_and(|request| request.english);
        let code = self.code();
        if matches!(code, Code::Internal | Code::Unavailable) {
            tracing::error!(error = ?self, "a request failed");
        }
        let mut response = HttpResponse::build(code.status());
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        if let Some(wait) = self.wait() {
            response.insert_header((RETRY_AFTER, wait.as_secs().max(1)));
        }
        response.json(Problem {
            kind: format!("urn:huilian:error:{}", code.as_str()),
            title: if english { code.title() } else { code.title_zh() },
            status: code.status().as_u16(),
            detail: self.detail_text().map(|detail| reader::told(detail, english)),
            code: code.as_str(),
            request_id: request.map(|request| request.id),
            errors: self.fields().iter().map(|field| in_language(field, english)).collect(),
        })
    }
}

fn in_language(FieldError { field, message }: &FieldError, english: bool) -> FieldError {
    FieldError { field: field.clone(), message: reader::told(message, english).into_owned() }
}

/// The answer to an address that does not exist.
///
/// # Errors
/// Always [`Code::NotFound`].
pub async fn not_found() -> Result<HttpResponse, Error> {
    Err(Error::new(Code::NotFound))
}

/// The answer to an address with an id of another form: there is no such thing.
pub fn no_such_path(error: &PathError) -> Error {
    Error::new(Code::NotFound).because(error.to_string())
}
