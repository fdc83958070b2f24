//! A copy of everything that is held of me, and being forgotten.

use actix_web::{
    HttpResponse, delete, get,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    members::{erasure as wish, export as copy},
    types::{ExportId, MemberErasureId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    error::Result,
    http::problem::Problem,
    identity::session::Consumer,
    infra::{
        config::Privacy,
        db::{Db, Tx},
        secret::Vault,
    },
    members::{erasure, export},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(ask_copy)
        .service(copies)
        .service(one_copy)
        .service(file)
        .service(ask_erasure)
        .service(erasures)
        .service(confirm)
        .service(cancel);
}

/// A copy of what is held of a member.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Copy {
    id: ExportId,
    state: copy::State,
    requested_at: DateTime<Utc>,
    ready_at: Option<DateTime<Utc>>,
    /// Until when it can be fetched.
    expires_at: Option<DateTime<Utc>>,
}

impl From<copy::Model> for Copy {
    fn from(row: copy::Model) -> Self {
        let copy::Model { id, state, requested_at, ready_at, expires_at, .. } = row;
        Self { id, state, requested_at, ready_at, expires_at }
    }
}

/// Ask for a copy of everything that is held of me; within an hour it is the same one
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 202, body = Copy), (status = 401, body = Problem)))]
#[post("/exports")]
async fn ask_copy(caller: Consumer, db: Data<Db>) -> Result<HttpResponse> {
    let row = db.tx(async |tx: &Tx| export::ask(tx, caller.member).await).await?;
    Ok(HttpResponse::Accepted().json(Copy::from(row)))
}

/// The copies that I asked for, the latest first
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 200, body = Vec<Copy>), (status = 401, body = Problem)))]
#[get("/exports")]
async fn copies(caller: Consumer, db: Data<Db>) -> Result<Json<Vec<Copy>>> {
    Ok(Json(export::of(db.read(), caller.member).await?.into_iter().map(Copy::from).collect()))
}

/// How far a copy is
#[utoipa::path(tag = "consumer", params(("id" = ExportId, Path)), security(("bearer" = [])), responses((status = 200, body = Copy), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/exports/{id}")]
async fn one_copy(caller: Consumer, id: Path<ExportId>, db: Data<Db>) -> Result<Json<Copy>> {
    Ok(Json(export::get(db.read(), caller.member, *id).await?.into()))
}

/// The file of a copy, as JSON
#[utoipa::path(tag = "consumer", params(("id" = ExportId, Path)), security(("bearer" = [])), responses((status = 200, content_type = "application/json"), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[get("/exports/{id}/file")]
async fn file(caller: Consumer, id: Path<ExportId>, db: Data<Db>, vault: Data<Vault>) -> Result<HttpResponse> {
    let row = export::get(db.read(), caller.member, *id).await?;
    Ok(download(export::open(&vault, &row, db.now())?))
}

/// The file as an answer.
pub(super) fn download(json: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(json)
}

/// The wish of a member to be forgotten.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Erasure {
    id: MemberErasureId,
    /// `requested` waits for the member to say it again.
    state: wish::State,
    requested_at: DateTime<Utc>,
    /// When it will be done; until then it can be taken back.
    due_at: Option<DateTime<Utc>>,
}

impl From<wish::Model> for Erasure {
    fn from(row: wish::Model) -> Self {
        let wish::Model { id, state, requested_at, due_at, .. } = row;
        Self { id, state, requested_at, due_at }
    }
}

/// Wish to be forgotten; nothing happens until it is confirmed
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 201, body = Erasure), (status = 401, body = Problem)))]
#[post("/erasures")]
async fn ask_erasure(caller: Consumer, db: Data<Db>) -> Result<HttpResponse> {
    let row = db.tx(async |tx: &Tx| erasure::ask(tx, caller.member).await).await?;
    Ok(HttpResponse::Created().json(Erasure::from(row)))
}

/// My wishes to be forgotten that are not taken back
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 200, body = Vec<Erasure>), (status = 401, body = Problem)))]
#[get("/erasures")]
async fn erasures(caller: Consumer, db: Data<Db>) -> Result<Json<Vec<Erasure>>> {
    Ok(Json(erasure::of(db.read(), caller.member).await?.into_iter().map(Erasure::from).collect()))
}

/// Say it again: I will be forgotten when the time to think is over
#[utoipa::path(tag = "consumer", params(("id" = MemberErasureId, Path)), security(("bearer" = [])), responses((status = 200, body = Erasure), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/erasures/{id}/confirm")]
async fn confirm(
    caller: Consumer,
    id: Path<MemberErasureId>,
    db: Data<Db>,
    privacy: Data<Privacy>,
) -> Result<Json<Erasure>> {
    let grace = privacy.erasure_grace;
    let row = db.tx(async |tx: &Tx| erasure::confirm(tx, caller.member, *id, grace).await).await?;
    Ok(Json(row.into()))
}

/// Take the wish back
#[utoipa::path(tag = "consumer", params(("id" = MemberErasureId, Path)), security(("bearer" = [])), responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[delete("/erasures/{id}")]
async fn cancel(caller: Consumer, id: Path<MemberErasureId>, db: Data<Db>) -> Result<HttpResponse> {
    db.tx(async |tx: &Tx| erasure::cancel(tx, caller.member, *id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
