//! What a call gives back when it is not refused.

use serde_json::{Value, json};

use crate::sandbox::errcode::Refusal;

/// A successful answer.
#[derive(Debug)]
pub(in crate::sandbox) enum Answer {
    /// JSON exactly as documented for the call.
    Json(Value),
    /// A file.
    File {
        /// Its content type.
        content_type: String,
        /// Its name, for the content disposition; pictures shown in place have none.
        name: Option<String>,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// A plain 404, which only picture addresses give.
    NotFound,
}

/// What a call ends with.
pub(in crate::sandbox) type Outcome = Result<Answer, Refusal>;

/// `{"errcode":0,"errmsg":"ok"}`, for calls that report success that way.
pub(in crate::sandbox) fn done() -> Outcome {
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok" })))
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}
