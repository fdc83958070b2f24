//! Importing members, under `/api/admin/v1/imports`.

mod file;
mod shown;

use actix_multipart::Multipart;
use actix_web::{
    HttpResponse, get,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    post, put,
    web::{Data, Json, Path},
};
use entity::types::{ImportId, StaffId};
use utoipa_actix_web::service_config::ServiceConfig;

use self::{file::Upload, shown::Import};
use super::{check, mapping::Mapping, rejects, run, store, undo, upload};
use crate::{
    admin::{Staff, rights::Imports},
    error::Result,
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::{
        config,
        db::{Db, Tx},
        secret::Vault,
    },
};

/// The routes of imports under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(bring)
        .service(list)
        .service(show)
        .service(map)
        .service(dry_run)
        .service(begin)
        .service(rejected)
        .service(take_back);
}

/// Bring a file of members: CSV (UTF-8 or GB18030) or an Excel workbook. Nothing is imported before it is started
#[utoipa::path(tag = "imports", params(("Idempotency-Key" = String, Header)), request_body(content = Upload, content_type = "multipart/form-data"), security(("bearer" = ["imports"])),
    responses((status = 201, body = Import), (status = 413, body = Problem), (status = 422, body = Problem)))]
#[post("/imports")]
async fn bring(
    caller: Staff<Imports>,
    key: IdempotencyKey,
    form: Multipart,
    db: Data<Db>,
    vault: Data<Vault>,
    limits: Data<config::Imports>,
) -> Result<HttpResponse> {
    let brought = file::spool(form, limits.file_limit, caller.id).await?;
    let about = (brought.name.clone(), brought.digest.clone(), brought.origin.clone());
    let kept = upload::keep(&db, &vault, &limits, brought).await?;
    let made: Result<Import> = db
        .tx(async |tx: &Tx| {
            key.once(tx, &caller.actor(), &about, async || Import::of(upload::finish(tx, &kept).await?, tx.now())).await
        })
        .await;
    // When the same request came before, its import stands.
    if made.as_ref().map_or(true, |import| import.id != kept.id) {
        db.tx(async |tx: &Tx| upload::forget(tx, kept.id).await).await?;
    }
    let import = made?;
    Ok(HttpResponse::Created().json(import))
}

/// Imports, the latest first
#[utoipa::path(tag = "imports", params(PageQuery), security(("bearer" = ["imports"])), responses((status = 200, body = Page<Import>), (status = 403, body = Problem)))]
#[get("/imports")]
async fn list(_: Staff<Imports>, page: ValidQuery<PageQuery>, db: Data<Db>) -> Result<Json<Page<Import>>> {
    let place = |row: &entity::members::import::Model| Cursor { at: row.created_at, id: row.id.into() };
    let now = db.now();
    let page = page.page(store::list(db.read(), &page).await?, place, |row| Import::of(row, now));
    Ok(Json(Page { items: page.items.into_iter().collect::<Result<_>>()?, next: page.next }))
}

/// An import: its columns, how far it is, what became of its rows
#[utoipa::path(tag = "imports", params(("id" = ImportId, Path)), security(("bearer" = ["imports"])), responses((status = 200, body = Import), (status = 404, body = Problem)))]
#[get("/imports/{id}")]
async fn show(_: Staff<Imports>, id: Path<ImportId>, db: Data<Db>) -> Result<Json<Import>> {
    Ok(Json(Import::of(store::get(db.read(), *id).await?, db.now())?))
}

/// Say what the columns mean; it is remembered for files with the same headings
#[utoipa::path(tag = "imports", params(("id" = ImportId, Path)), request_body = Mapping, security(("bearer" = ["imports"])),
    responses((status = 200, body = Import), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[put("/imports/{id}/mapping")]
async fn map(caller: Staff<Imports>, id: Path<ImportId>, body: Valid<Mapping>, db: Data<Db>) -> Result<Json<Import>> {
    let staff: Option<StaffId> = Some(caller.id);
    let import = db.tx(async |tx: &Tx| store::map(tx, *id, &body.0, staff).await).await?;
    Ok(Json(Import::of(import, db.now())?))
}

/// Find out what would become of every row; nothing is changed
#[utoipa::path(tag = "imports", params(("id" = ImportId, Path)), security(("bearer" = ["imports"])),
    responses((status = 202, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/imports/{id}/check")]
async fn dry_run(_: Staff<Imports>, id: Path<ImportId>, db: Data<Db>) -> Result<HttpResponse> {
    let import = db.tx(async |tx: &Tx| check::start(tx, *id).await).await?;
    Ok(HttpResponse::Accepted().json(Import::of(import, db.now())?))
}

/// Take the rows over; an import that was given up goes on where it was
#[utoipa::path(tag = "imports", params(("id" = ImportId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["imports"])),
    responses((status = 202, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/imports/{id}/start")]
async fn begin(caller: Staff<Imports>, id: Path<ImportId>, key: IdempotencyKey, db: Data<Db>) -> Result<HttpResponse> {
    let import = db
        .tx(async |tx: &Tx| {
            key.once(tx, &caller.actor(), &(), async || Import::of(run::start(tx, *id).await?, tx.now())).await
        })
        .await?;
    Ok(HttpResponse::Accepted().json(import))
}

/// Take an import back: links it made end, fields are as they were where nobody has changed them since, merges it caused are
/// undone, members nobody knew otherwise are gone
#[utoipa::path(tag = "imports", params(("id" = ImportId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["imports"])),
    responses((status = 202, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/imports/{id}/undo")]
async fn take_back(
    caller: Staff<Imports>,
    id: Path<ImportId>,
    key: IdempotencyKey,
    db: Data<Db>,
) -> Result<HttpResponse> {
    let import = db
        .tx(async |tx: &Tx| {
            key.once(tx, &caller.actor(), &(), async || Import::of(undo::start(tx, *id, caller.id).await?, tx.now()))
                .await
        })
        .await?;
    Ok(HttpResponse::Accepted().json(import))
}

/// Fetch the rejected rows as a CSV file: row, column, code, reason, the cells as they came, and who took them; goes on record
#[utoipa::path(tag = "imports", params(("id" = ImportId, Path)), security(("bearer" = ["imports"])),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 404, body = Problem)))]
#[post("/imports/{id}/rejects")]
async fn rejected(
    caller: Staff<Imports>,
    id: Path<ImportId>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<HttpResponse> {
    let file = rejects::file(db.get_ref().clone(), vault.get_ref().clone(), *id, &caller.login).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"rejects-{id}.csv\"")))
        .streaming(file))
}
