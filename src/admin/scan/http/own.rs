//! Linking one's own WeChat, and unlinking it; that of a colleague, too.

use actix_web::{
    HttpRequest, HttpResponse, delete, get, post,
    web::{Data, Json, Path},
};
use entity::types::StaffId;
use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::shown::{Around, Scan, ScanState, agent};
use crate::{
    admin::{
        Staff,
        rights::{Anybody, StaffBooks},
        scan::{asked::Purpose, link},
        session, staff,
    },
    error::{Code, Error, Result},
    http::{body::Valid, problem::Problem},
    infra::{cache::Cache, db::Db},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(ask).service(state).service(confirm).service(unlink).service(unlink_other);
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
struct OwnPassword {
    /// One's present password: a page that was left open links nobody else's WeChat.
    #[garde(length(min = 1, max = 200))]
    password: String,
}

/// Begin to link one's WeChat: a code for one's phone
#[utoipa::path(tag = "staff", request_body = OwnPassword, security(("bearer" = ["anybody"])), responses((status = 201, body = Scan), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[post("/me/wechat")]
async fn ask(
    caller: Staff<Anybody>,
    body: Valid<OwnPassword>,
    request: HttpRequest,
    around: Around,
    (db, cache): (Data<Db>, Data<Cache>),
) -> Result<HttpResponse> {
    around.account()?;
    session::check_password(&db, &cache, caller.id, "password", body.0.password).await?;
    if link::is_there(db.read(), caller.id).await? {
        return Err(Error::new(Code::Conflict).detail("there is one already; unlink it first"));
    }
    let purpose = Purpose::Link(caller.id, caller.session);
    let (key, asked) = around.asking().begin(purpose, agent(&request)).await?;
    Ok(HttpResponse::Created().json(around.shown(key, &asked)?))
}

/// How far is linking?
#[utoipa::path(tag = "staff", params(("key" = String, Path, example = "0123456789abcdefghijklmnopqrstuv")), security(("bearer" = ["anybody"])), responses((status = 200, body = ScanState), (status = 404, body = Problem)))]
#[get("/me/wechat/{key}")]
async fn state(caller: Staff<Anybody>, key: Path<String>, around: Around) -> Result<Json<ScanState>> {
    around.account()?;
    let purpose = Purpose::Link(caller.id, caller.session);
    Ok(Json(ScanState { state: around.asking().state(&key, &purpose).await? }))
}

/// Link the WeChat of the phone that has agreed
#[utoipa::path(tag = "staff", params(("key" = String, Path, example = "0123456789abcdefghijklmnopqrstuv")), security(("bearer" = ["anybody"])), responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/me/wechat/{key}/confirm")]
async fn confirm(caller: Staff<Anybody>, key: Path<String>, around: Around, db: Data<Db>) -> Result<HttpResponse> {
    around.account()?;
    let told = around.asking().take(&key, &Purpose::Link(caller.id, caller.session)).await?;
    link::add(&db, caller.id, &told.account, &told.open_id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Unlink one's WeChat
#[utoipa::path(tag = "staff", security(("bearer" = ["anybody"])), responses((status = 204), (status = 401, body = Problem)))]
#[delete("/me/wechat")]
async fn unlink(caller: Staff<Anybody>, db: Data<Db>) -> Result<HttpResponse> {
    link::remove(&db, caller.id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Unlink the WeChat of a member of staff
#[utoipa::path(tag = "staff", params(("id" = StaffId, Path)), security(("bearer" = ["staff"])), responses((status = 204), (status = 404, body = Problem)))]
#[delete("/staff/{id}/wechat")]
async fn unlink_other(_: Staff<StaffBooks>, id: Path<StaffId>, db: Data<Db>) -> Result<HttpResponse> {
    staff::get(db.read(), *id).await?;
    link::remove(&db, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
