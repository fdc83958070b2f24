//! What both kinds of asking show, and what they are given.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::USER_AGENT, web::Data};
use chrono::{DateTime, Utc};
use entity::types::AccountKey;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    admin::scan::{
        By,
        asked::{Asked, Asking, State},
    },
    error::{Error, Result},
    infra::{cache::Cache, clock::Clock, config::Http, random::Random, secret::Vault},
};

/// A code to be scanned.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Scan {
    /// By which it is asked about.
    pub(super) key: String,
    /// What stands in the QR code: a page for the phone.
    link: String,
    /// Two digits, to be shown beside the code: the phone has to say them.
    number: String,
    expires_at: DateTime<Utc>,
}

/// How far it is. What is over is not found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ScanState {
    pub(super) state: State,
}

/// What every call of signing in with WeChat stands on. As an argument it is one.
pub(super) struct Around {
    cache: Data<Cache>,
    vault: Data<Vault>,
    clock: Data<Clock>,
    random: Data<Random>,
    pub(super) http: Data<Http>,
    by: Data<By>,
}

impl Around {
    pub(super) fn asking(&self) -> Asking<'_> {
        Asking { cache: &self.cache, vault: &self.vault, clock: &self.clock, random: &self.random }
    }

    /// By which account staff sign in.
    ///
    /// # Errors
    /// [`Code::NotFound`](crate::error::Code::NotFound) where it is switched off.
    pub(super) fn account(&self) -> Result<&AccountKey> {
        self.by.account()
    }

    pub(super) fn random(&self) -> &Random {
        &self.random
    }

    pub(super) fn shown(&self, key: String, asked: &Asked) -> Result<Scan> {
        let link = format!("{}/m/staff/{key}?account={}", self.http.public_url, self.account()?);
        Ok(Scan { key, link, number: asked.number.clone(), expires_at: asked.until })
    }
}

impl FromRequest for Around {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(around(request).ok_or_else(|| Error::internal("a part of the application is missing")))
    }
}

fn around(request: &HttpRequest) -> Option<Around> {
    Some(Around {
        cache: request.app_data::<Data<Cache>>()?.clone(),
        vault: request.app_data::<Data<Vault>>()?.clone(),
        clock: request.app_data::<Data<Clock>>()?.clone(),
        random: request.app_data::<Data<Random>>()?.clone(),
        http: request.app_data::<Data<Http>>()?.clone(),
        by: request.app_data::<Data<By>>()?.clone(),
    })
}

/// What a browser calls itself.
pub(super) fn agent(request: &HttpRequest) -> &str {
    request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
}
