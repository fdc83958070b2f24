//! Why a request was not believed. For metrics and logs; the outside gets one answer for all of them.

use crate::wechat::message::Unreadable;

/// The reason of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("callback refused: {}", self.as_str())]
pub enum Refusal {
    /// A parameter is missing or wrong, or the signature is not ours.
    Signature,
    /// The signed timestamp is too far from now, in either direction.
    ReplayWindow,
    /// Plaintext came to an account that takes ciphertext.
    Downgrade,
    /// The account takes ciphertext but has no usable key: our own configuration is wrong.
    NoKey,
    /// Neither the current nor the previous key opens the ciphertext for this account.
    Decrypt,
    /// The body, or the `echostr`, is larger than any that WeChat sends.
    Oversized,
    /// The body is cut off, not UTF-8, in the wrong format, or lacks what its type must have.
    Malformed,
    /// The body uses what only attackers send.
    Hostile,
    /// The message was made for another account, or there is no such account.
    WrongAccount,
    /// The signature came before with another body.
    Replayed,
}

impl Refusal {
    /// The label of the metric.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::ReplayWindow => "replay_window",
            Self::Downgrade => "downgrade",
            Self::NoKey => "no_key",
            Self::Decrypt => "decrypt",
            Self::Oversized => "oversized",
            Self::Malformed => "malformed",
            Self::Hostile => "hostile",
            Self::WrongAccount => "wrong_account",
            Self::Replayed => "replayed",
        }
    }
}

impl From<Unreadable> for Refusal {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Malformed => Self::Malformed,
            Unreadable::Hostile => Self::Hostile,
        }
    }
}
