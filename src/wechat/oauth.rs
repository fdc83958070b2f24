//! Web pages inside WeChat learn who looks at them: the authorize URL, and the exchange of the code that comes back
//! (protocol section 4).
//!
//! WeChat's web token serves one further call and is then worth nothing, so it never leaves [`Visitor`] and is never
//! kept.

use std::fmt;

use entity::types::{OpenId, UnionId};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::{Url, form_urlencoded::byte_serialize};

use super::{
    account::tolerant,
    client::{Api, Call, Failure},
    endpoints,
};

/// "The code was used before."
const USED: i64 = 40163;
/// "The code is not valid."
const INVALID: i64 = 40029;
/// "The code has expired."
const EXPIRED: i64 = 42003;
/// Bytes of the `state` that WeChat gives back.
const STATE: usize = 128;
/// More than any code of WeChat has.
const CODE: usize = 512;

/// What the person is asked for (protocol section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Who it is; nobody is asked.
    Base,
    /// Nickname and picture, too; the person is asked.
    UserInfo,
}

/// Somebody who came back from the authorize page. Lives no longer than the request that the code came with.
pub struct Visitor {
    /// The person as this account sees them; invented when [`snapshot`](Self::snapshot) is set.
    pub openid: OpenId,
    /// The person over all accounts; told for [`Scope::UserInfo`] only, and only where the account is bound.
    pub unionid: Option<UnionId>,
    /// What the person agreed to.
    pub scope: Scope,
    /// The page was opened as a snapshot: nobody real stands behind the ids, so they must not be stored, linked or
    /// rewarded (protocol section 4.5).
    pub snapshot: bool,
    token: SecretString,
}

/// What a visitor shows of themselves. Text of strangers: never an identity, and to be checked before others see it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Profile {
    /// The person as this account sees them.
    pub openid: OpenId,
    /// The person over all accounts, where the account is bound.
    #[serde(default, deserialize_with = "tolerant::blank_is_none")]
    pub unionid: Option<UnionId>,
    /// The nickname.
    #[serde(default, deserialize_with = "tolerant::or_default")]
    pub nickname: String,
    /// The address of the picture; dies when the person changes it.
    #[serde(default, deserialize_with = "tolerant::blank_is_none")]
    pub headimgurl: Option<String>,
}

/// Why a code gave nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It was exchanged before (40163): the page was loaded again, or the exchange before ended without an answer.
    #[error("the code was used before")]
    Used,
    /// It is older than five minutes, of another account, or none of WeChat's (40029, 42003).
    #[error("the code is not valid or has expired")]
    Invalid,
    /// Anything else. [`Failure::Unknown`] may have used the code up.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl Scope {
    fn name(self) -> &'static str {
        match self {
            Self::Base => "snsapi_base",
            Self::UserInfo => "snsapi_userinfo",
        }
    }
}

#[derive(Deserialize)]
struct Exchanged {
    access_token: SecretString,
    openid: OpenId,
    #[serde(default, deserialize_with = "tolerant::blank_is_none")]
    unionid: Option<UnionId>,
    #[serde(default, deserialize_with = "tolerant::or_default")]
    scope: String,
    #[serde(default, deserialize_with = "tolerant::number")]
    is_snapshotuser: Option<u64>,
}

impl Api {
    /// Where to send the browser, so that it comes back to `redirect` with `code` and `state` in its query. WeChat
    /// wants the arguments in just this order. `state` is 1 to 128 letters and digits and should be random, bound to
    /// the browser and good for one use.
    ///
    /// # Errors
    /// [`NotSent::Invalid`](super::client::NotSent::Invalid) when the redirect is no web address or the state has
    /// another form. Whether the host is one of the account's is judged by WeChat's page (10003).
    pub fn authorize_url(&self, redirect: &str, scope: Scope, state: &str) -> Result<String, Failure> {
        let web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.username().is_empty();
        let Some(redirect) = Url::parse(redirect).ok().filter(web) else {
            return Err(Failure::invalid("redirect_uri", "must be an http or https address"));
        };
        if state.is_empty() || state.len() > STATE || !state.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Failure::invalid("state", "must be 1 to 128 letters and digits"));
        }
        let escaped = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        Ok(format!(
            "{}/connect/oauth2/authorize?appid={}&redirect_uri={}&response_type=code&scope={}&state={state}#wechat_redirect",
            self.wechat.open_url(),
            escaped(&self.account.appid),
            escaped(redirect.as_str()),
            scope.name(),
        ))
    }

    /// Exchanges the code that the browser brought back. Repeated only when WeChat was busy, because the code works once.
    ///
    /// # Errors
    /// [`CodeError`].
    pub async fn exchange_code(&self, code: &str) -> Result<Visitor, CodeError> {
        if code.is_empty() || code.len() > CODE || !code.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CodeError::Invalid);
        }
        let call = Call::to(endpoints::OAUTH_EXCHANGE)
            .query("appid", &self.account.appid)
            .query("secret", self.account.secret.expose_secret())
            .query("code", code)
            .query("grant_type", "authorization_code");
        let answer: Exchanged = self.ask(call).await.map_err(|failure| match failure.errcode() {
            Some(USED) => CodeError::Used,
            Some(INVALID | EXPIRED) => CodeError::Invalid,
            _ => CodeError::Failed(failure),
        })?;
        let agreed = answer.scope.split(',').any(|scope| scope == Scope::UserInfo.name());
        Ok(Visitor {
            openid: answer.openid,
            unionid: answer.unionid,
            scope: if agreed { Scope::UserInfo } else { Scope::Base },
            snapshot: answer.is_snapshotuser == Some(1),
            token: answer.access_token,
        })
    }

    /// The nickname and picture of somebody who agreed to [`Scope::UserInfo`].
    ///
    /// # Errors
    /// 48001 when the person did not agree, or looks at a snapshot.
    pub async fn visitor_profile(&self, visitor: &Visitor) -> Result<Profile, Failure> {
        let call = Call::to(endpoints::OAUTH_PROFILE)
            .query("access_token", visitor.token.expose_secret())
            .query("openid", visitor.openid.as_str())
            .query("lang", "zh_CN");
        self.ask(call).await
    }
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor")
            .field("openid", &self.openid)
            .field("unionid", &self.unionid)
            .field("scope", &self.scope)
            .field("snapshot", &self.snapshot)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").field("openid", &self.openid).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
