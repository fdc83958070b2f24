//! What staff see and do about bills and their differences, under `/api/admin/v1`.

mod proof;
mod shown;

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Json, Path},
};
use entity::{
    rewards::{reconciliation, reconciliation_case},
    types::{MerchantKey, ReconciliationCaseId, ReconciliationId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use self::shown::{Case, Shown};
use super::{cases, store};
use crate::{
    admin::{Staff, rights::Reconciliations},
    error::Result,
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::db::{Db, Tx},
};

/// The routes of reconciliation under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(show).service(list_cases).service(run).service(settle).configure(proof::routes);
}

/// Which days.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those of this merchant.
    #[garde(skip)]
    merchant: Option<MerchantKey>,
    /// Only those in this state.
    #[garde(skip)]
    state: Option<reconciliation::State>,
}

/// Days that were, or are to be, held against WeChat's bills, the latest first
#[utoipa::path(tag = "reconciliation", params(Filter, PageQuery), security(("bearer" = ["reconciliations"])), responses((status = 200, body = Page<Shown>), (status = 403, body = Problem)))]
#[get("/reconciliations")]
async fn list(
    _: Staff<Reconciliations>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Shown>>> {
    let Filter { merchant, state } = filter.0;
    let rows = store::list(db.read(), store::Filter { merchant, state }, &page).await?;
    Ok(Json(page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, Shown::from)))
}

/// A day with its first cases.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationDetail)]
struct Detail {
    #[serde(flatten)]
    day: Shown,
    /// Its cases, the latest first.
    cases: Page<Case>,
}

async fn cases_of(db: &Db, row: &reconciliation::Model, page: &PageQuery) -> Result<Page<Case>> {
    let rows = cases::of_day(db.read(), (&row.merchant, row.day), page).await?;
    let place = |row: &reconciliation_case::Model| Cursor { at: row.found_at, id: row.id.into() };
    let Page { items, next } = page.page(rows, place, Case::try_from);
    Ok(Page { items: items.into_iter().collect::<Result<_>>()?, next })
}

/// One day, with what is different
#[utoipa::path(tag = "reconciliation", params(("id" = ReconciliationId, Path)), security(("bearer" = ["reconciliations"])), responses((status = 200, body = Detail), (status = 404, body = Problem)))]
#[get("/reconciliations/{id}")]
async fn show(_: Staff<Reconciliations>, id: Path<ReconciliationId>, db: Data<Db>) -> Result<Json<Detail>> {
    let row = store::get(db.read(), *id).await?;
    let cases = cases_of(&db, &row, &PageQuery { cursor: None, limit: 100 }).await?;
    Ok(Json(Detail { day: row.into(), cases }))
}

/// What is different on a day, the latest first
#[utoipa::path(tag = "reconciliation", params(("id" = ReconciliationId, Path), PageQuery), security(("bearer" = ["reconciliations"])), responses((status = 200, body = Page<Case>), (status = 404, body = Problem)))]
#[get("/reconciliations/{id}/cases")]
async fn list_cases(
    _: Staff<Reconciliations>,
    id: Path<ReconciliationId>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Case>>> {
    let row = store::get(db.read(), *id).await?;
    Ok(Json(cases_of(&db, &row, &page).await?))
}

/// Look at a day again: its bill is fetched and matched anew, and cases that are no more close themselves
#[utoipa::path(tag = "reconciliation", params(("id" = ReconciliationId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["reconciliations"])),
    responses((status = 202, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/reconciliations/{id}/run")]
async fn run(
    caller: Staff<Reconciliations>,
    id: Path<ReconciliationId>,
    key: IdempotencyKey,
    db: Data<Db>,
) -> Result<HttpResponse> {
    let day = db
        .tx(async |tx: &Tx| {
            key.once(tx, &caller.actor(), &(), async || Ok(Shown::from(store::again(tx, *id).await?))).await
        })
        .await?;
    Ok(HttpResponse::Accepted().json(day))
}

/// Why a difference is one.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettleCase)]
struct Settle {
    /// For the record.
    #[garde(length(chars, min = 4, max = 500))]
    reason: String,
}

/// Settle a difference: say why it is one. The merchant pays again once all are settled and its stop was lifted
#[utoipa::path(tag = "reconciliation", request_body = Settle, params(("id" = ReconciliationCaseId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["reconciliations"])),
    responses((status = 200, body = Case), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/reconciliation-cases/{id}/settle")]
async fn settle(
    caller: Staff<Reconciliations>,
    id: Path<ReconciliationCaseId>,
    key: IdempotencyKey,
    body: Valid<Settle>,
    db: Data<Db>,
) -> Result<Json<Case>> {
    let Valid(body) = body;
    let settled = db.tx(async |tx: &Tx| {
        let effect = async || Case::try_from(cases::settle(tx, *id, &body.reason, caller.id).await?);
        key.once(tx, &caller.actor(), &body, effect).await
    });
    Ok(Json(settled.await?))
}
