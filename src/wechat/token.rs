//! The account token (protocol section 3.2): `stable_token` in normal mode, which gives the same token to everybody
//! who asks, and never invalidates the one that others use.

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::{
    account::Account,
    client::{Call, Failure, Lent, WeChat},
    endpoints::{Effect, STABLE_TOKEN},
};

#[derive(Serialize)]
struct Request<'a> {
    grant_type: &'static str,
    appid: &'a str,
    secret: &'a str,
    force_refresh: bool,
}

#[derive(Deserialize)]
struct Response {
    access_token: String,
    expires_in: i64,
}

impl WeChat {
    /// The account's token, from this process, from another node, or from WeChat.
    ///
    /// After a configuration error (wrong secret, address not on the allow-list) WeChat is not asked for a minute:
    /// the call is held back on all nodes, and [`alarms`](Self::alarms) shows why.
    pub(super) async fn token(&self, account: &Account) -> Result<String, Failure> {
        self.credentials(account)?.token.get(|| self.fetch_token(account)).await
    }

    async fn fetch_token(&self, account: &Account) -> Result<Lent, Failure> {
        let call = Call::to(STABLE_TOKEN).json(&Request {
            grant_type: "client_credential",
            appid: &account.appid,
            secret: account.secret.expose_secret(),
            force_refresh: false,
        })?;
        let answer: Response = self.call_without_token(account, &call).await?.read(Effect::Safe)?;
        Ok(Lent { value: answer.access_token, expires_in: answer.expires_in })
    }
}
