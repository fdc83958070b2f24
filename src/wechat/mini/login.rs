//! Who opened the mini program: `jscode2session` (protocol section 8.1).

use entity::types::{OpenId, UnionId};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{SessionKey, could_be_code};
use crate::{
    infra::clock::Time,
    wechat::{
        account::tolerant,
        client::{Api, Call, Failure},
        endpoints,
        errcode::TOO_FREQUENT,
    },
};

/// "The code is not valid", "the code was used".
const CODES: [i64; 2] = [40029, 40163];
/// "High-risk user."
const HIGH_RISK: i64 = 40226;

/// Somebody who logged in.
#[derive(Clone, Debug, Deserialize)]
pub struct Login {
    /// The person as this mini program sees them.
    pub openid: OpenId,
    /// The person over all accounts, where the mini program is bound to an open-platform account.
    #[serde(default, deserialize_with = "tolerant::blank_is_none")]
    pub unionid: Option<UnionId>,
    /// The session from now on; the one before may have ended.
    pub session_key: SessionKey,
}

/// Why nobody logged in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The code is older than five minutes, used, of another mini program, or none (40029, 40163): log in again.
    #[error("the code is not valid, was used or has expired")]
    Code,
    /// More than a hundred logins of this person within a minute (45011).
    #[error("this person logs in too often")]
    TooOften {
        /// When it makes sense to try again.
        until: Option<Time>,
    },
    /// WeChat blocks this person (40226): tell them so, make no account, do not try again.
    #[error("WeChat blocks this person as a high risk")]
    HighRisk,
    /// Anything else. [`Failure::Unknown`] may have used the code up.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl Api {
    /// Exchanges the code of `wx.login`. Repeated only when WeChat was busy, because the code works once.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn login(&self, code: &str) -> Result<Login, LoginError> {
        if !could_be_code(code) {
            return Err(LoginError::Code);
        }
        let call = Call::to(endpoints::MINI_LOGIN)
            .query("appid", &self.account.appid)
            .query("secret", self.account.secret.expose_secret())
            .query("js_code", code)
            .query("grant_type", "authorization_code");
        self.ask(call).await.map_err(|failure: Failure| match failure.errcode() {
            Some(errcode) if CODES.contains(&errcode) => LoginError::Code,
            Some(TOO_FREQUENT) => LoginError::TooOften { until: failure.until() },
            Some(HIGH_RISK) => LoginError::HighRisk,
            _ => LoginError::Failed(failure),
        })
    }
}
