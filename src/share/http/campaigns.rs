//! Share campaigns as staff write, see and run them.

use actix_web::{
    HttpResponse, get, post, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    share::{
        campaign::{Model, State},
        campaign_event,
    },
    types::{ShareCampaignId, StaffId},
};
use garde::Validate;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{
        Staff,
        rights::{Approvals, Brakes, Right, Shares},
    },
    error::Result,
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::db::{Db, Tx},
    rewards::campaign::By,
    share::{
        campaign::{self, Act, Terms},
        terms::Rules,
    },
    wechat::induced::{Warning, check, check_all},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(create).service(show).service(change).service(run).service(pause).service(end);
    config.service(check_wording);
}

/// A share campaign.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ShareCampaign)]
struct Shown {
    id: ShareCampaignId,
    state: State,
    /// To be named by whoever changes it.
    version: i32,
    /// The version of the rules in force.
    rules_version: i32,
    terms: Terms,
    /// What WeChat may have against its words.
    warnings: Vec<Warning>,
    written_by: StaffId,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Shown {
    async fn of(db: &impl ConnectionTrait, row: Model) -> Result<Self> {
        let rules = campaign::rules_of(db, row.id, row.rules).await?;
        Ok(Self {
            id: row.id,
            state: row.state,
            version: row.version,
            rules_version: row.rules,
            warnings: check_all(rules.texts()),
            terms: Terms { name: row.name, starts_at: row.starts_at, ends_at: row.ends_at, rules },
            written_by: row.written_by,
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

/// Share campaigns, the newest first
#[utoipa::path(tag = "shares", params(Filter, PageQuery), security(("bearer" = ["shares"])), responses((status = 200, body = Page<Shown>), (status = 403, body = Problem)))]
#[get("/share-campaigns")]
async fn list(
    _: Staff<Shares>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Shown>>> {
    let rows = campaign::list(db.read(), filter.state, &page).await?;
    let Page { items, next } = page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, |row| row);
    let mut shown = Vec::with_capacity(items.len());
    for row in items {
        shown.push(Shown::of(db.read(), row).await?);
    }
    Ok(Json(Page { items: shown, next }))
}

/// Write a share campaign; nothing counts until it is run
#[utoipa::path(tag = "shares", request_body = Terms, params(("Idempotency-Key" = String, Header)), security(("bearer" = ["shares"])),
    responses((status = 201, body = Shown), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[post("/share-campaigns")]
async fn create(caller: Staff<Shares>, key: IdempotencyKey, body: Valid<Terms>, db: Data<Db>) -> Result<HttpResponse> {
    let Valid(terms) = body;
    let written = db.tx(async |tx: &Tx| {
        let effect = async || Shown::of(tx.db(), campaign::create(tx, &terms, caller.id).await?).await;
        key.once(tx, &caller.actor(), &terms, effect).await
    });
    Ok(HttpResponse::Created().json(written.await?))
}

/// A campaign with what was done to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShareCampaignDetail)]
struct Detail {
    #[serde(flatten)]
    campaign: Shown,
    history: Vec<Line>,
    /// Every version of the rules, in order.
    rules: Vec<Version>,
}

/// Something that was done to a campaign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShareCampaignChange)]
struct Line {
    staff: StaffId,
    from: Option<State>,
    to: State,
    version: i32,
    reason: String,
    at: DateTime<Utc>,
}

impl From<campaign_event::Model> for Line {
    fn from(row: campaign_event::Model) -> Self {
        let campaign_event::Model { staff_id, from_state, to_state, version, reason, at, .. } = row;
        Self { staff: staff_id, from: from_state, to: to_state, version, reason, at }
    }
}

/// One version of rules.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShareRulesVersion)]
struct Version {
    version: i32,
    rules: Rules,
    staff: StaffId,
    reason: String,
    at: DateTime<Utc>,
}

/// One share campaign
#[utoipa::path(tag = "shares", params(("id" = ShareCampaignId, Path)), security(("bearer" = ["shares"])), responses((status = 200, body = Detail), (status = 404, body = Problem)))]
#[get("/share-campaigns/{id}")]
async fn show(_: Staff<Shares>, id: Path<ShareCampaignId>, db: Data<Db>) -> Result<Json<Detail>> {
    let row = campaign::get(db.read(), *id).await?;
    let history = campaign::history(db.read(), *id).await?.into_iter().map(Line::from).collect();
    let mut rules = Vec::new();
    for row in campaign::versions(db.read(), *id).await? {
        let (version, staff, reason, at) = (row.version, row.staff_id, row.reason, row.at);
        rules.push(Version { version, rules: serde_json::from_value(row.rules)?, staff, reason, at });
    }
    Ok(Json(Detail { campaign: Shown::of(db.read(), row).await?, history, rules }))
}

/// Terms as they shall be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeShareCampaign)]
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

/// Change a share campaign: what was opened before is judged by the rules of that time
#[utoipa::path(tag = "shares", request_body = Change, params(("id" = ShareCampaignId, Path)), security(("bearer" = ["shares"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[put("/share-campaigns/{id}")]
async fn change(
    caller: Staff<Shares>,
    id: Path<ShareCampaignId>,
    body: Valid<Change>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    let Valid(Change { version, terms, reason }) = body;
    let by = By { staff: caller.id, version, reason: &reason };
    let row = db.tx(async |tx: &Tx| campaign::change(tx, *id, &terms, by).await).await?;
    Ok(Json(Shown::of(db.read(), row).await?))
}

/// What is done to a campaign.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ActOnShareCampaign)]
struct Acting {
    /// The version that was seen.
    #[garde(skip)]
    version: i32,
    /// Why, for the record.
    #[garde(length(chars, min = 1, max = 500))]
    reason: String,
}

async fn done<R: Right>(
    caller: &Staff<R>,
    id: ShareCampaignId,
    act: Act,
    key: &IdempotencyKey,
    asked: &Acting,
    db: &Db,
) -> Result<Json<Shown>> {
    let by = By { staff: caller.id, version: asked.version, reason: &asked.reason };
    let done = db.tx(async |tx: &Tx| {
        let effect = async || Shown::of(tx.db(), campaign::act(tx, id, act, by).await?).await;
        key.once(tx, &caller.actor(), asked, effect).await
    });
    Ok(Json(done.await?))
}

/// Start a share campaign, or let it go on
#[utoipa::path(tag = "shares", request_body = Acting, params(("id" = ShareCampaignId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["approvals"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/share-campaigns/{id}/run")]
async fn run(
    caller: Staff<Approvals>,
    id: Path<ShareCampaignId>,
    key: IdempotencyKey,
    body: Valid<Acting>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    done(&caller, *id, Act::Run, &key, &body.0, &db).await
}

/// Hold a share campaign: nothing new counts, nothing is given
#[utoipa::path(tag = "shares", request_body = Acting, params(("id" = ShareCampaignId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["brakes"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/share-campaigns/{id}/pause")]
async fn pause(
    caller: Staff<Brakes>,
    id: Path<ShareCampaignId>,
    key: IdempotencyKey,
    body: Valid<Acting>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    done(&caller, *id, Act::Pause, &key, &body.0, &db).await
}

/// End a share campaign for good: what was opened before goes on
#[utoipa::path(tag = "shares", request_body = Acting, params(("id" = ShareCampaignId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["approvals"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/share-campaigns/{id}/end")]
async fn end(
    caller: Staff<Approvals>,
    id: Path<ShareCampaignId>,
    key: IdempotencyKey,
    body: Valid<Acting>,
    db: Data<Db>,
) -> Result<Json<Shown>> {
    done(&caller, *id, Act::End, &key, &body.0, &db).await
}

/// Words that people are to read.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckWording)]
struct Words {
    #[garde(length(chars, min = 1, max = 20_000))]
    text: String,
}

/// What WeChat may have against a text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckedWording)]
struct Checked {
    warnings: Vec<Warning>,
}

/// Does WeChat treat this wording as induced sharing?
#[utoipa::path(tag = "shares", request_body = Words, security(("bearer" = ["shares"])), responses((status = 200, body = Checked), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[post("/wording-checks")]
async fn check_wording(_: Staff<Shares>, body: Valid<Words>) -> Json<Checked> {
    Json(Checked { warnings: check(&body.0.text) })
}
