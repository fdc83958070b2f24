//! The state of background work.

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::types::JobId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Operations},
    error::Result,
    http::{
        body::ValidQuery,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::db::{Db, Tx},
    jobs,
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(parked_jobs).service(run_again);
}

/// A job that was given up.
#[derive(Debug, Serialize, ToSchema)]
struct ParkedJob {
    id: JobId,
    kind: String,
    attempts: i32,
    /// Why the last attempt failed.
    error: Option<String>,
    created_at: DateTime<Utc>,
}

/// Jobs that were given up, the newest first
#[utoipa::path(tag = "operations", params(PageQuery), security(("bearer" = ["operations"])), responses((status = 200, body = Page<ParkedJob>), (status = 403, body = Problem)))]
#[get("/jobs/parked")]
async fn parked_jobs(_: Staff<Operations>, page: ValidQuery<PageQuery>, db: Data<Db>) -> Result<Json<Page<ParkedJob>>> {
    let before = page.after()?.map(|cursor| JobId::from(cursor.id));
    let rows = jobs::parked(db.read(), before, page.fetch()).await?;
    let place = |job: &jobs::Row| Cursor { at: job.created_at, id: job.id.into() };
    Ok(Json(page.page(rows, place, |job| ParkedJob {
        id: job.id,
        kind: job.kind,
        attempts: job.attempts,
        error: job.error,
        created_at: job.created_at,
    })))
}

/// Let a parked job run again
#[utoipa::path(tag = "operations", params(("id" = JobId, Path)), security(("bearer" = ["operations"])), responses((status = 204), (status = 404, body = Problem)))]
#[post("/jobs/{id}/run-again")]
async fn run_again(_: Staff<Operations>, id: Path<JobId>, db: Data<Db>) -> Result<HttpResponse> {
    db.tx(async |tx: &Tx| jobs::run_again(tx, *id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
