//! What the brand wants to know of members, declared as data.

use actix_web::{
    HttpResponse, get, post, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::members::attribute::{Class, Kind};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights},
    error::Result,
    http::{body::Valid, problem::Problem},
    infra::db::{Db, Tx},
    members::attribute::{self, Draft, Rule},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(declare).service(change);
}

/// An attribute.
#[derive(Debug, Serialize, ToSchema)]
struct Attribute {
    key: String,
    label_zh: String,
    label_en: String,
    kind: Kind,
    class: Class,
    sensitive: bool,
    rule: Rule,
    retired: bool,
    updated_at: DateTime<Utc>,
}

impl From<attribute::Attribute> for Attribute {
    fn from(attribute: attribute::Attribute) -> Self {
        let attribute::Attribute { row, rule } = attribute;
        Self {
            key: row.key,
            label_zh: row.label_zh,
            label_en: row.label_en,
            kind: row.kind,
            class: row.class,
            sensitive: row.sensitive,
            rule,
            retired: row.retired,
            updated_at: row.updated_at,
        }
    }
}

/// Every attribute, the retired ones too
#[utoipa::path(tag = "members", security(("bearer" = ["counter"])), responses((status = 200, body = Vec<Attribute>), (status = 401, body = Problem)))]
#[get("/member-attributes")]
async fn list(_: Staff<rights::Counter>, db: Data<Db>) -> Result<Json<Vec<Attribute>>> {
    Ok(Json(attribute::all(db.read()).await?.into_values().map(Attribute::from).collect()))
}

/// An attribute to declare. Its kind, and whether it is sensitive, cannot be changed later.
#[derive(Debug, Deserialize, Validate, ToSchema)]
struct Declare {
    /// Its name in values and calls.
    #[garde(pattern("^[a-z][a-z0-9_]{0,31}$"))]
    #[schema(pattern = "^[a-z][a-z0-9_]{0,31}$")]
    key: String,
    #[garde(skip)]
    kind: Kind,
    /// Sealed, and read in named scenes only.
    #[garde(skip)]
    #[serde(default)]
    sensitive: bool,
    #[garde(dive)]
    #[serde(flatten)]
    draft: Draft,
}

/// Declare an attribute
#[utoipa::path(tag = "members", request_body = Declare, security(("bearer" = ["attributes"])), responses((status = 201, body = Attribute), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/member-attributes")]
async fn declare(_: Staff<rights::Attributes>, body: Valid<Declare>, db: Data<Db>) -> Result<HttpResponse> {
    let Valid(Declare { key, kind, sensitive, draft }) = body;
    let declared = db.tx(async |tx: &Tx| attribute::declare(tx, &key, kind, sensitive, &draft).await).await?;
    Ok(HttpResponse::Created().json(Attribute::from(declared)))
}

/// Change an attribute; values that are there stay as they are
#[utoipa::path(tag = "members", request_body = Draft, params(("key" = String, Path, example = "shoe_size")), security(("bearer" = ["attributes"])), responses((status = 200, body = Attribute), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[put("/member-attributes/{key}")]
async fn change(
    _: Staff<rights::Attributes>,
    key: Path<String>,
    body: Valid<Draft>,
    db: Data<Db>,
) -> Result<Json<Attribute>> {
    let changed = db.tx(async |tx: &Tx| attribute::change(tx, &key, &body.0).await).await?;
    Ok(Json(changed.into()))
}
