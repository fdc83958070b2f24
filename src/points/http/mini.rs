//! What members see of their points, under `/api/mini/v1`. There is nothing but one's own.

use actix_web::{
    get,
    web::{Data, Json},
};
use utoipa_actix_web::service_config::ServiceConfig;

use super::shown::{Shown, ShownEntry, history, shown};
use crate::{
    error::Result,
    http::{
        body::ValidQuery,
        page::{Page, PageQuery},
        problem::Problem,
    },
    identity::session::Consumer,
    infra::{config, db::Db},
};

/// The routes of this domain under `/api/mini/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show).service(entries);
}

/// My points: what I can spend, what is pending and why, and until when each part lasts
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 200, body = Shown), (status = 401, body = Problem)))]
#[get("/points")]
async fn show(caller: Consumer, db: Data<Db>, settings: Data<config::Points>) -> Result<Json<Shown>> {
    Ok(Json(shown(&db, caller.member, settings.expiring_soon_days).await?))
}

/// What happened to my points, the latest first
#[utoipa::path(tag = "consumer", params(PageQuery), security(("bearer" = [])), responses((status = 200, body = Page<ShownEntry>), (status = 400, body = Problem), (status = 401, body = Problem)))]
#[get("/points/entries")]
async fn entries(caller: Consumer, page: ValidQuery<PageQuery>, db: Data<Db>) -> Result<Json<Page<ShownEntry>>> {
    Ok(Json(history(&db, caller.member, &page).await?))
}
