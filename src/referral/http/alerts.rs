//! Alerts of the guard as staff see and decide them.

use actix_web::{
    get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    referral::{
        alert::{Model, Severity, State},
        review::Decision,
    },
    types::{ReferralAlertId, ReferralId, ReferralProgramId, StaffId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::referrals::Reason;
use crate::{
    admin::{Staff, rights::Guard},
    error::Result,
    http::{
        body::{Valid, ValidQuery},
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::db::{Db, Tx},
    referral::{
        decide,
        guard::{self, alert},
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(show).service(release).service(reject);
}

/// Findings of one rule that have something in common.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralAlert)]
struct Shown {
    id: ReferralAlertId,
    program: ReferralProgramId,
    rule: String,
    reason_zh: &'static str,
    reason_en: &'static str,
    severity: Severity,
    /// How many findings.
    count: i64,
    first_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
    state: State,
    /// Who decided.
    staff: Option<StaffId>,
    reason: Option<String>,
    decided_at: Option<DateTime<Utc>>,
}

impl From<Model> for Shown {
    fn from(row: Model) -> Self {
        let rule = guard::rule(&row.rule);
        Self {
            id: row.id,
            program: row.program_id,
            reason_zh: rule.map_or("", |rule| rule.zh),
            reason_en: rule.map_or("", |rule| rule.en),
            rule: row.rule,
            severity: row.severity,
            count: row.count,
            first_at: row.first_at,
            last_at: row.last_at,
            state: row.state,
            staff: row.staff_id,
            reason: row.reason,
            decided_at: row.decided_at,
        }
    }
}

/// Which alerts.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those in this state.
    #[garde(skip)]
    state: Option<State>,
    /// Only those of this severity.
    #[garde(skip)]
    severity: Option<Severity>,
}

/// Alerts of the guard, the latest first
#[utoipa::path(tag = "referrals", params(Filter, PageQuery), security(("bearer" = ["guard"])), responses((status = 200, body = Page<Shown>), (status = 403, body = Problem)))]
#[get("/referral-alerts")]
async fn list(
    _: Staff<Guard>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Shown>>> {
    let wanted = alert::Filter { state: filter.state, severity: filter.severity };
    let rows = alert::list(db.read(), wanted, &page).await?;
    Ok(Json(page.page(rows, |row| Cursor { at: row.last_at, id: row.id.into() }, Shown::from)))
}

/// An alert with the invitations that it is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralAlertDetail)]
struct Detail {
    #[serde(flatten)]
    alert: Shown,
    referrals: Vec<ReferralId>,
}

async fn detail(db: &Db, id: ReferralAlertId) -> Result<Json<Detail>> {
    let referrals = alert::referrals(db.read(), id).await?;
    Ok(Json(Detail { alert: alert::get(db.read(), id).await?.into(), referrals }))
}

/// One alert of the guard
#[utoipa::path(tag = "referrals", params(("id" = ReferralAlertId, Path)), security(("bearer" = ["guard"])), responses((status = 200, body = Detail), (status = 404, body = Problem)))]
#[get("/referral-alerts/{id}")]
async fn show(_: Staff<Guard>, id: Path<ReferralAlertId>, db: Data<Db>) -> Result<Json<Detail>> {
    detail(&db, *id).await
}

/// Release everything that an alert holds; what comes of the same kind is not held any more
#[utoipa::path(tag = "referrals", request_body = Reason, params(("id" = ReferralAlertId, Path)), security(("bearer" = ["guard"])),
    responses((status = 200, body = Detail), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/referral-alerts/{id}/release")]
async fn release(
    caller: Staff<Guard>,
    id: Path<ReferralAlertId>,
    body: Valid<Reason>,
    db: Data<Db>,
) -> Result<Json<Detail>> {
    let decision = Decision::Release;
    db.tx(async |tx: &Tx| decide::decide_all(tx, *id, decision, caller.id, &body.0.reason).await).await?;
    detail(&db, *id).await
}

/// Reject everything that an alert holds
#[utoipa::path(tag = "referrals", request_body = Reason, params(("id" = ReferralAlertId, Path)), security(("bearer" = ["guard"])),
    responses((status = 200, body = Detail), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/referral-alerts/{id}/reject")]
async fn reject(
    caller: Staff<Guard>,
    id: Path<ReferralAlertId>,
    body: Valid<Reason>,
    db: Data<Db>,
) -> Result<Json<Detail>> {
    let decision = Decision::Reject;
    db.tx(async |tx: &Tx| decide::decide_all(tx, *id, decision, caller.id, &body.0.reason).await).await?;
    detail(&db, *id).await
}
