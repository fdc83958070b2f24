//! One attempt to learn who looks at a page, kept in the browser that makes it.

use actix_web::cookie::{Cookie, SameSite, time::Duration as Age};
use chrono::{DateTime, TimeDelta, Utc};
use entity::types::AccountKey;
use serde::{Deserialize, Serialize};

use super::place::Place;
use crate::{
    error::{Error, Result},
    infra::{clock::Time, random::Random, secret::Vault},
    wechat::oauth::Scope,
};

/// How long WeChat and the person may take.
const LIFE: TimeDelta = TimeDelta::minutes(10);
/// Characters of a state (protocol section 4.1).
const STATE: usize = 32;
/// The field for which attempts are sealed.
const SEAL: &str = "oauth.attempt";
/// So often an attempt whose code gave nobody is begun anew by itself.
pub(super) const AGAIN: u8 = 2;

/// An attempt. It travels as a sealed cookie, so that nothing is stored for strangers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) state: String,
    pub(super) account: AccountKey,
    pub(super) back_to: Place,
    /// Whether name and picture are asked for, too.
    pub(super) profile: bool,
    /// How often it was begun anew.
    pub(super) again: u8,
    expires_at: DateTime<Utc>,
}

impl Attempt {
    pub(super) fn new(
        random: &Random,
        now: Time,
        account: AccountKey,
        back_to: Place,
        profile: bool,
        again: u8,
    ) -> Self {
        let state = random.alphanumeric(STATE);
        Self { state, account, back_to, profile, again, expires_at: now + LIFE }
    }

    pub(super) fn scope(&self) -> Scope {
        if self.profile { Scope::UserInfo } else { Scope::Base }
    }

    /// The name of the cookie: one for each attempt, as several pages may be opened at once.
    pub(super) fn cookie_name(state: &str) -> String {
        format!("huilian_oauth_{}", state.chars().take(8).collect::<String>())
    }

    /// The cookie that binds the attempt to a browser.
    pub(super) fn cookie(&self, vault: &Vault, secure: bool) -> Result<Cookie<'static>> {
        let sealed = vault.seal(SEAL, &serde_json::to_string(self)?).map_err(Error::internal)?;
        Ok(Cookie::build(Self::cookie_name(&self.state), sealed)
            .path("/api/h5/v1/oauth")
            .http_only(true)
            .secure(secure)
            // The way back is a navigation that another site begins.
            .same_site(SameSite::Lax)
            .max_age(Age::seconds(LIFE.num_seconds()))
            .finish())
    }

    /// The attempt in a cookie, if it belongs to this state and account and is not too old.
    pub(super) fn read(vault: &Vault, cookie: &str, state: &str, account: &AccountKey, now: Time) -> Option<Self> {
        let attempt: Self = serde_json::from_str(&vault.open(SEAL, cookie).ok()?).ok()?;
        let ours = attempt.state == state && attempt.account == *account && now < attempt.expires_at;
        ours.then_some(attempt)
    }
}
