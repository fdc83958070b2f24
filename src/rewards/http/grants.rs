//! Why somebody got something or did not, and who is held back.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse, delete, get, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    rewards::{
        campaign::What,
        grant::{Model, State},
    },
    types::{CampaignId, GrantId, MemberId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::payouts::Shown as Payout;
use crate::{
    admin::{
        Staff,
        rights::{Grants, Payouts},
    },
    error::{Code, Error, Result},
    http::{
        body::{Valid, ValidQuery},
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity,
    infra::db::{Db, Tx},
    members::shown::{begun, begun_many},
    rewards::{
        block,
        campaign::{self, Campaign},
        decision::{Check, Why},
        grant::{self, Because},
        payout,
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(show).service(hold).service(release);
}

/// What a rule gave or refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
struct Shown {
    id: GrantId,
    campaign: CampaignId,
    /// What the campaign is called.
    campaign_name: String,
    what: What,
    member: MemberId,
    /// How their name begins.
    member_name: String,
    state: State,
    /// How it was decided; a code never changes its meaning.
    code: String,
    reason_zh: &'static str,
    reason_en: &'static str,
    /// In the unit of the campaign; 0 when it was refused.
    amount: i64,
    because: Because,
    claim_until: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
    /// How much of what was given at once was taken back.
    came_back: i64,
    /// Why it was taken back, as far as that was possible.
    taken_back: Option<Because>,
}

impl Shown {
    fn of(row: Model, campaign: &Campaign, member_name: String) -> Result<Self> {
        let why = Why::of(&row.code).ok_or_else(|| Error::internal("a grant without a decision"))?;
        Ok(Self {
            id: row.id,
            campaign: row.campaign_id,
            campaign_name: campaign.terms.name.clone(),
            what: campaign.row.what,
            member: row.member_id,
            member_name,
            state: row.state,
            code: row.code,
            reason_zh: why.zh(),
            reason_en: why.en(),
            amount: row.amount,
            because: serde_json::from_value(row.because)?,
            claim_until: row.claim_until,
            created_at: row.created_at,
            settled_at: row.settled_at,
            came_back: row.came_back,
            taken_back: row.taken_back.map(serde_json::from_value).transpose()?,
        })
    }
}

/// Which grants.
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
}

/// Grants to members of the caller's store, or to all, given and refused, the latest first
#[utoipa::path(tag = "grants", params(Filter, PageQuery), security(("bearer" = ["grants"])), responses((status = 200, body = Page<Shown>), (status = 403, body = Problem)))]
#[get("/grants")]
async fn list(
    caller: Staff<Grants>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Shown>>> {
    let member = match filter.member {
        Some(member) => Some(identity::current(db.read(), member).await?.unwrap_or(member)),
        None => None,
    };
    let wanted = grant::Filter { member, campaign: filter.campaign, state: filter.state, without_refused: false };
    let rows = grant::list(db.read(), caller.scope(), wanted, &page).await?;
    let Page { items, next } = page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, |row| row);
    let campaigns = items.iter().map(|row| row.campaign_id).collect::<BTreeSet<_>>();
    let campaigns = campaign::many(db.read(), campaigns).await?;
    let names = begun_many(db.read(), items.iter().map(|row| row.member_id)).await?;
    let shown = items.into_iter().map(|row| {
        let campaign = campaigns.get(&row.campaign_id).ok_or_else(|| Error::internal("a grant without a campaign"))?;
        let name = names.get(&row.member_id).cloned().unwrap_or_default();
        Shown::of(row, campaign, name)
    });
    Ok(Json(Page { items: shown.collect::<Result<_>>()?, next }))
}

/// A grant with everything that led to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GrantDetail)]
struct Detail {
    #[serde(flatten)]
    grant: Shown,
    /// Every rule that was looked at, with what it saw.
    checks: Vec<Check>,
    payouts: Vec<Payout>,
}

/// Why did this person get this, or not?
#[utoipa::path(tag = "grants", params(("id" = GrantId, Path)), security(("bearer" = ["grants"])), responses((status = 200, body = Detail), (status = 404, body = Problem)))]
#[get("/grants/{id}")]
async fn show(caller: Staff<Grants>, id: Path<GrantId>, db: Data<Db>) -> Result<Json<Detail>> {
    let row = grant::get(db.read(), *id).await?;
    identity::seen(db.read(), caller.scope(), row.member_id).await?;
    let checks = serde_json::from_value(row.decision.clone())?;
    let payouts = payout::of_grant(db.read(), *id).await?.into_iter().map(Payout::from).collect();
    let campaign = campaign::get(db.read(), row.campaign_id).await?;
    let name = begun(db.read(), row.member_id).await?;
    Ok(Json(Detail { grant: Shown::of(row, &campaign, name)?, checks, payouts }))
}

/// Why somebody is held back.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HoldBack)]
struct Hold {
    /// For the record.
    #[garde(length(chars, min = 1, max = 500))]
    reason: String,
}

/// Hold a member back: they get nothing until they are released
#[utoipa::path(tag = "grants", request_body = Hold, params(("id" = MemberId, Path)), security(("bearer" = ["payouts"])), responses((status = 204), (status = 404, body = Problem)))]
#[put("/reward-blocks/{id}")]
async fn hold(caller: Staff<Payouts>, id: Path<MemberId>, body: Valid<Hold>, db: Data<Db>) -> Result<HttpResponse> {
    db.tx(async |tx: &Tx| block::block(tx, *id, &body.0.reason, Some(caller.id)).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Release a member who was held back
#[utoipa::path(tag = "grants", params(("id" = MemberId, Path)), security(("bearer" = ["payouts"])), responses((status = 204), (status = 404, body = Problem)))]
#[delete("/reward-blocks/{id}")]
async fn release(caller: Staff<Payouts>, id: Path<MemberId>, db: Data<Db>) -> Result<HttpResponse> {
    let released = db.tx(async |tx: &Tx| block::release(tx, *id).await).await?;
    if !released {
        return Err(Error::new(Code::NotFound));
    }
    tracing::info!(staff = %caller.id, member = %*id, "a member was released");
    Ok(HttpResponse::NoContent().finish())
}
