//! Signing in and out, and the state of background work.

use actix_web::{
    HttpRequest, HttpResponse, delete, get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    admin::staff::{self, Role},
    types::{JobId, StaffId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Staff,
    rights::{Anybody, Operations},
    session,
};
use crate::{
    error::Result,
    http::{
        body::{Valid, ValidQuery},
        caller,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::{
        cache::Cache,
        config::Http,
        db::{Db, Tx},
    },
    jobs,
};

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(sign_in).service(sign_out).service(me).service(parked_jobs).service(run_again);
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
struct SignIn {
    #[garde(length(min = 1, max = 64))]
    login: String,
    #[garde(length(min = 1, max = 200))]
    password: String,
}

/// A member of staff.
#[derive(Debug, Serialize, ToSchema)]
struct Person {
    id: StaffId,
    login: String,
    name: String,
    role: Role,
}

/// A fresh session.
#[derive(Debug, Serialize, ToSchema)]
struct Session {
    /// To be sent as `Authorization: Bearer …`. It is told only once.
    token: String,
    expires_at: DateTime<Utc>,
    staff: Person,
}

/// Sign in
#[utoipa::path(tag = "staff", request_body = SignIn, responses((status = 201, body = Session), (status = 401, body = Problem), (status = 429, body = Problem)))]
#[post("/sessions")]
async fn sign_in(
    body: Valid<SignIn>,
    request: HttpRequest,
    db: Data<Db>,
    cache: Data<Cache>,
    http: Data<Http>,
) -> Result<HttpResponse> {
    let Valid(SignIn { login, password }) = body;
    let signed_in = session::sign_in(&db, &cache, caller::address(&request, http.proxies), &login, password).await?;
    let staff::Model { id, login, name, role, .. } = signed_in.person;
    let staff = Person { id, login, name, role };
    Ok(HttpResponse::Created().json(Session { token: signed_in.token, expires_at: signed_in.expires_at, staff }))
}

/// Sign out
#[utoipa::path(tag = "staff", security(("bearer" = [])), responses((status = 204), (status = 401, body = Problem)))]
#[delete("/sessions/current")]
async fn sign_out(caller: Staff<Anybody>, db: Data<Db>) -> Result<HttpResponse> {
    session::sign_out(&db, caller.session).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who am I?
#[utoipa::path(tag = "staff", security(("bearer" = [])), responses((status = 200, body = Person), (status = 401, body = Problem)))]
#[get("/me")]
async fn me(caller: Staff<Anybody>) -> Json<Person> {
    Json(Person { id: caller.id, login: caller.login, name: caller.name, role: caller.role })
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
#[utoipa::path(tag = "operations", params(PageQuery), security(("bearer" = [])), responses((status = 200, body = Page<ParkedJob>), (status = 403, body = Problem)))]
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
#[utoipa::path(tag = "operations", params(("id" = JobId, Path)), security(("bearer" = [])), responses((status = 204), (status = 404, body = Problem)))]
#[post("/jobs/{id}/run-again")]
async fn run_again(_: Staff<Operations>, id: Path<JobId>, db: Data<Db>) -> Result<HttpResponse> {
    db.tx(async |tx: &Tx| jobs::run_again(tx, *id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
