//! Campaigns as staff write and see them.

use actix_web::{
    HttpResponse, get, post, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    rewards::{
        campaign::{Model, State},
        campaign_event,
    },
    types::{CampaignId, StaffId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Campaigns},
    error::{Error, Result},
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::{
        config::Rewards,
        db::{Db, Tx},
    },
    rewards::{
        budget::{self, Sums},
        campaign::{self, By, Preview, rules},
        check::{self, Books},
        terms::{Gives, Terms},
    },
    wechat::{
        account::{Accounts, Kind},
        pay::Pay,
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(create).service(show).service(change).service(preview).service(books);
}

/// A campaign.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Campaign)]
pub(super) struct Shown {
    id: CampaignId,
    state: State,
    /// To be named by whoever changes it.
    version: i32,
    terms: Terms,
    written_by: StaffId,
    changed_by: StaffId,
    approved_by: Option<StaffId>,
    approved_at: Option<DateTime<Utc>>,
    /// `staff`, or the rule that stopped it: `rate`, `failures`, `one_person`, `mismatch`, `kill`.
    paused_why: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<Model> for Shown {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            state: row.state,
            version: row.version,
            terms: serde_json::from_value(row.terms)?,
            written_by: row.written_by,
            changed_by: row.changed_by,
            approved_by: row.approved_by,
            approved_at: row.approved_at,
            paused_why: row.paused_why,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Which campaigns.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those in this state.
    #[garde(skip)]
    state: Option<State>,
}

/// Campaigns, the newest first
#[utoipa::path(tag = "campaigns", params(Filter, PageQuery), security(("bearer" = ["campaigns"])), responses((status = 200, body = Page<Shown>), (status = 403, body = Problem)))]
#[get("/campaigns")]
async fn list(
    _: Staff<Campaigns>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Shown>>> {
    let rows = campaign::list(db.read(), filter.state, &page).await?;
    let Page { items, next } = page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, Shown::try_from);
    Ok(Json(Page { items: items.into_iter().collect::<Result<_>>()?, next }))
}

/// Whether the accounts that the terms name can do what they say (pay sheet section 0.1).
fn check_accounts(terms: &Terms, accounts: &Accounts, pay: &Pay) -> Result<()> {
    let unknown = |field: &'static str| Error::invalid(field, "is no account of the brand");
    if let Some(follows) = &terms.eligibility.follows {
        let account = accounts.get(follows).ok_or_else(|| unknown("eligibility.follows"))?;
        if account.kind != Kind::Official {
            return Err(Error::invalid("eligibility.follows", "must be an official account"));
        }
    }
    let Some(route) = terms.gives.route() else { return Ok(()) };
    let merchant = pay.merchant(route.merchant);
    let merchant = merchant.ok_or_else(|| Error::invalid("gives.merchant", "is no merchant of the brand"))?;
    let kind = accounts.get(route.account).ok_or_else(|| unknown("gives.account"))?.kind;
    match (&terms.gives, kind) {
        (Gives::RedPacket(_), Kind::Mini) => {
            return Err(Error::invalid("gives.account", "must be an official account"));
        }
        (Gives::MiniRedPacket(_), Kind::Official) => {
            return Err(Error::invalid("gives.account", "must be a mini program"));
        }
        _ => {}
    }
    if merchant.appid(route.account).is_none() {
        return Err(Error::invalid("gives.account", "is not bound to the merchant"));
    }
    if kind == Kind::Mini && terms.claim.is_none() {
        let why = "is needed in a mini program: WeChat is asked whether it trusts the person when they claim";
        return Err(Error::invalid("claim", why));
    }
    Ok(())
}

/// Write a campaign; it gives nothing until it was approved and started
#[utoipa::path(tag = "campaigns", request_body = Terms, params(("Idempotency-Key" = String, Header)), security(("bearer" = ["campaigns"])),
    responses((status = 201, body = Shown), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[post("/campaigns")]
async fn create(
    caller: Staff<Campaigns>,
    key: IdempotencyKey,
    body: Valid<Terms>,
    db: Data<Db>,
    accounts: Data<Accounts>,
    pay: Data<Pay>,
) -> Result<HttpResponse> {
    let Valid(terms) = body;
    check_accounts(&terms, &accounts, &pay)?;
    let written = db
        .tx(async |tx: &Tx| {
            let effect = async || Shown::try_from(campaign::create(tx, &terms, caller.id).await?);
            key.once(tx, &caller.actor(), &terms, effect).await
        })
        .await?;
    Ok(HttpResponse::Created().json(written))
}

/// A campaign with its money and what was done to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignDetail)]
struct Detail {
    #[serde(flatten)]
    campaign: Shown,
    /// Its budget; none before it was approved.
    budget: Option<Sums>,
    /// Whether somebody else has to approve it than who wrote or changed it.
    second_person: bool,
    history: Vec<Line>,
}

/// Something that was done to a campaign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignChange)]
struct Line {
    /// Who; none when a rule did it.
    staff: Option<StaffId>,
    from: Option<State>,
    to: State,
    version: i32,
    reason: String,
    /// The terms before, when they were changed.
    #[schema(value_type = Option<Object>)]
    before: Option<serde_json::Value>,
    at: DateTime<Utc>,
}

impl From<campaign_event::Model> for Line {
    fn from(row: campaign_event::Model) -> Self {
        let campaign_event::Model { staff_id, from_state, to_state, version, reason, before, at, .. } = row;
        Self { staff: staff_id, from: from_state, to: to_state, version, reason, before, at }
    }
}

/// One campaign
#[utoipa::path(tag = "campaigns", params(("id" = CampaignId, Path)), security(("bearer" = ["campaigns"])), responses((status = 200, body = Detail), (status = 404, body = Problem)))]
#[get("/campaigns/{id}")]
async fn show(_: Staff<Campaigns>, id: Path<CampaignId>, db: Data<Db>, limits: Data<Rewards>) -> Result<Json<Detail>> {
    let found = campaign::get(db.read(), *id).await?;
    let history = campaign::history(db.read(), *id).await?;
    Ok(Json(Detail {
        second_person: rules::needs_second(&found.terms, &limits),
        campaign: found.row.try_into()?,
        budget: budget::get(db.read(), *id).await?.map(|row| Sums::from(&row)),
        history: history.into_iter().map(Line::from).collect(),
    }))
}

/// Terms as they shall be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeCampaign)]
struct Change {
    /// The version that was seen.
    #[garde(skip)]
    version: i32,
    #[garde(dive)]
    terms: Terms,
    /// Why, for the record.
    #[garde(length(chars, min = 1, max = 500))]
    reason: String,
}

/// Change the terms; they have to be approved anew
#[utoipa::path(tag = "campaigns", request_body = Change, params(("id" = CampaignId, Path)), security(("bearer" = ["campaigns"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[put("/campaigns/{id}")]
async fn change(
    caller: Staff<Campaigns>,
    id: Path<CampaignId>,
    body: Valid<Change>,
    db: Data<Db>,
    accounts: Data<Accounts>,
    pay: Data<Pay>,
) -> Result<Json<Shown>> {
    let Valid(Change { version, terms, reason }) = body;
    check_accounts(&terms, &accounts, &pay)?;
    let by = By { staff: caller.id, version, reason: &reason };
    let row = db.tx(async |tx: &Tx| campaign::change(tx, *id, &terms, by).await).await?;
    Ok(Json(row.try_into()?))
}

/// What a campaign can cost
#[utoipa::path(tag = "campaigns", params(("id" = CampaignId, Path)), security(("bearer" = ["campaigns"])), responses((status = 200, body = Preview), (status = 404, body = Problem)))]
#[get("/campaigns/{id}/preview")]
async fn preview(
    _: Staff<Campaigns>,
    id: Path<CampaignId>,
    db: Data<Db>,
    limits: Data<Rewards>,
) -> Result<Json<Preview>> {
    Ok(Json(campaign::preview(&campaign::get(db.read(), *id).await?.terms, &limits)))
}

/// Look whether the books of a campaign agree; it is stopped when they do not
#[utoipa::path(tag = "campaigns", params(("id" = CampaignId, Path)), security(("bearer" = ["campaigns"])), responses((status = 200, body = Books), (status = 404, body = Problem)))]
#[get("/campaigns/{id}/books")]
async fn books(_: Staff<Campaigns>, id: Path<CampaignId>, db: Data<Db>) -> Result<Json<Books>> {
    campaign::get(db.read(), *id).await?;
    Ok(Json(check::check(&db, *id).await?))
}
