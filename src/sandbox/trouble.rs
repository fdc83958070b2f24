//! Why an act on the sandbox is not possible. (What WeChat itself refuses is an [`errcode`](super::errcode).)

use actix_web::{HttpResponse, ResponseError, http::StatusCode};

/// Why an act of a person or of a tester is not possible; answered as `{"error": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no such person, account, message, push or fault (404).
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// The thing is not in a state that allows this (409).
    #[error("{0}")]
    Conflict(&'static str),
    /// The request makes no sense as it is (422).
    #[error("{0}")]
    Invalid(String),
}

impl Trouble {
    /// The request makes no sense, in one sentence.
    pub(super) fn invalid(why: impl Into<String>) -> Self {
        Self::Invalid(why.into())
    }
}

impl ResponseError for Trouble {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unknown(_) => StatusCode::NOT_FOUND,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).json(serde_json::json!({ "error": self.to_string() }))
    }
}
