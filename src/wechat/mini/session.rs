//! Whether a session still stands, and its renewal from the server (protocol section 8.2).

use entity::types::OpenId;
use serde::Deserialize;

use super::SessionKey;
use crate::wechat::{
    client::{Api, Call, Failure},
    endpoints::{self, Endpoint},
};

/// "The signature is not valid": the key is not the person's present one.
const STALE: i64 = 87009;

#[derive(Deserialize)]
struct Renewed {
    session_key: SessionKey,
}

impl Api {
    /// Whether this is still the person's session key. If not, the client has to log in again.
    ///
    /// # Errors
    /// 40003 for an OpenID of another account.
    pub async fn session_stands(&self, openid: &OpenId, key: &SessionKey) -> Result<bool, Failure> {
        match self.done(signed(endpoints::SESSION_CHECK, openid, key)).await {
            Ok(()) => Ok(true),
            Err(failure) if failure.errcode() == Some(STALE) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// Ends the session key and gives the one that takes its place until the same end. Not for frequent use.
    ///
    /// # Errors
    /// 87009 when it is not the person's present key. After [`Failure::Unknown`] nobody may hold the present key: the
    /// client has to log in again.
    pub async fn renew_session(&self, openid: &OpenId, key: &SessionKey) -> Result<SessionKey, Failure> {
        let renewed: Renewed = self.ask(signed(endpoints::SESSION_RENEW, openid, key)).await?;
        Ok(renewed.session_key)
    }
}

/// Proves that we hold the session, by signing nothing with it.
fn signed(endpoint: Endpoint, openid: &OpenId, key: &SessionKey) -> Call {
    Call::to(endpoint)
        .query("openid", openid.as_str())
        .query("signature", key.sign(b""))
        .query("sig_method", "hmac_sha256")
}
