//! What is known after a call: done, refused, or unknown (pay section 9, rule 4).

use serde::{Deserialize, Serialize};

use super::Kind;

/// What WeChat Pay answered, as far as it is certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// WeChat Pay did it, or answered the question.
    Done(T),
    /// This request was not carried out. The order may exist all the same, by an earlier request of the same number.
    Refused(Refusal),
    /// Nobody knows: ask by query, then send the same request again.
    Unknown(Unknown),
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// WeChat Pay's code, such as `NOTENOUGH`; [`Refusal::NOT_SENT`] when the request never left.
    pub code: String,
    /// What has to be done about it.
    pub kind: Kind,
    /// WeChat Pay's words, mostly Chinese, for staff. Never act on them.
    pub text: String,
}

/// Why the outcome is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// The reason.
    pub why: Why,
    /// WeChat Pay's code, if there was one.
    pub code: Option<String>,
}

/// The reasons why an outcome is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// No connection could be made. Surely nothing happened this time.
    Unreachable,
    /// The answer took too long.
    Timeout,
    /// The connection broke after the request had left.
    Lost,
    /// An HTTP status from which nothing follows, such as 5xx, or a page in HTML.
    Status,
    /// WeChat Pay's door did not accept our client certificate (HTML 400, pay section 2.0).
    ClientCertificate,
    /// Too many requests (429): mostly not processed, but that is not certain.
    Throttled,
    /// The body is not what the call answers with.
    Form,
    /// The body is larger than any answer should be.
    TooLarge,
    /// The signature of the answer does not hold (pay section 3.2).
    Signature,
    /// `SYSTEMERROR`, `SYSTEM_ERROR`: WeChat Pay itself does not know.
    System,
    /// `PROCESSING`, or HTTP 202: accepted and not decided; query after 20 minutes (pay section 2.6).
    Processing,
    /// A code that nobody has described.
    Code,
    /// A query found nothing. The order may never have landed, or not yet: no failure (pay sections 2.5 and 4.4).
    NotFound,
    /// The answer speaks of another order, amount or person than was asked about.
    OtherOrder,
}

impl Refusal {
    /// The code of what was refused here, before anything was sent.
    pub const NOT_SENT: &'static str = "NOT_SENT";

    /// A refusal of our own: nothing was sent.
    pub(super) fn not_sent(kind: Kind, text: impl Into<String>) -> Self {
        Self { code: Self::NOT_SENT.to_owned(), kind, text: text.into() }
    }
}

impl Why {
    /// One word for metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Lost => "lost",
            Self::Status => "status",
            Self::ClientCertificate => "client_certificate",
            Self::Throttled => "throttled",
            Self::Form => "form",
            Self::TooLarge => "too_large",
            Self::Signature => "signature",
            Self::System => "system",
            Self::Processing => "processing",
            Self::Code => "code",
            Self::NotFound => "not_found",
            Self::OtherOrder => "other_order",
        }
    }
}

impl From<Why> for Unknown {
    fn from(why: Why) -> Self {
        Self { why, code: None }
    }
}

impl<T> From<Why> for Answer<T> {
    fn from(why: Why) -> Self {
        Self::Unknown(why.into())
    }
}

impl<T> From<Refusal> for Answer<T> {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<T> Answer<T> {
    /// Reads further into what was done; what cannot be read makes the outcome unknown.
    pub(super) fn and_then<U>(self, read: impl FnOnce(T) -> Result<U, Why>) -> Answer<U> {
        match self {
            Self::Done(value) => read(value).map_or_else(Answer::from, Answer::Done),
            Self::Refused(refusal) => Answer::Refused(refusal),
            Self::Unknown(unknown) => Answer::Unknown(unknown),
        }
    }

    /// One word for metrics.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Refused(refusal) if refusal.code == Refusal::NOT_SENT => "not_sent",
            Self::Refused(_) => "refused",
            Self::Unknown(_) => "unknown",
        }
    }
}
