//! Whether something really comes from WeChat Pay: the signature of answers and notifications (pay section 3.2).

use std::time::Duration;

use super::crypto::PublicKey;
use crate::infra::clock::Time;

/// What a signature contains that WeChat Pay sends to see whether we verify.
const PROBE: &str = "WECHATPAY/SIGNTEST/";

/// Why something is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Distrust {
    /// One of the four headers is missing.
    Headers,
    /// The signed time is too far from now, in either direction.
    ReplayWindow,
    /// Nobody knows the key that is said to have signed.
    UnknownKey,
    /// The signature is not of this key over this text.
    Signature,
    /// WeChat Pay looked whether we verify: the right message follows.
    Probe,
}

impl Distrust {
    /// The label of the metric.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Headers => "headers",
            Self::ReplayWindow => "replay_window",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::Probe => "probe",
        }
    }
}

/// The four headers of a signature.
pub(super) struct Stamp<'a> {
    timestamp: &'a str,
    nonce: &'a str,
    signature: &'a str,
    /// The id of the key that signed.
    pub(super) serial: &'a str,
}

impl<'a> Stamp<'a> {
    /// Takes them from what came.
    pub(super) fn read(header: impl Fn(&'static str) -> Option<&'a str>) -> Result<Self, Distrust> {
        let given = |name| header(name).filter(|value| !value.is_empty()).ok_or(Distrust::Headers);
        Ok(Self {
            timestamp: given("wechatpay-timestamp")?,
            nonce: given("wechatpay-nonce")?,
            signature: given("wechatpay-signature")?,
            serial: given("wechatpay-serial")?,
        })
    }

    /// Whether it was signed lately.
    pub(super) fn is_fresh(&self, now: Time, window: Duration) -> Result<(), Distrust> {
        let digits = self.timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let seconds: i64 = self.timestamp.parse().ok().filter(|_| digits).ok_or(Distrust::Headers)?;
        let apart = Duration::from_secs(now.timestamp().abs_diff(seconds));
        if apart <= window { Ok(()) } else { Err(Distrust::ReplayWindow) }
    }

    /// Whether this key signed it, over the bytes of the body as they came.
    pub(super) fn is_signed(&self, body: &[u8], key: &PublicKey) -> Result<(), Distrust> {
        if self.signature.contains(PROBE) {
            return Err(Distrust::Probe);
        }
        let head = format!("{}\n{}\n", self.timestamp, self.nonce);
        let message = [head.as_bytes(), body, b"\n"].concat();
        if key.verifies(&message, self.signature) { Ok(()) } else { Err(Distrust::Signature) }
    }
}
