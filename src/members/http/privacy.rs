//! Wishes of members about their data that staff write down: of those who said them at a till, on the phone or by letter,
//! and cannot say them in the mini program.

use actix_web::{
    HttpResponse, delete, get, post,
    web::{Data, Json, Path},
};
use entity::types::{ExportId, MemberErasureId, MemberId};
use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::wishes::{Copy, Erasure, download};
use crate::{
    admin::{Staff, rights::Privacy as Wishes},
    error::Result,
    http::{body::Valid, idempotency::IdempotencyKey, problem::Problem},
    identity::seen,
    infra::{
        config::Privacy,
        db::{Db, Tx},
        secret::Vault,
    },
    members::{access, erasure, export},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(ask_copy).service(one_copy).service(file).service(forget).service(wishes).service(cancel);
}

/// How staff know that it is the member's wish.
#[derive(Debug, serde::Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WishOfMember)]
struct Wish {
    /// Who asked, and how they showed that they are the member; for the record.
    #[garde(length(chars, min = 4, max = 200))]
    reason: String,
}

/// Ask for a copy of everything that is held of a member, who wants it; within an hour it is the same one
#[utoipa::path(tag = "members", params(("id" = MemberId, Path)), security(("bearer" = ["privacy"])), responses((status = 202, body = Copy), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[post("/members/{id}/exports")]
async fn ask_copy(caller: Staff<Wishes>, id: Path<MemberId>, db: Data<Db>) -> Result<HttpResponse> {
    let row = db.tx(async |tx: &Tx| export::ask(tx, seen(tx.db(), caller.scope(), *id).await?).await).await?;
    Ok(HttpResponse::Accepted().json(Copy::from(row)))
}

/// How far a copy is
#[utoipa::path(tag = "members", params(("id" = MemberId, Path), ("copy" = ExportId, Path)), security(("bearer" = ["privacy"])), responses((status = 200, body = Copy), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/members/{id}/exports/{copy}")]
async fn one_copy(caller: Staff<Wishes>, path: Path<(MemberId, ExportId)>, db: Data<Db>) -> Result<Json<Copy>> {
    let (id, copy) = *path;
    Ok(Json(export::get(db.read(), seen(db.read(), caller.scope(), id).await?, copy).await?.into()))
}

/// Fetch the file of a copy, to hand it to the member; who did and why goes on record
#[utoipa::path(tag = "members", request_body = Wish, params(("id" = MemberId, Path), ("copy" = ExportId, Path)), security(("bearer" = ["privacy"])), responses((status = 200, content_type = "application/json"), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/members/{id}/exports/{copy}/file")]
async fn file(
    caller: Staff<Wishes>,
    path: Path<(MemberId, ExportId)>,
    wish: Valid<Wish>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<HttpResponse> {
    let (id, copy) = *path;
    let member = seen(db.read(), caller.scope(), id).await?;
    let row = export::get(db.read(), member, copy).await?;
    let json = export::open(&vault, &row, db.now())?;
    db.tx(async |tx: &Tx| access::note_copy(tx, member, caller.id, &wish.0.reason).await).await?;
    Ok(download(json))
}

/// Write down that a member wishes to be forgotten: it will be done when the time to think is over
#[utoipa::path(tag = "members", request_body = Wish, params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["privacy"])), responses((status = 200, body = Erasure), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[post("/members/{id}/erasures")]
async fn forget(
    caller: Staff<Wishes>,
    id: Path<MemberId>,
    wish: Valid<Wish>,
    key: IdempotencyKey,
    db: Data<Db>,
    privacy: Data<Privacy>,
) -> Result<Json<Erasure>> {
    let written = db.tx(async |tx: &Tx| {
        let effect = async || {
            let by = (caller.id, wish.0.reason.as_str());
            let member = seen(tx.db(), caller.scope(), *id).await?;
            erasure::write_down(tx, member, by, privacy.erasure_grace).await.map(Erasure::from)
        };
        key.once(tx, &caller.actor(), &wish.0, effect).await
    });
    Ok(Json(written.await?))
}

/// The wishes of a member to be forgotten that are not taken back
#[utoipa::path(tag = "members", params(("id" = MemberId, Path)), security(("bearer" = ["privacy"])), responses((status = 200, body = Vec<Erasure>), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/members/{id}/erasures")]
async fn wishes(caller: Staff<Wishes>, id: Path<MemberId>, db: Data<Db>) -> Result<Json<Vec<Erasure>>> {
    let rows = erasure::of(db.read(), seen(db.read(), caller.scope(), *id).await?).await?;
    Ok(Json(rows.into_iter().map(Erasure::from).collect()))
}

/// Write down that a member has thought better of it
#[utoipa::path(tag = "members", params(("id" = MemberId, Path), ("wish" = MemberErasureId, Path)), security(("bearer" = ["privacy"])), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[delete("/members/{id}/erasures/{wish}")]
async fn cancel(caller: Staff<Wishes>, path: Path<(MemberId, MemberErasureId)>, db: Data<Db>) -> Result<HttpResponse> {
    let (id, wish) = *path;
    let member = seen(db.read(), caller.scope(), id).await?;
    db.tx(async |tx: &Tx| erasure::cancel(tx, member, wish).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
