//! Payouts as staff see them, and what they can do about them.

use actix_web::{
    get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    rewards::{
        payout::{Model, Provider, State},
        payout_event::{self, Cause},
    },
    types::{AccountKey, CampaignId, Fen, GrantId, MemberId, MerchantKey, PayoutId, StaffId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Payouts},
    error::Result,
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::db::{Db, Tx},
    members::shown::{begun, begun_many},
    rewards::payout::{self, By},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(show).service(cancel).service(replace).service(close);
}

/// Money on its way.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Payout)]
pub(super) struct Shown {
    id: PayoutId,
    grant: GrantId,
    campaign: CampaignId,
    member: MemberId,
    provider: Provider,
    merchant: MerchantKey,
    account: AccountKey,
    /// Our number, as the merchant platform knows it.
    out_no: String,
    /// WeChat's number.
    provider_no: Option<String>,
    amount_fen: Fen,
    refunded_fen: Fen,
    state: State,
    /// How often it was handed to WeChat.
    attempts: i32,
    /// What was heard last.
    code: Option<String>,
    /// What somebody has to look into.
    review: Option<String>,
    replaces: Option<PayoutId>,
    sent_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    next_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
}

impl From<Model> for Shown {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            grant: row.grant_id,
            campaign: row.campaign_id,
            member: row.member_id,
            provider: row.provider,
            merchant: row.merchant,
            account: row.account,
            out_no: row.out_no,
            provider_no: row.provider_no,
            amount_fen: row.amount,
            refunded_fen: row.refunded,
            state: row.state,
            attempts: row.attempts,
            code: row.code,
            review: row.review,
            replaces: row.replaces_id,
            sent_at: row.sent_at,
            expires_at: row.expires_at,
            next_at: row.next_at,
            created_at: row.created_at,
            settled_at: row.settled_at,
        }
    }
}

/// Which payouts.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those of this member.
    #[garde(skip)]
    member: Option<MemberId>,
    /// Only those of this campaign.
    #[garde(skip)]
    campaign: Option<CampaignId>,
    /// Only those in this state.
    #[garde(skip)]
    state: Option<State>,
    /// Only those that somebody has to look into.
    #[garde(skip)]
    #[serde(default)]
    review: bool,
}

/// A payout, with whom it is for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedPayout)]
struct Listed {
    #[serde(flatten)]
    payout: Shown,
    /// How the member's name begins.
    member_name: String,
}

/// Payouts, the latest first
#[utoipa::path(tag = "payouts", params(Filter, PageQuery), security(("bearer" = ["payouts"])), responses((status = 200, body = Page<Listed>), (status = 403, body = Problem)))]
#[get("/payouts")]
async fn list(
    _: Staff<Payouts>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Listed>>> {
    let Filter { member, campaign, state, review } = filter.0;
    let rows = payout::list(db.read(), payout::Filter { member, campaign, state, review }, &page).await?;
    let names = begun_many(db.read(), rows.iter().map(|row| row.member_id)).await?;
    let listed = |row: Model| {
        let member_name = names.get(&row.member_id).cloned().unwrap_or_default();
        Listed { payout: row.into(), member_name }
    };
    Ok(Json(page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, listed)))
}

/// A payout with all its steps.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayoutDetail)]
struct Detail {
    #[serde(flatten)]
    payout: Listed,
    steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayoutStep)]
struct Step {
    from: State,
    to: State,
    cause: Cause,
    code: String,
    attempt: i32,
    at: DateTime<Utc>,
    /// Who of the staff made it.
    staff: Option<StaffId>,
    /// Why staff or a rule made it.
    reason: Option<String>,
}

impl From<payout_event::Model> for Step {
    fn from(row: payout_event::Model) -> Self {
        let payout_event::Model { from_state, to_state, cause, code, attempt, at, staff_id, reason, .. } = row;
        Self { from: from_state, to: to_state, cause, code, attempt, at, staff: staff_id, reason }
    }
}

/// One payout
#[utoipa::path(tag = "payouts", params(("id" = PayoutId, Path)), security(("bearer" = ["payouts"])), responses((status = 200, body = Detail), (status = 404, body = Problem)))]
#[get("/payouts/{id}")]
async fn show(_: Staff<Payouts>, id: Path<PayoutId>, db: Data<Db>) -> Result<Json<Detail>> {
    let row = payout::get(db.read(), *id).await?;
    let steps = payout::steps(db.read(), *id).await?;
    let member_name = begun(db.read(), row.member_id).await?;
    let payout = Listed { payout: row.into(), member_name };
    Ok(Json(Detail { payout, steps: steps.into_iter().map(Step::from).collect() }))
}

/// Why something is done to a payout.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ActOnPayout)]
struct Act {
    /// For the record.
    #[garde(length(chars, min = 1, max = 500))]
    reason: String,
}

/// Take a payout back that nobody has taken yet
#[utoipa::path(tag = "payouts", request_body = Act, params(("id" = PayoutId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["payouts"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/payouts/{id}/cancel")]
async fn cancel(
    caller: Staff<Payouts>,
    id: Path<PayoutId>,
    key: IdempotencyKey,
    body: Valid<Act>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    let Valid(act) = body;
    let by = By::Staff(caller.id, &act.reason);
    let done = db.tx(async |tx: &Tx| {
        let effect = async || Ok(Shown::from(payout::cancel(tx, *id, by).await?));
        key.once(tx, &caller.actor(), &act, effect).await
    });
    Ok(Json(done.await?))
}

/// Pay anew what WeChat has ended without paying, under a new number
#[utoipa::path(tag = "payouts", request_body = Act, params(("id" = PayoutId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["payouts"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/payouts/{id}/replace")]
async fn replace(
    caller: Staff<Payouts>,
    id: Path<PayoutId>,
    key: IdempotencyKey,
    body: Valid<Act>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    let Valid(act) = body;
    let by = By::Staff(caller.id, &act.reason);
    let done = db.tx(async |tx: &Tx| {
        let effect = async || Ok(Shown::from(payout::replace(tx, *id, by).await?));
        key.once(tx, &caller.actor(), &act, effect).await
    });
    Ok(Json(done.await?))
}

/// Say that WeChat never had a payout, by its bill: it does not know the number for two days
#[utoipa::path(tag = "payouts", request_body = Act, params(("id" = PayoutId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["payouts"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/payouts/{id}/close")]
async fn close(
    caller: Staff<Payouts>,
    id: Path<PayoutId>,
    key: IdempotencyKey,
    body: Valid<Act>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    let Valid(act) = body;
    let by = By::Staff(caller.id, &act.reason);
    let done = db.tx(async |tx: &Tx| {
        let effect = async || Ok(Shown::from(payout::close(tx, *id, by).await?));
        key.once(tx, &caller.actor(), &act, effect).await
    });
    Ok(Json(done.await?))
}
