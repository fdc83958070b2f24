//! Approving, starting, holding and ending campaigns.

use actix_web::{
    post,
    web::{Data, Json, Path},
};
use entity::types::CampaignId;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::campaigns::Shown;
use crate::{
    admin::{
        Staff,
        rights::{Approvals, Brakes},
    },
    error::Result,
    http::{body::Valid, idempotency::IdempotencyKey, problem::Problem},
    infra::{
        config::Rewards,
        db::{Db, Tx},
    },
    rewards::{
        campaign::{self, By},
        stop::{self, Cause, Scope},
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(approve).service(run).service(pause).service(end).service(kill);
}

/// What is done to a campaign.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ActOnCampaign)]
struct Act {
    /// The version that was seen.
    #[garde(skip)]
    version: i32,
    /// Why, for the record.
    #[garde(length(chars, min = 1, max = 500))]
    reason: String,
}

/// Approve the terms: the budget is put in, and split where that was said. Somebody else has to do it than who wrote them, above a limit
#[utoipa::path(tag = "campaigns", request_body = Act, params(("id" = CampaignId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["approvals"])),
    responses((status = 200, body = Shown), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/campaigns/{id}/approve")]
async fn approve(
    caller: Staff<Approvals>,
    id: Path<CampaignId>,
    key: IdempotencyKey,
    body: Valid<Act>,
    db: Data<Db>,
    limits: Data<Rewards>,
) -> Result<Json<Shown>> {
    let Valid(act) = body;
    let by = By { staff: caller.id, version: act.version, reason: &act.reason };
    let done = db.tx(async |tx: &Tx| {
        let effect = async || Shown::try_from(campaign::approve(tx, *id, &limits, by).await?);
        key.once(tx, &caller.actor(), &act, effect).await
    });
    Ok(Json(done.await?))
}

/// Start a campaign, or let it go on
#[utoipa::path(tag = "campaigns", request_body = Act, params(("id" = CampaignId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["approvals"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/campaigns/{id}/run")]
async fn run(
    caller: Staff<Approvals>,
    id: Path<CampaignId>,
    key: IdempotencyKey,
    body: Valid<Act>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    let Valid(act) = body;
    let by = By { staff: caller.id, version: act.version, reason: &act.reason };
    let done = db.tx(async |tx: &Tx| {
        let effect = async || Shown::try_from(campaign::run(tx, *id, by).await?);
        key.once(tx, &caller.actor(), &act, effect).await
    });
    Ok(Json(done.await?))
}

/// Hold a campaign: it gives nothing until it runs again
#[utoipa::path(tag = "campaigns", request_body = Act, params(("id" = CampaignId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["brakes"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/campaigns/{id}/pause")]
async fn pause(
    caller: Staff<Brakes>,
    id: Path<CampaignId>,
    key: IdempotencyKey,
    body: Valid<Act>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    let Valid(act) = body;
    let by = By { staff: caller.id, version: act.version, reason: &act.reason };
    let done = db.tx(async |tx: &Tx| {
        let effect = async || Shown::try_from(campaign::pause(tx, *id, by).await?);
        key.once(tx, &caller.actor(), &act, effect).await
    });
    Ok(Json(done.await?))
}

/// End a campaign for good
#[utoipa::path(tag = "campaigns", request_body = Act, params(("id" = CampaignId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["approvals"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/campaigns/{id}/end")]
async fn end(
    caller: Staff<Approvals>,
    id: Path<CampaignId>,
    key: IdempotencyKey,
    body: Valid<Act>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    let Valid(act) = body;
    let by = By { staff: caller.id, version: act.version, reason: &act.reason };
    let done = db.tx(async |tx: &Tx| {
        let effect = async || Shown::try_from(campaign::end(tx, *id, by).await?);
        key.once(tx, &caller.actor(), &act, effect).await
    });
    Ok(Json(done.await?))
}

/// Why a campaign is killed.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KillCampaign)]
struct Kill {
    /// Why, for the record.
    #[garde(length(chars, min = 1, max = 500))]
    reason: String,
}

/// The kill switch: whatever version it is, it gives nothing more, and nothing that it promised is handed to WeChat until the stop is lifted
#[utoipa::path(tag = "campaigns", request_body = Kill, params(("id" = CampaignId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["brakes"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem)))]
#[post("/campaigns/{id}/kill")]
async fn kill(
    caller: Staff<Brakes>,
    id: Path<CampaignId>,
    key: IdempotencyKey,
    body: Valid<Kill>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    let Valid(body) = body;
    let done = db.tx(async |tx: &Tx| {
        let effect = async || {
            campaign::get(tx.db(), *id).await?;
            stop::put(tx, &Scope::Campaign(*id), Cause::Staff, &body.reason, None, Some(caller.id)).await?;
            campaign::kill(tx, *id, caller.id, &body.reason).await?;
            Shown::try_from(campaign::get(tx.db(), *id).await?.row)
        };
        key.once(tx, &caller.actor(), &body, effect).await
    });
    Ok(Json(done.await?))
}
