//! Why a notification was not believed. For metrics and logs; the outside gets one answer for all of them.

use super::super::trust::Distrust;

/// The reason of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is no merchant of this key.
    UnknownMerchant,
    /// The body is larger than any that WeChat Pay sends, or broke off.
    Oversized,
    /// The signature, its time or its key will not do.
    Distrust(Distrust),
    /// The body is not a notification.
    Malformed,
    /// The merchant's key does not open the content.
    Decrypt,
    /// The content speaks of another merchant.
    ForeignMerchant,
}

impl Refusal {
    /// The label of the metric.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::UnknownMerchant => "unknown_merchant",
            Self::Oversized => "oversized",
            Self::Distrust(distrust) => distrust.as_str(),
            Self::Malformed => "malformed",
            Self::Decrypt => "decrypt",
            Self::ForeignMerchant => "foreign_merchant",
        }
    }

    /// Whether WeChat Pay itself did it to see whether we verify.
    pub(super) fn is_probe(self) -> bool {
        self == Self::Distrust(Distrust::Probe)
    }
}

impl From<Distrust> for Refusal {
    fn from(distrust: Distrust) -> Self {
        Self::Distrust(distrust)
    }
}
