//! Starting, holding and ending programs, their leaderboards, and whether their invitations are what their log says.

use actix_web::{
    get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    referral::proof::Model,
    types::{ReferralProgramId, ReferralProofId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    board::{Asked, Line},
    programs::Shown,
};
use crate::{
    admin::{
        Staff,
        rights::{Approvals, Brakes, Referrals},
    },
    error::{Code, Error, Result},
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        problem::Problem,
    },
    infra::db::{Db, Tx},
    referral::{
        program,
        proof::{self, Difference},
    },
    rewards::campaign::By,
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(run).service(pause).service(end).service(board).service(prove).service(last);
}

/// What is done to a program.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ActOnReferralProgram)]
struct Act {
    /// The version that was seen.
    #[garde(skip)]
    version: i32,
    /// Why, for the record.
    #[garde(length(chars, min = 1, max = 500))]
    reason: String,
}

/// Start a program of invitations, or let it go on
#[utoipa::path(tag = "referrals", request_body = Act, params(("id" = ReferralProgramId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["approvals"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/referral-programs/{id}/run")]
async fn run(
    caller: Staff<Approvals>,
    id: Path<ReferralProgramId>,
    key: IdempotencyKey,
    body: Valid<Act>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    let Valid(act) = body;
    let by = By { staff: caller.id, version: act.version, reason: &act.reason };
    let done = db.tx(async |tx: &Tx| {
        let effect = async || Shown::of(tx.db(), program::run(tx, *id, by).await?).await;
        key.once(tx, &caller.actor(), &act, effect).await
    });
    Ok(Json(done.await?))
}

/// Hold a program of invitations: nothing new counts, nothing is given
#[utoipa::path(tag = "referrals", request_body = Act, params(("id" = ReferralProgramId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["brakes"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/referral-programs/{id}/pause")]
async fn pause(
    caller: Staff<Brakes>,
    id: Path<ReferralProgramId>,
    key: IdempotencyKey,
    body: Valid<Act>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    let Valid(act) = body;
    let by = By { staff: caller.id, version: act.version, reason: &act.reason };
    let done = db.tx(async |tx: &Tx| {
        let effect = async || Shown::of(tx.db(), program::pause(tx, *id, by).await?).await;
        key.once(tx, &caller.actor(), &act, effect).await
    });
    Ok(Json(done.await?))
}

/// End a program of invitations for good: what was touched before goes on
#[utoipa::path(tag = "referrals", request_body = Act, params(("id" = ReferralProgramId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["approvals"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/referral-programs/{id}/end")]
async fn end(
    caller: Staff<Approvals>,
    id: Path<ReferralProgramId>,
    key: IdempotencyKey,
    body: Valid<Act>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    let Valid(act) = body;
    let by = By { staff: caller.id, version: act.version, reason: &act.reason };
    let done = db.tx(async |tx: &Tx| {
        let effect = async || Shown::of(tx.db(), program::end(tx, *id, by).await?).await;
        key.once(tx, &caller.actor(), &act, effect).await
    });
    Ok(Json(done.await?))
}

/// Who has invited most, or brought most
#[utoipa::path(tag = "referrals", params(("id" = ReferralProgramId, Path), Asked), security(("bearer" = ["referrals"])), responses((status = 200, body = Vec<Line>), (status = 404, body = Problem)))]
#[get("/referral-programs/{id}/board")]
async fn board(
    caller: Staff<Referrals>,
    id: Path<ReferralProgramId>,
    asked: ValidQuery<Asked>,
    db: Data<Db>,
) -> Result<Json<Vec<Line>>> {
    program::get(db.read(), *id).await?;
    Ok(Json(Line::all(db.read(), *id, &asked, Some(caller.scope())).await?))
}

/// A look at whether the invitations of a program are what their log says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralProof)]
struct Proof {
    id: ReferralProofId,
    started_at: DateTime<Utc>,
    done_at: Option<DateTime<Utc>>,
    referrals: i64,
    differences: i64,
    /// The first of them.
    found: Vec<Difference>,
}

impl TryFrom<Model> for Proof {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            started_at: row.started_at,
            done_at: row.done_at,
            referrals: row.referrals,
            differences: row.differences,
            found: serde_json::from_value(row.found)?,
        })
    }
}

/// Derive every invitation of a program anew, and name differences
#[utoipa::path(tag = "referrals", params(("id" = ReferralProgramId, Path)), security(("bearer" = ["referrals"])), responses((status = 200, body = Proof), (status = 404, body = Problem)))]
#[post("/referral-programs/{id}/proof")]
async fn prove(_: Staff<Referrals>, id: Path<ReferralProgramId>, db: Data<Db>) -> Result<Json<Proof>> {
    Ok(Json(proof::prove(&db, *id).await?.try_into()?))
}

/// The last look at whether the invitations of a program are what their log says
#[utoipa::path(tag = "referrals", params(("id" = ReferralProgramId, Path)), security(("bearer" = ["referrals"])), responses((status = 200, body = Proof), (status = 404, body = Problem)))]
#[get("/referral-programs/{id}/proof")]
async fn last(_: Staff<Referrals>, id: Path<ReferralProgramId>, db: Data<Db>) -> Result<Json<Proof>> {
    let found = proof::last(db.read(), *id).await?.ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(Json(found.try_into()?))
}
