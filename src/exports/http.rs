//! Asking for a file, agreeing, fetching it, under `/api/admin/v1/exports`.

use actix_web::{
    HttpResponse, delete, get,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    post,
    web::{Bytes, Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    exports::export_request::{Model, State},
    types::{ExportRequestId, StaffId},
};
use futures_util::stream;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{mark, store, what::What, write::SEAL};
use crate::{
    admin::{Staff, rights::Exports},
    error::{Error, Result},
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::{
        config::Privacy,
        db::{Db, Tx},
        secret::Vault,
    },
};

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(ask).service(one).service(approve).service(refuse).service(withdraw).service(fetch);
}

/// A file that somebody asked for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ExportRequest {
    id: ExportRequestId,
    what: What,
    reason: String,
    state: State,
    /// Who asked, and alone can fetch it.
    staff: StaffId,
    /// Who agreed or refused.
    decided_by: Option<StaffId>,
    decided_at: Option<DateTime<Utc>>,
    /// Why it was refused, or could not be written.
    why: Option<String>,
    /// Lines that are written, of how many.
    done: i64,
    total: i64,
    /// How often it was fetched.
    fetched: i32,
    created_at: DateTime<Utc>,
    ready_at: Option<DateTime<Utc>>,
    /// Until when it can be fetched.
    expires_at: Option<DateTime<Utc>>,
    /// What the file is called.
    name: String,
}

impl ExportRequest {
    fn of(row: Model) -> Result<Self> {
        let what = store::what(&row)?;
        Ok(Self {
            name: mark::file_name(&what, &row),
            what,
            id: row.id,
            reason: row.reason,
            state: row.state,
            staff: row.staff_id,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            why: row.why,
            done: row.done,
            total: row.total,
            fetched: row.fetched,
            created_at: row.created_at,
            ready_at: row.ready_at,
            expires_at: row.expires_at,
        })
    }
}

/// Files that were asked for, the latest first
#[utoipa::path(tag = "exports", params(PageQuery), security(("bearer" = ["exports"])), responses((status = 200, body = Page<ExportRequest>), (status = 403, body = Problem)))]
#[get("/exports")]
async fn list(_: Staff<Exports>, page: ValidQuery<PageQuery>, db: Data<Db>) -> Result<Json<Page<ExportRequest>>> {
    let rows = store::list(db.read(), &page).await?;
    let Page { items, next } = page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, |row| row);
    Ok(Json(Page { items: items.into_iter().map(ExportRequest::of).collect::<Result<_>>()?, next }))
}

/// What is asked for, and why.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExportOrder {
    #[garde(dive)]
    what: What,
    /// What the file is for; whoever agrees reads it, and it stays on record.
    #[garde(length(chars, min = 4, max = 200))]
    reason: String,
}

/// Ask for a file. It is written when somebody else of headquarters agrees, unless it needs nobody's consent
#[utoipa::path(tag = "exports", request_body = ExportOrder, params(("Idempotency-Key" = String, Header)), security(("bearer" = ["exports"])), responses((status = 201, body = ExportRequest), (status = 403, body = Problem), (status = 404, description = "There is no such thing to be exported", body = Problem), (status = 422, body = Problem)))]
#[post("/exports")]
async fn ask(
    caller: Staff<Exports>,
    key: IdempotencyKey,
    body: Valid<ExportOrder>,
    db: Data<Db>,
    privacy: Data<Privacy>,
) -> Result<HttpResponse> {
    let Valid(order) = body;
    order.what.count(&db).await?;
    let alone = privacy.export_alone.iter().any(|kind| kind == order.what.name());
    let asked = db.tx(async |tx: &Tx| {
        let by = (caller.id, caller.login.as_str());
        let effect = async || {
            let row = store::ask(tx, by, (&order.what, order.reason.trim()), alone).await?;
            ExportRequest::of(row)
        };
        key.once(tx, &caller.actor(), &order, effect).await
    });
    Ok(HttpResponse::Created().json(asked.await?))
}

/// How far a file is
#[utoipa::path(tag = "exports", params(("id" = ExportRequestId, Path)), security(("bearer" = ["exports"])), responses((status = 200, body = ExportRequest), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/exports/{id}")]
async fn one(_: Staff<Exports>, id: Path<ExportRequestId>, db: Data<Db>) -> Result<Json<ExportRequest>> {
    Ok(Json(ExportRequest::of(store::get(db.read(), *id).await?)?))
}

/// Agree that a file is written; never that of one's own
#[utoipa::path(tag = "exports", params(("id" = ExportRequestId, Path)), security(("bearer" = ["exports"])), responses((status = 200, body = ExportRequest), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/exports/{id}/approve")]
async fn approve(caller: Staff<Exports>, id: Path<ExportRequestId>, db: Data<Db>) -> Result<Json<ExportRequest>> {
    let row = db.tx(async |tx: &Tx| store::decide(tx, *id, caller.id, None).await).await?;
    Ok(Json(ExportRequest::of(row)?))
}

/// Why not.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExportRefusal {
    #[garde(length(chars, min = 1, max = 200))]
    reason: String,
}

/// Refuse that a file is written
#[utoipa::path(tag = "exports", request_body = ExportRefusal, params(("id" = ExportRequestId, Path)), security(("bearer" = ["exports"])), responses((status = 200, body = ExportRequest), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/exports/{id}/refuse")]
async fn refuse(
    caller: Staff<Exports>,
    id: Path<ExportRequestId>,
    body: Valid<ExportRefusal>,
    db: Data<Db>,
) -> Result<Json<ExportRequest>> {
    let reason = body.0.reason;
    let row = db.tx(async |tx: &Tx| store::decide(tx, *id, caller.id, Some(&reason)).await).await?;
    Ok(Json(ExportRequest::of(row)?))
}

/// Take back what one has asked for: writing ends, and the file is gone at once
#[utoipa::path(tag = "exports", params(("id" = ExportRequestId, Path)), security(("bearer" = ["exports"])), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[delete("/exports/{id}")]
async fn withdraw(caller: Staff<Exports>, id: Path<ExportRequestId>, db: Data<Db>) -> Result<HttpResponse> {
    db.tx(async |tx: &Tx| store::withdraw(tx, *id, caller.id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Fetch a file that one has asked for, as CSV; each time goes on record
#[utoipa::path(tag = "exports", params(("id" = ExportRequestId, Path)), security(("bearer" = ["exports"])), responses((status = 200, body = String, content_type = "text/csv"), (status = 403, body = Problem), (status = 404, description = "It is somebody else's, or its time is over", body = Problem), (status = 409, body = Problem)))]
#[post("/exports/{id}/file")]
async fn fetch(
    caller: Staff<Exports>,
    id: Path<ExportRequestId>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<HttpResponse> {
    let row = db.tx(async |tx: &Tx| store::fetch(tx, *id, caller.id).await).await?;
    let name = mark::file_name(&store::what(&row)?, &row);
    let (db, vault, id) = (db.get_ref().clone(), vault.get_ref().clone(), row.id);
    let pieces = stream::try_unfold(0, move |number| {
        let (db, vault) = (db.clone(), vault.clone());
        async move {
            let Some(sealed) = store::part(db.read(), id, number).await? else { return Ok::<_, Error>(None) };
            let text = vault.open(SEAL, &sealed).map_err(Error::internal)?;
            Ok(Some((Bytes::from(text), number + 1)))
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(pieces))
}
