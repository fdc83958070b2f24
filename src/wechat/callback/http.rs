//! `GET|POST /wechat/{account}/callback`: where WeChat delivers (protocol section 1).
//!
//! Everything that is not to be believed gets the same empty 403, and a counted reason that only we see.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    web::{self, Data, Path, Payload},
};
use data_encoding::HEXLOWER;
use entity::types::AccountKey;
use sha2::{Digest, Sha256};

use super::{Limits, Opened, Query, Refusal, SUCCESS, Stamp, echo, open_push, seal_reply};
use crate::{
    error::Result,
    infra::{cache::Cache, clock::Clock, config::WeChat, random::Random},
    wechat::{
        account::{Account, Accounts, Mode},
        intake::{Intake, Received},
    },
};

/// The two routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/wechat/{account}/callback").route(web::get().to(verify_url)).route(web::post().to(deliver)),
    );
}

async fn verify_url(
    key: Path<String>,
    query: Option<web::Query<Query>>,
    accounts: Data<Accounts>,
    clock: Data<Clock>,
    settings: Data<WeChat>,
) -> HttpResponse {
    let Some(account) = account(&accounts, &key) else { return refuse("unknown", Refusal::WrongAccount) };
    let Some(query) = query else { return refuse(account.key.as_str(), Refusal::Malformed) };
    match echo(account, &query, clock.now(), limits(&settings)) {
        Ok(text) => plain(text),
        Err(refusal) => refuse(account.key.as_str(), refusal),
    }
}

#[expect(clippy::too_many_arguments, reason = "actix hands each part of a request over as an argument")]
async fn deliver(
    key: Path<String>,
    query: Option<web::Query<Query>>,
    body: Payload,
    accounts: Data<Accounts>,
    clock: Data<Clock>,
    random: Data<Random>,
    cache: Data<Cache>,
    settings: Data<WeChat>,
    intake: Data<Intake>,
) -> Result<HttpResponse> {
    let Some(account) = account(&accounts, &key) else { return Ok(refuse("unknown", Refusal::WrongAccount)) };
    let Some(query) = query else { return Ok(refuse(account.key.as_str(), Refusal::Malformed)) };
    let now = clock.now();
    let opened = match read(body, settings.push_limit).await {
        Ok(body) => open_push(account, &query, &body, now, limits(&settings)),
        Err(refusal) => Err(refusal),
    };
    let Opened { push, sealing, signature } = match opened {
        Ok(opened) => opened,
        Err(refusal) => return Ok(refuse(account.key.as_str(), refusal)),
    };
    if account.callback.mode == Mode::Plain
        && reused(&cache, account, &signature, &push.raw, settings.replay_window).await
    {
        return Ok(refuse(account.key.as_str(), Refusal::Replayed));
    }
    let account_label = account.key.to_string();
    metrics::counter!("wechat_pushes_total", "account" => account_label, "kind" => push.kind()).increment(1);
    let received = Arc::new(Received::new(account.clone(), push, now));
    let reply = intake.take(Arc::clone(&received)).await?;
    Ok(plain(match reply {
        Some(reply) => {
            let body = reply.answer(&received.push, now);
            seal_reply(account, &sealing, body, &Stamp::new(now, &random))
        }
        None => SUCCESS.to_owned(),
    }))
}

fn account<'a>(accounts: &'a Accounts, key: &str) -> Option<&'a Arc<Account>> {
    key.parse::<AccountKey>().ok().and_then(|key| accounts.get(&key))
}

fn limits(settings: &WeChat) -> Limits {
    Limits { body: settings.push_limit, window: settings.replay_window }
}

async fn read(body: Payload, limit: usize) -> Result<web::Bytes, Refusal> {
    match body.to_bytes_limited(limit).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_broken_off)) => Err(Refusal::Malformed),
        Err(_overflow) => Err(Refusal::Oversized),
    }
}

/// In plaintext mode a signature does not cover the body: whoever saw one could send other bodies with it. WeChat's
/// own repetition of a request has the same body and is let through.
async fn reused(cache: &Cache, account: &Account, signature: &str, body: &str, window: Duration) -> bool {
    let key = format!("push:{}:{signature}", account.key);
    let digest = HEXLOWER.encode(&Sha256::digest(body));
    // The clock may be off in either direction, so a signature is good for twice the window.
    !cache.set_if_absent(&key, &digest, window * 2).await && cache.get(&key).await.is_some_and(|kept| kept != digest)
}

fn refuse(account: &str, refusal: Refusal) -> HttpResponse {
    metrics::counter!("wechat_refused_total", "account" => account.to_owned(), "reason" => refusal.as_str())
        .increment(1);
    tracing::warn!(account, reason = refusal.as_str(), "a callback request was refused");
    HttpResponse::Forbidden().finish()
}

fn plain(body: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((
            CONTENT_TYPE,
            if body.starts_with('<') { "application/xml; charset=utf-8" } else { "text/plain; charset=utf-8" },
        ))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(body)
}
