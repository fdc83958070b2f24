//! What the page behind a shared link shows to anybody, under `/api/h5/v1`: which page it is, and how the name of whoever
//! shared begins. A visit it is only once somebody has told who they are.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::CACHE_CONTROL,
    web::{Data, Path},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::mini::Card;
use crate::{
    error::{Code, Error, Result},
    http::problem::Problem,
    identity::current,
    infra::{config::Http, db::Db, random::Random},
    members::shown::begun,
    share::{campaign, link},
    tracking::{invitation, origin},
};

/// The routes of this domain under `/api/h5/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show);
}

/// A shared page as whoever opens its link sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SharedLink)]
struct Shown {
    key: String,
    #[serde(flatten)]
    card: Card,
    /// How the name of whoever shared begins.
    sharer: String,
}

/// What is behind this shared link?
#[utoipa::path(tag = "consumer", params(("key" = String, Path, example = "0123456789")), responses((status = 200, body = Shown), (status = 404, body = Problem)))]
#[get("/shares/{key}")]
async fn show(
    key: Path<String>,
    request: HttpRequest,
    db: Data<Db>,
    random: Data<Random>,
    http: Data<Http>,
) -> Result<HttpResponse> {
    let missing = || Error::new(Code::NotFound).detail("there is no such link");
    let row = link::get(db.read(), &key.parse::<invitation::Code>().map_err(|none| missing().because(none))?).await?;
    let sharer = current(db.read(), row.member).await?.ok_or_else(missing)?;
    let open = campaign::open_for(db.read(), &row.page, db.now()).await?;
    let sharer = begun(db.read(), sharer).await?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CACHE_CONTROL, "no-store"));
    if let Some(cookie) = origin::name(&request, &random, &http.public_url) {
        answer.cookie(cookie);
    }
    Ok(answer.json(Shown { card: Card::of(&row, open.as_ref()), key: row.key, sharer }))
}
