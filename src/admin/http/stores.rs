//! Stores, as headquarters open and close them and everybody sees them.

use actix_web::{
    HttpResponse, get, patch, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::types::StoreId;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{
        Staff,
        rights::{Anybody, Stores},
    },
    error::Result,
    http::{body::Valid, problem::Problem},
    infra::db::{Db, Tx},
    stores::{self, Row},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(open).service(change);
}

/// A place where the brand sells.
#[derive(Debug, Serialize, ToSchema)]
struct Store {
    id: StoreId,
    /// What it is called in files and on the command line.
    code: String,
    name: String,
    created_at: DateTime<Utc>,
    /// Since when it takes nobody new.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<DateTime<Utc>>,
}

impl From<Row> for Store {
    fn from(row: Row) -> Self {
        let Row { id, code, name, closed_at, created_at } = row;
        Self { id, code, name, created_at, closed_at }
    }
}

/// All stores, by their codes
#[utoipa::path(tag = "stores", security(("bearer" = ["anybody"])), responses((status = 200, body = Vec<Store>), (status = 401, body = Problem)))]
#[get("/stores")]
async fn list(_: Staff<Anybody>, db: Data<Db>) -> Result<Json<Vec<Store>>> {
    Ok(Json(stores::all(db.read()).await?.into_iter().map(Store::from).collect()))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStore {
    /// What it is called in files and on the command line; it stays.
    #[garde(pattern("^[A-Za-z0-9_-]{1,32}$"))]
    #[schema(pattern = "^[A-Za-z0-9_-]{1,32}$", example = "sh-01")]
    code: String,
    #[garde(length(chars, min = 1, max = 40))]
    name: String,
}

/// Open a store
#[utoipa::path(tag = "stores", request_body = NewStore, security(("bearer" = ["stores"])), responses((status = 201, body = Store), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/stores")]
async fn open(_: Staff<Stores>, body: Valid<NewStore>, db: Data<Db>) -> Result<HttpResponse> {
    let Valid(NewStore { code, name }) = body;
    let opened = db.tx(async |tx: &Tx| stores::open(tx, &code, &name).await).await?;
    Ok(HttpResponse::Created().json(Store::from(opened)))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct StoreChange {
    #[garde(inner(length(chars, min = 1, max = 40)))]
    name: Option<String>,
    /// Whether it takes nobody new.
    #[garde(skip)]
    closed: Option<bool>,
}

/// Change a store, close it or open it again; whom it has it keeps
#[utoipa::path(tag = "stores", request_body = StoreChange, params(("id" = StoreId, Path)), security(("bearer" = ["stores"])), responses((status = 200, body = Store), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[patch("/stores/{id}")]
async fn change(_: Staff<Stores>, id: Path<StoreId>, body: Valid<StoreChange>, db: Data<Db>) -> Result<Json<Store>> {
    let Valid(StoreChange { name, closed }) = body;
    let change = stores::Change { name, closed };
    Ok(Json(db.tx(async |tx: &Tx| stores::change(tx, *id, &change).await).await?.into()))
}
