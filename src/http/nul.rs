//! The character U+0000, which no text column of PostgreSQL takes: what is sent must not have it, whichever the engine.

use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use crate::error::{Code, Error};

/// The character in an address.
const ESCAPED: &str = "%00";

/// The refusal of a body or a query.
pub fn refusal() -> Error {
    Error::new(Code::BadRequest).detail("text must not have the character U+0000")
}

/// Middleware: nothing of an API has a name with this character.
///
/// # Errors
/// [`Code::NotFound`]; otherwise what the inner service returns.
pub async fn in_no_name(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let path = request.uri().path();
    if path.starts_with("/api/") && path.contains(ESCAPED) {
        return Err(Error::new(Code::NotFound).into());
    }
    next.call(request).await
}

/// Whether a query has it.
pub fn in_query(query: &str) -> bool {
    query.contains(ESCAPED)
}

/// Whether JSON writes it. As a byte it is no JSON.
pub fn in_json(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = rest.get(at + 1..).unwrap_or_default();
        if escape.starts_with(b"u0000") {
            return true;
        }
        // Behind a backslash another one is a letter.
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::in_json;

    #[test]
    fn it_is_seen_however_it_is_written_and_nothing_else_is_it() {
        for nul in [r#"{"a":"\u0000"}"#, r#"{"a":"\\\u0000"}"#, r#"{"\"\u0000":1}"#] {
            assert!(in_json(nul.as_bytes()), "{nul}");
        }
        for none in ["", "\\", r#"{"a":"\\u0000"}"#, r#"{"a":"\u000"#, r#"{"a":"u0000\u0001"}"#] {
            assert!(!in_json(none.as_bytes()), "{none}");
        }
    }
}
