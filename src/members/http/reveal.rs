//! Reading what is masked, for a named scene and a reason; and who has read what.

use actix_web::{
    HttpResponse, get,
    http::header::{CACHE_CONTROL, HeaderValue},
    post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    members::access::Model,
    types::{AccessId, MemberId, StaffId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{
        Staff,
        rights::{MemberData, Operations},
    },
    error::Result,
    http::{body::Valid, problem::Problem},
    identity,
    infra::{cache::Cache, config::Privacy, db::Db, secret::Vault},
    members::access::{self, Scene, Wish},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(reveal).service(accesses);
}

/// What to read, and why.
#[derive(Debug, Deserialize, Validate, ToSchema)]
struct Reveal {
    /// `phone`, or the key of a sensitive attribute.
    #[garde(length(min = 1, max = 32))]
    what: String,
    /// The occasion.
    #[garde(skip)]
    scene: Scene,
    /// Why, for the record.
    #[garde(length(chars, min = 4, max = 200))]
    reason: String,
}

/// What was read.
#[derive(Debug, Serialize, ToSchema)]
struct Revealed {
    value: Value,
}

/// Read a phone or a sensitive attribute of a member; who, what, when and why go on record
#[utoipa::path(tag = "members", request_body = Reveal, params(("id" = MemberId, Path)), security(("bearer" = ["member_data"])), responses((status = 200, body = Revealed),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[post("/members/{id}/reveal")]
async fn reveal(
    caller: Staff<MemberData>,
    id: Path<MemberId>,
    body: Valid<Reveal>,
    db: Data<Db>,
    cache: Data<Cache>,
    vault: Data<Vault>,
    privacy: Data<Privacy>,
) -> Result<HttpResponse> {
    let Valid(Reveal { what, scene, reason }) = body;
    let wish = Wish { member: *id, what, scene, reason, staff: caller.id, role: caller.role, scope: caller.scope() };
    let value = access::read(&db, &cache, &vault, &wish, privacy.reveals_per_hour).await?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")));
    Ok(answer.json(Revealed { value }))
}

/// One reading.
#[derive(Debug, Serialize, ToSchema)]
struct Access {
    id: AccessId,
    staff: StaffId,
    /// `phone`, or the key of an attribute.
    what: String,
    scene: String,
    reason: String,
    at: DateTime<Utc>,
}

impl From<Model> for Access {
    fn from(row: Model) -> Self {
        let Model { id, staff_id, what, scene, reason, at, .. } = row;
        Self { id, staff: staff_id, what, scene, reason, at }
    }
}

/// Who has read what of a member, the latest first
#[utoipa::path(tag = "members", params(("id" = MemberId, Path)), security(("bearer" = ["operations"])), responses((status = 200, body = Vec<Access>), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/members/{id}/accesses")]
async fn accesses(caller: Staff<Operations>, id: Path<MemberId>, db: Data<Db>) -> Result<Json<Vec<Access>>> {
    let member = identity::seen(db.read(), caller.scope(), *id).await?;
    Ok(Json(access::of(db.read(), member).await?.into_iter().map(Access::from).collect()))
}
