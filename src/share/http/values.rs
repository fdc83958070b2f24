//! What members bring by sharing, as staff see it.

use actix_web::{
    get,
    web::{Data, Json, Path},
};
use entity::{
    share::value::Model,
    types::{MemberId, ShareCampaignId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Shares},
    error::Result,
    http::{body::ValidQuery, problem::Problem},
    identity::seen,
    infra::db::Db,
    members::shown::begun_many,
    share::{
        campaign,
        value::{self, By},
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(top).service(of);
}

/// What the shares of a member brought in a campaign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShareValue)]
struct Shown {
    campaign: ShareCampaignId,
    member: MemberId,
    /// How their name begins.
    name: String,
    /// Visitors.
    visits: i64,
    /// Visitors of what visitors of theirs shared.
    second: i64,
    /// Visitors who registered.
    registered: i64,
    /// Visitors who bought for the first time.
    purchases: i64,
    /// What visitors bought, less what came back.
    value_fen: i64,
}

/// Rows as they are shown, with the beginnings of names.
async fn shown(db: &Db, rows: Vec<Model>) -> Result<Json<Vec<Shown>>> {
    let names = begun_many(db.read(), rows.iter().map(|row| row.member)).await?;
    let shown = rows.into_iter().map(|row| {
        let Model { campaign_id, member, visits, second, registered, purchases, value_fen, updated_at: _ } = row;
        let name = names.get(&member).cloned().unwrap_or_default();
        Shown { campaign: campaign_id, member, name, visits, second, registered, purchases, value_fen }
    });
    Ok(Json(shown.collect()))
}

/// Which members.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// By what they are ordered.
    #[garde(skip)]
    #[serde(default = "by_visits")]
    #[param(inline)]
    by: By,
    /// How many, 1 to 100.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 30)]
    #[serde(default = "thirty")]
    limit: u64,
}

fn by_visits() -> By {
    By::Visits
}

fn thirty() -> u64 {
    30
}

/// Whose shares brought most in a campaign, of members of the caller's store or of all
#[utoipa::path(tag = "shares", params(("id" = ShareCampaignId, Path), Asked), security(("bearer" = ["shares"])), responses((status = 200, body = Vec<Shown>), (status = 404, body = Problem)))]
#[get("/share-campaigns/{id}/values")]
async fn top(
    caller: Staff<Shares>,
    id: Path<ShareCampaignId>,
    asked: ValidQuery<Asked>,
    db: Data<Db>,
) -> Result<Json<Vec<Shown>>> {
    campaign::get(db.read(), *id).await?;
    let rows = value::top(db.read(), caller.scope(), *id, asked.by, asked.limit).await?;
    shown(&db, rows).await
}

/// What the shares of one member brought, campaign by campaign
#[utoipa::path(tag = "shares", params(("member" = MemberId, Path)), security(("bearer" = ["shares"])), responses((status = 200, body = Vec<Shown>), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/share-values/{member}")]
async fn of(caller: Staff<Shares>, member: Path<MemberId>, db: Data<Db>) -> Result<Json<Vec<Shown>>> {
    let member = seen(db.read(), caller.scope(), *member).await?;
    let rows = value::of(db.read(), member).await?;
    shown(&db, rows).await
}
