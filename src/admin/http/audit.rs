//! What staff did.

use actix_web::{
    get,
    web::{Data, Json},
};
use chrono::{DateTime, Utc};
use entity::types::{AuditEntryId, StaffId};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{
        Staff,
        audit::{self, check::Checked},
        rights::Audits,
    },
    error::Result,
    http::{
        body::ValidQuery,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::{db::Db, secret::Vault},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(check);
}

/// Something that a member of staff did, or was about to do.
#[derive(Debug, Serialize, ToSchema)]
struct AuditEntry {
    id: AuditEntryId,
    /// The how many-th entry it is.
    place: i64,
    at: DateTime<Utc>,
    staff: StaffId,
    /// Method and pattern of the call.
    action: String,
    path: String,
    request_id: String,
    /// How it was answered; absent in the entry that was written before.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<i32>,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// Of this member of staff alone.
    #[garde(skip)]
    staff: Option<StaffId>,
}

/// What staff did, the latest first
#[utoipa::path(tag = "audit", params(Whose, PageQuery), security(("bearer" = ["audits"])), responses((status = 200, body = Page<AuditEntry>), (status = 403, body = Problem)))]
#[get("/audit")]
async fn list(
    _: Staff<Audits>,
    whose: ValidQuery<Whose>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<AuditEntry>>> {
    let rows = audit::list(db.read(), whose.staff, page.after()?, page.fetch()).await?;
    let place = |row: &entity::admin::audit_entry::Model| Cursor { at: row.at, id: row.id.into() };
    Ok(Json(page.page(rows, place, |row| AuditEntry {
        id: row.id,
        place: row.place,
        at: row.at,
        staff: row.staff_id,
        action: row.action,
        path: row.path,
        request_id: row.request_id,
        status: row.status,
    })))
}

/// Is the record whole?
#[utoipa::path(tag = "audit", security(("bearer" = ["audits"])), responses((status = 200, body = Checked), (status = 403, body = Problem)))]
#[get("/audit/check")]
async fn check(_: Staff<Audits>, db: Data<Db>, vault: Data<Vault>) -> Result<Json<Checked>> {
    Ok(Json(audit::check::check(&db, &vault).await?))
}
