//! Signing in and out, oneself, the others, stores, what staff did, and the state of background work.

mod accounts;
mod audit;
mod events;
mod jobs;
mod me;
mod menu_shown;
mod menus;
mod staff;
mod stores;

use actix_web::{HttpRequest, HttpResponse, delete, post, web::Data};
use chrono::{DateTime, Utc};
use entity::{
    admin::staff::{Model, Role},
    types::{StaffId, StoreId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Staff,
    rights::Anybody,
    scan,
    session::{self, Credentials, Proof, SignedIn},
};
use crate::{
    error::Result,
    http::{body::Valid, caller, problem::Problem},
    infra::{cache::Cache, config::Http, db::Db, secret::Vault},
};

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(sign_in)
        .service(sign_out)
        .configure(scan::http::routes)
        .configure(me::routes)
        .configure(staff::routes)
        .configure(stores::routes)
        .configure(accounts::routes)
        .configure(menus::routes)
        .configure(audit::routes)
        .configure(events::routes)
        .configure(jobs::routes);
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
struct SignIn {
    #[garde(length(min = 1, max = 64))]
    login: String,
    #[garde(length(min = 1, max = 200))]
    password: String,
    /// What the authenticator shows, of those who have one.
    #[garde(length(max = 16))]
    #[serde(default)]
    code: Option<String>,
}

/// A member of staff.
#[derive(Debug, Serialize, ToSchema)]
struct Person {
    id: StaffId,
    login: String,
    name: String,
    role: Role,
    /// Where they work; headquarters have no store.
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<StoreId>,
}

/// A fresh session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    /// To be sent as `Authorization: Bearer …`. It is told only once.
    token: String,
    expires_at: DateTime<Utc>,
    staff: Person,
}

impl From<SignedIn> for Session {
    fn from(SignedIn { token, expires_at, person }: SignedIn) -> Self {
        let Model { id, login, name, role, store_id: store, .. } = person;
        Self { token, expires_at, staff: Person { id, login, name, role, store } }
    }
}

/// Sign in
#[utoipa::path(tag = "staff", request_body = SignIn, responses((status = 201, body = Session), (status = 401, body = Problem), (status = 429, body = Problem)))]
#[post("/sessions")]
async fn sign_in(
    body: Valid<SignIn>,
    request: HttpRequest,
    (db, cache, vault): (Data<Db>, Data<Cache>, Data<Vault>),
    http: Data<Http>,
) -> Result<HttpResponse> {
    let Valid(SignIn { login, password, code }) = body;
    let (proof, address) = (Proof::Password(password), caller::address(&request, http.proxies));
    let signed_in = session::sign_in(&db, &cache, &vault, Credentials { login, proof, code, address }).await?;
    Ok(HttpResponse::Created().json(Session::from(signed_in)))
}

/// Sign out
#[utoipa::path(tag = "staff", security(("bearer" = ["anybody"])), responses((status = 204), (status = 401, body = Problem)))]
#[delete("/sessions/current")]
async fn sign_out(caller: Staff<Anybody>, db: Data<Db>) -> Result<HttpResponse> {
    session::end(&db, caller.id, caller.session).await?;
    Ok(HttpResponse::NoContent().finish())
}
