//! Validated input: JSON bodies and query strings that arrive as values which hold their rules, or not at all.

use std::ops::Deref;

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::{JsonPayloadError, PayloadError},
    web,
};
use futures_util::future::{FutureExt, LocalBoxFuture, Ready, ready};
use garde::Validate;
use serde::de::DeserializeOwned;

use super::nul;
use crate::error::{Code, Error};

/// A JSON body that was read and validated.
#[derive(Debug)]
pub struct Valid<T>(pub T);

/// A query string that was read and validated.
#[derive(Debug)]
pub struct ValidQuery<T>(pub T);

impl<T> Deref for ValidQuery<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + Validate<Context = ()> + 'static> FromRequest for Valid<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = request
            .headers()
            .get(actix_web::http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/json"));
        let bytes = web::Bytes::from_request(request, payload);
        async move {
            let bytes = bytes.await.map_err(|error| too_large_or_bad(&error))?;
            if !json {
                return Err(
                    Error::new(Code::BadRequest).detail("the body must be JSON (Content-Type: application/json)")
                );
            }
            let mut reader = serde_json::Deserializer::from_slice(&bytes);
            if nul::in_json(&bytes) {
                return Err(nul::refusal());
            }
            let body: T = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
                let path = error.path().clone();
                let inner = error.into_inner();
                match inner.classify() {
                    serde_json::error::Category::Data => {
                        let why = plain(&inner);
                        Error::invalid(place(&path, &why), why)
                    }
                    _ => Error::new(Code::BadRequest).detail("the body is not valid JSON"),
                }
            })?;
            reader
                .end()
                .map_err(|error| Error::new(Code::BadRequest).detail("the body is not valid JSON").because(error))?;
            check(&body)?;
            Ok(Self(body))
        }
        .boxed_local()
    }
}

impl<T: DeserializeOwned + Validate<Context = ()> + 'static> FromRequest for ValidQuery<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if nul::in_query(request.query_string()) {
            return ready(Err(nul::refusal()));
        }
        ready(
            web::Query::<T>::from_query(request.query_string())
                .map_err(|error| Error::new(Code::BadRequest).detail(format!("the query cannot be read: {error}")))
                .and_then(|query| {
                    check(&*query)?;
                    Ok(Self(query.into_inner()))
                }),
        )
    }
}

fn check<T: Validate<Context = ()>>(value: &T) -> Result<(), Error> {
    value.validate().map_err(|report| {
        report
            .iter()
            .fold(Error::new(Code::Invalid), |error, (path, why)| error.field(path.to_string(), why.to_string()))
    })
}

/// The path of the field that is wrong; of a missing one, too, which serde reports at the place where it should be.
fn place(path: &serde_path_to_error::Path, why: &str) -> String {
    let missing = why.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    match (path.iter().next().is_some(), missing) {
        (true, Some(field)) => format!("{path}.{field}"),
        (true, None) => path.to_string(),
        (false, field) => field.unwrap_or_default().to_owned(),
    }
}

/// What serde says, without the position, which means nothing to a caller who sees the field's path.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

fn too_large_or_bad(error: &actix_web::Error) -> Error {
    let overflow = matches!(error.as_error::<PayloadError>(), Some(PayloadError::Overflow))
        || matches!(error.as_error::<JsonPayloadError>(), Some(JsonPayloadError::Overflow { .. }))
        || error.as_response_error().status_code() == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE;
    Error::new(if overflow { Code::TooLarge } else { Code::BadRequest })
}
