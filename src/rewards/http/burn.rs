//! How the budget of a campaign went.

use actix_web::{
    get,
    web::{Data, Json, Path},
};
use entity::types::CampaignId;
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Campaigns},
    error::Result,
    http::{body::ValidQuery, problem::Problem},
    infra::db::Db,
    rewards::{
        burn::{self, Left},
        campaign,
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(burn_down);
}

/// How closely.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Closely {
    /// In how many steps of equal length, 1 to 1000.
    #[garde(range(min = 1, max = 1000))]
    #[param(minimum = 1, maximum = 1000, default = 200)]
    #[serde(default = "closely")]
    points: i64,
}

fn closely() -> i64 {
    200
}

/// What was free of a campaign's budget, from the beginning until now; by its entries, every one of them
#[utoipa::path(tag = "campaigns", params(("id" = CampaignId, Path), Closely), security(("bearer" = ["campaigns"])), responses((status = 200, body = Vec<Left>), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/campaigns/{id}/burn-down")]
async fn burn_down(
    _: Staff<Campaigns>,
    id: Path<CampaignId>,
    closely: ValidQuery<Closely>,
    db: Data<Db>,
) -> Result<Json<Vec<Left>>> {
    campaign::get(db.read(), *id).await?;
    Ok(Json(burn::down(db.read(), *id, closely.points, db.now()).await?))
}
