//! What happened with a member.

use actix_web::{
    get,
    web::{Data, Json, Path},
};
use entity::types::MemberId;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Members},
    error::Result,
    http::{
        body::ValidQuery,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::seen,
    infra::db::Db,
    members::timeline::{self, Fact, Timeline},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show);
}

/// What happened with a member, over all channels, the latest first
#[utoipa::path(tag = "members", params(("id" = MemberId, Path), PageQuery), security(("bearer" = ["members"])), responses((status = 200, body = Page<Fact>), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/members/{id}/timeline")]
async fn show(
    caller: Staff<Members>,
    id: Path<MemberId>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
    timeline: Data<Timeline>,
) -> Result<Json<Page<Fact>>> {
    let member = seen(db.read(), caller.scope(), *id).await?;
    let facts = timeline::read(&db, **timeline, member, &page).await?;
    Ok(Json(page.page(facts, |fact| Cursor { at: fact.at, id: fact.id }, |fact| fact)))
}
