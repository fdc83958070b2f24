//! With what members invite, under `/api/mini/v1`: the QR code of an official account, the code of a mini program, and the
//! poster with either.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS},
    web::{Bytes, Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    referral::{code as row_of_code, program as row},
    types::ReferralProgramId,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::mini::own_code;
use crate::{
    error::{Code, Error, Result},
    http::problem::Problem,
    identity::session::Consumer,
    infra::{cache::Cache, config::Http, db::Db, secret::Vault},
    referral::{
        carrier::{self, Desk},
        poster::Order,
        program,
        terms::Rules,
    },
    tracking::{invitation, origin::Origin},
};

/// Codes and posters that one session may ask for in a minute.
const AT_MOST: u64 = 30;
const MINUTE: Duration = Duration::from_secs(60);

/// The routes of carriers under `/api/mini/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(qr).service(mini_code).service(poster);
}

/// What the caller invites with.
struct Own {
    program: row::Model,
    rules: Rules,
    row: row_of_code::Model,
    code: invitation::Code,
}

impl Own {
    async fn of(desk: &Desk, id: ReferralProgramId, caller: &Consumer, from: &Asked<'_>) -> Result<Self> {
        if from.cache.count(&format!("carriers:{}", caller.session), 1, MINUTE).await > AT_MOST {
            return Err(Error::new(Code::RateLimited).retry_after(MINUTE));
        }
        let db: &Db = &desk.db;
        let program = program::get(db.read(), id).await?;
        let origin = Origin::of(from.request, from.vault, from.http.proxies);
        let row = own_code(db, &program, caller, origin.device.as_deref()).await?;
        program::must_be_open(&program, db.now())?;
        let rules = program::rules_of(db.read(), id, program.rules).await?;
        let code = row.code.parse().map_err(Error::internal)?;
        Ok(Self { program, rules, row, code })
    }
}

/// What the request came with.
struct Asked<'a> {
    request: &'a HttpRequest,
    cache: &'a Cache,
    vault: &'a Vault,
    http: &'a Http,
}

fn not_carried(words: &'static str) -> Error {
    Error::new(Code::Conflict).detail(words)
}

/// A QR code of an official account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnReferralQr)]
struct Qr {
    /// What it says: to be drawn by whoever shows it.
    url: String,
    /// Where WeChat shows it as a picture.
    picture: String,
    /// Until when it works. Asked for again some days before, there is another one.
    expires_at: DateTime<Utc>,
}

/// The QR code of the official account that carries my code
#[utoipa::path(tag = "consumer", params(("id" = ReferralProgramId, Path)), security(("bearer" = [])),
    responses((status = 200, body = Qr), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem)))]
#[get("/referral-programs/{id}/qr")]
async fn qr(
    caller: Consumer,
    id: Path<ReferralProgramId>,
    request: HttpRequest,
    desk: Data<Desk>,
    cache: Data<Cache>,
    vault: Data<Vault>,
    http: Data<Http>,
) -> Result<Json<Qr>> {
    let from = Asked { request: &request, cache: &cache, vault: &vault, http: &http };
    let own = Own::of(&desk, *id, &caller, &from).await?;
    let Some(account) = own.rules.official() else {
        return Err(not_carried("此活动没有公众号二维码 / This program has no QR code of an official account"));
    };
    let carrier::Qr { url, picture, expires_at } = carrier::qr(&desk, account, &own.code).await?;
    Ok(Json(Qr { url, picture, expires_at }))
}

/// The code of the mini program that carries my code, JPEG or PNG
#[utoipa::path(tag = "consumer", params(("id" = ReferralProgramId, Path)), security(("bearer" = [])),
    responses((status = 200, content_type = "image/jpeg"), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem)))]
#[get("/referral-programs/{id}/mini-code")]
async fn mini_code(
    caller: Consumer,
    id: Path<ReferralProgramId>,
    request: HttpRequest,
    desk: Data<Desk>,
    cache: Data<Cache>,
    vault: Data<Vault>,
    http: Data<Http>,
) -> Result<HttpResponse> {
    let from = Asked { request: &request, cache: &cache, vault: &vault, http: &http };
    let own = Own::of(&desk, *id, &caller, &from).await?;
    let Some(page) = &own.rules.carriers.mini else {
        return Err(not_carried("此活动没有小程序码 / This program has no code of a mini program"));
    };
    let picture = carrier::mini_code(&desk, page, &own.code.scene()).await?;
    let png = picture.starts_with(b"\x89PNG");
    Ok(shown(picture, if png { "image/png" } else { "image/jpeg" }, None))
}

/// My poster, PNG; the tag changes with everything that stands on it
#[utoipa::path(tag = "consumer", params(("id" = ReferralProgramId, Path)), security(("bearer" = [])),
    responses((status = 200, content_type = "image/png"), (status = 304, description = "It is still the one of this tag"), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem)))]
#[get("/referral-programs/{id}/poster")]
async fn poster(
    caller: Consumer,
    id: Path<ReferralProgramId>,
    request: HttpRequest,
    desk: Data<Desk>,
    cache: Data<Cache>,
    vault: Data<Vault>,
    http: Data<Http>,
) -> Result<HttpResponse> {
    let from = Asked { request: &request, cache: &cache, vault: &vault, http: &http };
    let own = Own::of(&desk, *id, &caller, &from).await?;
    let order = Order::of(&desk, &own.program, &own.row, caller.member).await?;
    let tag = format!("\"{}\"", order.key());
    let known = request.headers().get(IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    // On the way a proxy may have made it a weak one.
    if known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).insert_header(MUST_ASK).finish());
    }
    Ok(shown(desk.posters.make(&desk, order).await?, "image/png", Some(tag)))
}

const MUST_ASK: (actix_web::http::header::HeaderName, &str) = (CACHE_CONTROL, "private, no-cache");

fn shown(picture: Bytes, kind: &'static str, tag: Option<String>) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header(MUST_ASK);
    if let Some(tag) = tag {
        answer.insert_header((ETAG, tag));
    }
    answer.body(picture)
}
