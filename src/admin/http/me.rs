//! Oneself: the sessions, the password, the second factor.

use actix_web::{
    HttpResponse, delete, get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    admin::staff::Role,
    types::{StaffId, StaffSessionId, StoreId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Anybody, scan::link, second_factor, session, staff},
    error::Result,
    http::{body::Valid, problem::Problem},
    infra::{cache::Cache, db::Db, secret::Vault},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(me)
        .service(sessions)
        .service(end_session)
        .service(set_password)
        .service(begin_second_factor)
        .service(confirm_second_factor)
        .service(remove_second_factor);
}

/// Oneself.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    id: StaffId,
    login: String,
    name: String,
    role: Role,
    /// Of which store they see the people; headquarters see those of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<StoreId>,
    /// Whether signing in takes a code.
    second_factor: bool,
    /// Whether a WeChat is linked to sign in with.
    wechat: bool,
}

/// Who am I?
#[utoipa::path(tag = "staff", security(("bearer" = ["anybody"])), responses((status = 200, body = Me), (status = 401, body = Problem)))]
#[get("/me")]
async fn me(caller: Staff<Anybody>, db: Data<Db>) -> Result<Json<Me>> {
    let person = staff::get(db.read(), caller.id).await?;
    let second_factor = person.second_factor_at.is_some();
    let wechat = link::is_there(db.read(), caller.id).await?;
    let store = caller.post.store();
    let Staff { id, login, name, role, .. } = caller;
    Ok(Json(Me { id, login, name, role, store, second_factor, wechat }))
}

/// A device that is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct StaffSession {
    id: StaffSessionId,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    current: bool,
}

/// Where am I signed in?
#[utoipa::path(tag = "staff", security(("bearer" = ["anybody"])), responses((status = 200, body = Vec<StaffSession>), (status = 401, body = Problem)))]
#[get("/me/sessions")]
async fn sessions(caller: Staff<Anybody>, db: Data<Db>) -> Result<Json<Vec<StaffSession>>> {
    let theirs = session::of(&db, caller.id).await?.into_iter();
    Ok(Json(
        theirs
            .map(|row| StaffSession {
                id: row.id,
                created_at: row.created_at,
                expires_at: row.expires_at,
                current: row.id == caller.session,
            })
            .collect(),
    ))
}

/// Sign out elsewhere
#[utoipa::path(tag = "staff", params(("id" = StaffSessionId, Path)), security(("bearer" = ["anybody"])), responses((status = 204), (status = 404, body = Problem)))]
#[delete("/me/sessions/{id}")]
async fn end_session(caller: Staff<Anybody>, id: Path<StaffSessionId>, db: Data<Db>) -> Result<HttpResponse> {
    session::end(&db, caller.id, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
struct NewPassword {
    /// The present one.
    #[garde(length(min = 1, max = 200))]
    old: String,
    /// At least 10 characters, without the login.
    #[garde(length(max = 200))]
    new: String,
}

/// Change one's password; every other session ends
#[utoipa::path(tag = "staff", request_body = NewPassword, security(("bearer" = ["anybody"])), responses((status = 204), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[post("/me/password")]
async fn set_password(
    caller: Staff<Anybody>,
    body: Valid<NewPassword>,
    db: Data<Db>,
    cache: Data<Cache>,
) -> Result<HttpResponse> {
    let Valid(NewPassword { old, new }) = body;
    session::check_password(&db, &cache, caller.id, "old", old).await?;
    staff::set_password(&db, caller.id, new, Some(caller.session)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What an authenticator needs to know.
#[derive(Debug, Serialize, ToSchema)]
struct SecondFactor {
    /// The secret in base32, to be typed. It is told only once.
    secret: String,
    /// The same as an `otpauth://` address, to be shown as a QR code.
    url: String,
}

/// Begin to set up a second factor; it counts once a code of it was shown
#[utoipa::path(tag = "staff", security(("bearer" = ["anybody"])), responses((status = 201, body = SecondFactor), (status = 409, body = Problem)))]
#[post("/me/second-factor")]
async fn begin_second_factor(caller: Staff<Anybody>, db: Data<Db>, vault: Data<Vault>) -> Result<HttpResponse> {
    let second_factor::SetUp { secret, url } = second_factor::begin(&db, &vault, caller.id).await?;
    Ok(HttpResponse::Created().json(SecondFactor { secret, url }))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
struct ShownCode {
    /// What the authenticator shows.
    #[garde(length(min = 6, max = 16))]
    code: String,
}

/// Show a first code; from then on signing in takes one
#[utoipa::path(tag = "staff", request_body = ShownCode, security(("bearer" = ["anybody"])), responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[post("/me/second-factor/confirm")]
async fn confirm_second_factor(
    caller: Staff<Anybody>,
    body: Valid<ShownCode>,
    (db, vault, cache): (Data<Db>, Data<Vault>, Data<Cache>),
) -> Result<HttpResponse> {
    session::count_attempt(&cache, caller.id).await?;
    second_factor::confirm(&db, &vault, caller.id, &body.0.code).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Remove one's second factor, with a last code of it
#[utoipa::path(tag = "staff", request_body = ShownCode, security(("bearer" = ["anybody"])), responses((status = 204), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[post("/me/second-factor/remove")]
async fn remove_second_factor(
    caller: Staff<Anybody>,
    body: Valid<ShownCode>,
    (db, vault, cache): (Data<Db>, Data<Vault>, Data<Cache>),
) -> Result<HttpResponse> {
    session::count_attempt(&cache, caller.id).await?;
    let person = staff::get(db.read(), caller.id).await?;
    second_factor::check(&db, &vault, &person, &body.0.code).await?;
    second_factor::remove(&db, caller.id).await?;
    Ok(HttpResponse::NoContent().finish())
}
