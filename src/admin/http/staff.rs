//! Members of staff, as headquarters see them, and as colleagues do.

use actix_web::{
    HttpResponse, delete, get, patch, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    admin::staff::{Model, Role},
    types::{StaffId, StoreId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{
        Post, Staff,
        rights::{Anybody, StaffBooks},
        scan::link,
        second_factor, staff,
    },
    error::{Code, Error, Result},
    http::{body::Valid, problem::Problem},
    infra::db::Db,
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(colleagues)
        .service(list)
        .service(add)
        .service(change)
        .service(set_password)
        .service(end_sessions)
        .service(remove_second_factor);
}

/// Somebody who works here.
#[derive(Debug, Serialize, ToSchema)]
struct Colleague {
    id: StaffId,
    name: String,
}

/// The names of everybody who works or worked here, for what they did
#[utoipa::path(tag = "staff", security(("bearer" = ["anybody"])), responses((status = 200, body = Vec<Colleague>), (status = 401, body = Problem)))]
#[get("/colleagues")]
async fn colleagues(_: Staff<Anybody>, db: Data<Db>) -> Result<Json<Vec<Colleague>>> {
    let everybody = staff::all(db.read()).await?.into_iter();
    Ok(Json(everybody.map(|row| Colleague { id: row.id, name: row.name }).collect()))
}

/// A member of staff.
#[derive(Debug, Serialize, ToSchema)]
struct StaffMember {
    id: StaffId,
    login: String,
    name: String,
    role: Role,
    /// Where they work; headquarters have no store.
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<StoreId>,
    /// Whether signing in takes a code.
    second_factor: bool,
    /// Whether a WeChat is linked to sign in with.
    wechat: bool,
    created_at: DateTime<Utc>,
    /// Since when they may sign in no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<DateTime<Utc>>,
}

impl StaffMember {
    fn new(row: Model, wechat: bool) -> Self {
        let Model { id, login, name, role, store_id: store, created_at, disabled_at, .. } = row;
        let second_factor = row.second_factor_at.is_some();
        Self { id, login, name, role, store, second_factor, wechat, created_at, disabled_at }
    }
}

/// All members of staff, by their logins
#[utoipa::path(tag = "staff", security(("bearer" = ["staff"])), responses((status = 200, body = Vec<StaffMember>), (status = 403, body = Problem)))]
#[get("/staff")]
async fn list(_: Staff<StaffBooks>, db: Data<Db>) -> Result<Json<Vec<StaffMember>>> {
    let linked = link::everybody(db.read()).await?;
    let shown = |row: Model| {
        let wechat = linked.contains(&row.id);
        StaffMember::new(row, wechat)
    };
    Ok(Json(staff::all(db.read()).await?.into_iter().map(shown).collect()))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
struct NewStaff {
    /// Lower-case letters, digits, dots, dashes and underscores.
    #[garde(length(max = 64))]
    login: String,
    #[garde(length(chars, min = 1, max = 40))]
    name: String,
    /// At least 10 characters, without the login.
    #[garde(length(max = 200))]
    password: String,
    #[garde(skip)]
    role: Role,
    /// Where they work: of clerks and managers.
    #[garde(skip)]
    store: Option<StoreId>,
}

/// Add a member of staff
#[utoipa::path(tag = "staff", request_body = NewStaff, security(("bearer" = ["staff"])), responses((status = 201, body = StaffMember), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/staff")]
async fn add(_: Staff<StaffBooks>, body: Valid<NewStaff>, db: Data<Db>) -> Result<HttpResponse> {
    let Valid(NewStaff { login, name, password, role, store }) = body;
    let id = staff::add(&db, &login, &name, password, Post::of(role, store)?).await?;
    Ok(HttpResponse::Created().json(StaffMember::new(staff::get(db.read(), id).await?, false)))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
struct StaffChange {
    #[garde(inner(length(chars, min = 1, max = 40)))]
    name: Option<String>,
    #[garde(skip)]
    role: Option<Role>,
    /// Where they work from now on; whoever becomes headquarters leaves their store.
    #[garde(skip)]
    store: Option<StoreId>,
    /// Whether they may sign in no more.
    #[garde(skip)]
    disabled: Option<bool>,
}

/// Change a member of staff; another role or store, or none, signs them out
#[utoipa::path(tag = "staff", request_body = StaffChange, params(("id" = StaffId, Path)), security(("bearer" = ["staff"])), responses((status = 200, body = StaffMember), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[patch("/staff/{id}")]
async fn change(
    caller: Staff<StaffBooks>,
    id: Path<StaffId>,
    body: Valid<StaffChange>,
    db: Data<Db>,
) -> Result<Json<StaffMember>> {
    let Valid(StaffChange { name, role, store, disabled }) = body;
    if caller.id == *id && (role.is_some_and(|role| role != caller.role) || disabled == Some(true)) {
        // Somebody of headquarters is always left.
        return Err(Error::new(Code::Conflict).detail("nobody takes away their own rights"));
    }
    let changed = staff::change(&db, *id, &staff::Change { name, role, store, disabled }).await?;
    Ok(Json(StaffMember::new(changed, link::is_there(db.read(), *id).await?)))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
struct GivenPassword {
    /// At least 10 characters, without the login.
    #[garde(length(max = 200))]
    password: String,
}

/// Give a member of staff another password; their sessions end
#[utoipa::path(tag = "staff", request_body = GivenPassword, params(("id" = StaffId, Path)), security(("bearer" = ["staff"])), responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[post("/staff/{id}/password")]
async fn set_password(
    _: Staff<StaffBooks>,
    id: Path<StaffId>,
    body: Valid<GivenPassword>,
    db: Data<Db>,
) -> Result<HttpResponse> {
    let Valid(GivenPassword { password }) = body;
    staff::set_password(&db, *id, password, None).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sign a member of staff out everywhere
#[utoipa::path(tag = "staff", params(("id" = StaffId, Path)), security(("bearer" = ["staff"])), responses((status = 204), (status = 404, body = Problem)))]
#[delete("/staff/{id}/sessions")]
async fn end_sessions(_: Staff<StaffBooks>, id: Path<StaffId>, db: Data<Db>) -> Result<HttpResponse> {
    staff::sign_out(&db, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Remove the second factor of somebody who has lost it
#[utoipa::path(tag = "staff", params(("id" = StaffId, Path)), security(("bearer" = ["staff"])), responses((status = 204), (status = 404, body = Problem)))]
#[delete("/staff/{id}/second-factor")]
async fn remove_second_factor(_: Staff<StaffBooks>, id: Path<StaffId>, db: Data<Db>) -> Result<HttpResponse> {
    second_factor::remove(&db, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
