//! How a call can fail, told apart by what is certain: WeChat refused, nothing was sent, nobody knows, no answer.
//!
//! Nothing here holds a token, a secret, an OpenID or a body, so every failure can be logged.

use std::fmt;

use crate::{
    error::{Code, Error, FieldError},
    infra::clock::Time,
    wechat::errcode::{Action, Reason},
};

/// A call that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// WeChat answered that it did not do it.
    #[error(transparent)]
    Refused(Refusal),
    /// Certainly nothing happened: the request did not leave.
    #[error("nothing was sent to WeChat: {0}")]
    NotSent(NotSent),
    /// The request left and WeChat's answer is not known: it may have been done or not.
    #[error("whether WeChat did it is unknown: {0}")]
    Unknown(Trouble),
    /// A read got no answer.
    #[error("WeChat did not answer: {0}")]
    Unavailable(Trouble),
}

/// WeChat's refusal (protocol section 9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// WeChat's code.
    pub errcode: i64,
    /// What the code means, in English.
    pub meaning: &'static str,
    /// What the code means, in Chinese.
    pub meaning_zh: &'static str,
    /// What has to be done about it.
    pub action: Action,
    /// WeChat's id of the request; can be looked up for seven days (protocol section 3.6).
    pub rid: Option<String>,
    /// The template keyword at fault (47003), such as `thing2`.
    pub keyword: Option<String>,
    /// When it makes sense to try again, if that is known.
    pub until: Option<Time>,
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// No connection could be made.
    #[error("no connection")]
    Unreachable,
    /// The API is held back until then, because WeChat answered this code before: a used-up quota, a rate limit, or on
    /// the token call a wrong configuration (the open circuit).
    #[error("held back until {until} because of {errcode}")]
    Held {
        /// The code that caused it.
        errcode: i64,
        /// When calls are made again.
        until: Time,
    },
    /// There is no account token, and getting one failed.
    #[error("no access token: {0}")]
    NoToken(Box<Failure>),
    /// There is no account of this key.
    #[error("no such WeChat account")]
    NoAccount,
    /// Values break limits that WeChat has published; each with its place, such as `button[0].name`.
    #[error("not valid: {}", words(.0))]
    Invalid(Vec<FieldError>),
}

/// Why there is no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The answer took too long.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke after the request had left.
    #[error("connection lost")]
    Lost,
    /// An HTTP error without WeChat's JSON.
    #[error("HTTP status {0}")]
    Status(u16),
    /// The body is not what the call answers with.
    #[error("answer of another form")]
    Form,
    /// The body is larger than any answer should be.
    #[error("answer too large")]
    TooLarge,
}

impl Failure {
    /// A value that breaks a published limit, found before calling.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::NotSent(NotSent::Invalid(vec![FieldError { field: field.into(), message: message.into() }]))
    }

    /// WeChat's code, if it refused.
    pub fn errcode(&self) -> Option<i64> {
        match self {
            Self::Refused(refusal) => Some(refusal.errcode),
            _ => None,
        }
    }

    /// What has to be done, if WeChat refused.
    pub fn action(&self) -> Option<Action> {
        match self {
            Self::Refused(refusal) => Some(refusal.action),
            _ => None,
        }
    }

    /// When it makes sense to try again, if that is known.
    pub fn until(&self) -> Option<Time> {
        match self {
            Self::Refused(refusal) => refusal.until,
            Self::NotSent(NotSent::Held { until, .. }) => Some(*until),
            Self::NotSent(NotSent::NoToken(cause)) => cause.until(),
            _ => None,
        }
    }

    /// One word for metrics.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::NotSent(_) => "not_sent",
            Self::Unknown(_) => "unknown",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl From<garde::Report> for Failure {
    fn from(report: garde::Report) -> Self {
        let field = |(path, error): (garde::Path, garde::Error)| FieldError {
            field: path.to_string(),
            message: error.message().to_owned(),
        };
        Self::NotSent(NotSent::Invalid(report.into_inner().into_iter().map(field).collect()))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeChat refused: {} {}", self.errcode, self.meaning)?;
        if let Some(keyword) = &self.keyword {
            write!(f, " ({keyword})")?;
        }
        if let Some(rid) = &self.rid {
            write!(f, ", rid {rid}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

impl From<Failure> for Error {
    /// What a caller of ours is told: staff see WeChat's code with its meaning, never the request.
    fn from(failure: Failure) -> Self {
        let told = match &failure {
            Failure::Refused(refusal) => {
                let code = match refusal.action {
                    Action::Stop(Reason::WindowClosed | Reason::WindowSpent) => Code::WindowClosed,
                    Action::Stop(Reason::Bug) => Code::Internal,
                    Action::Stop(Reason::Missing) => Code::NotFound,
                    Action::Backoff(_) | Action::Defer(_) => Code::Unavailable,
                    _ => Code::Conflict,
                };
                Self::new(code).detail(format!(
                    "微信 {code}：{zh} / WeChat {code}: {en}",
                    code = refusal.errcode,
                    zh = refusal.meaning_zh,
                    en = refusal.meaning
                ))
            }
            Failure::NotSent(NotSent::Invalid(fields)) => fields
                .iter()
                .fold(Self::new(Code::Invalid), |error, FieldError { field, message }| error.field(field, message)),
            Failure::NotSent(NotSent::NoAccount) => Self::new(Code::NotFound),
            Failure::NotSent(_) | Failure::Unavailable(_) => Self::new(Code::Unavailable),
            Failure::Unknown(_) => Self::new(Code::Timeout),
        };
        told.because(failure)
    }
}

fn words(fields: &[FieldError]) -> String {
    let words: Vec<String> = fields.iter().map(|FieldError { field, message }| format!("{field}: {message}")).collect();
    words.join("; ")
}
