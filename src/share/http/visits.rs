//! Visits as staff see them: what each is worth, and why.

use std::collections::BTreeMap;

use actix_web::{
    get,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    share::{
        reward as rewards,
        visit::{Model, State},
    },
    types::{CampaignId, GrantId, MemberId, ShareCampaignId, ShareVisitId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Shares},
    error::Result,
    http::{
        body::ValidQuery,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::names,
    infra::db::Db,
    members::shown::begun_many,
    share::{reward, rules::Why, store},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(show);
}

/// What a visit is worth, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShareVisit)]
struct Shown {
    id: ShareVisitId,
    campaign: ShareCampaignId,
    page: String,
    visitor: MemberId,
    /// How their name begins.
    visitor_name: String,
    sharer: Option<MemberId>,
    /// How their name begins.
    sharer_name: Option<String>,
    /// Whose visitor the sharer was: value for them, and no reward.
    second: Option<MemberId>,
    state: State,
    /// How it was decided; a code never changes its meaning.
    code: String,
    reason_zh: &'static str,
    reason_en: &'static str,
    /// The values that led to it.
    #[schema(value_type = Object)]
    seen: Value,
    /// The version of the rules that decided.
    rules_version: i32,
    opened_at: Option<DateTime<Utc>>,
    counted_at: Option<DateTime<Utc>>,
    registered_at: Option<DateTime<Utc>>,
    purchased_at: Option<DateTime<Utc>>,
    value_fen: i64,
    /// When time alone may change it.
    due_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// How the names of members begin.
type Names = BTreeMap<MemberId, String>;

async fn names_in(db: &Db, rows: &[Model]) -> Result<Names> {
    begun_many(db.read(), rows.iter().flat_map(|row| [Some(row.visitor), row.sharer]).flatten()).await
}

impl Shown {
    fn of(row: Model, names: &Names) -> Self {
        let why = Why::of(&row.why);
        Self {
            id: row.id,
            campaign: row.campaign_id,
            page: row.page,
            visitor: row.visitor,
            visitor_name: names.get(&row.visitor).cloned().unwrap_or_default(),
            sharer: row.sharer,
            sharer_name: row.sharer.and_then(|sharer| names.get(&sharer).cloned()),
            second: row.second,
            state: row.state,
            reason_zh: why.map_or("", Why::zh),
            reason_en: why.map_or("", Why::en),
            code: row.why,
            seen: row.seen,
            rules_version: row.rules,
            opened_at: row.opened_at,
            counted_at: row.counted_at,
            registered_at: row.registered_at,
            purchased_at: row.purchased_at,
            value_fen: row.value_fen,
            due_at: row.due_at,
            created_at: row.created_at,
        }
    }
}

/// Which visits.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those of this campaign.
    #[garde(skip)]
    campaign: Option<ShareCampaignId>,
    /// Only those that are credited to this member.
    #[garde(skip)]
    sharer: Option<MemberId>,
    /// Only those of this member.
    #[garde(skip)]
    visitor: Option<MemberId>,
    /// Only those in this state.
    #[garde(skip)]
    state: Option<State>,
}

/// Visits to shared pages by members of the caller's store or to what they shared, or all, the latest first
#[utoipa::path(tag = "shares", params(Filter, PageQuery), security(("bearer" = ["shares"])), responses((status = 200, body = Page<Shown>), (status = 403, body = Problem)))]
#[get("/share-visits")]
async fn list(
    caller: Staff<Shares>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Shown>>> {
    let mut wanted = store::Filter { campaign: filter.campaign, state: filter.state, ..store::Filter::default() };
    if let Some(sharer) = filter.sharer {
        wanted.sharers = Some(names(db.read(), sharer).await?);
    }
    if let Some(visitor) = filter.visitor {
        wanted.visitors = Some(names(db.read(), visitor).await?);
    }
    let rows = store::list(db.read(), caller.scope(), wanted, &page).await?;
    let begun = names_in(&db, &rows).await?;
    Ok(Json(page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, |row| Shown::of(row, &begun))))
}

/// A visit with what it earned.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShareVisitDetail)]
struct Detail {
    #[serde(flatten)]
    visit: Shown,
    rewards: Vec<Reward>,
}

/// What a visit has earned somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShareReward)]
struct Reward {
    role: rewards::Role,
    member: MemberId,
    /// The campaign of the door "value".
    campaign: CampaignId,
    grant: GrantId,
    state: rewards::State,
    /// In points.
    amount: i64,
    /// How much was taken back.
    back: i64,
    /// How much could not be.
    gone: i64,
    at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl From<rewards::Model> for Reward {
    fn from(row: rewards::Model) -> Self {
        Self {
            role: row.role,
            member: row.member_id,
            campaign: row.gives,
            grant: row.grant_id,
            state: row.state,
            amount: row.amount,
            back: row.back,
            gone: row.gone,
            at: row.at,
            ended_at: row.ended_at,
        }
    }
}

/// Why does this visit count, or not?
#[utoipa::path(tag = "shares", params(("id" = ShareVisitId, Path)), security(("bearer" = ["shares"])), responses((status = 200, body = Detail), (status = 404, body = Problem)))]
#[get("/share-visits/{id}")]
async fn show(caller: Staff<Shares>, id: Path<ShareVisitId>, db: Data<Db>) -> Result<Json<Detail>> {
    let row = store::get_within(db.read(), caller.scope(), *id).await?;
    let begun = names_in(&db, std::slice::from_ref(&row)).await?;
    let rewards = reward::of(db.read(), *id).await?.into_iter().map(Reward::from).collect();
    Ok(Json(Detail { visit: Shown::of(row, &begun), rewards }))
}
