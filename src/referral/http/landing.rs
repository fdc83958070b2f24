//! What the page behind an invitation shows to anybody, under `/api/h5/v1`: the program, and how the inviter's name begins.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::CACHE_CONTROL,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use entity::{referral::program::State, types::ReferralProgramId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::board::begun;
use crate::{
    error::{Code, Error, Result},
    http::problem::Problem,
    identity::current,
    infra::{clock::Clock, config::Http, db::Db, random::Random},
    referral::{code, program},
    tracking::{invitation, origin},
};

/// The routes of this domain under `/api/h5/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show);
}

/// An invitation as whoever opens its link sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
struct Shown {
    code: String,
    program: ReferralProgramId,
    name: String,
    /// How the inviter's name begins.
    inviter: String,
    /// Whether it counts now.
    open: bool,
    ends_at: DateTime<Utc>,
}

/// What is this invitation?
#[utoipa::path(tag = "consumer", params(("key" = String, Path, example = "0123456789")), responses((status = 200, body = Shown), (status = 404, body = Problem)))]
#[get("/invitations/{key}")]
async fn show(
    key: Path<String>,
    request: HttpRequest,
    db: Data<Db>,
    clock: Data<Clock>,
    random: Data<Random>,
    http: Data<Http>,
) -> Result<HttpResponse> {
    let missing = || Error::new(Code::NotFound).detail("there is no such invitation");
    let row = code::get(db.read(), &key.parse::<invitation::Code>().map_err(|none| missing().because(none))?).await?;
    let inviter = current(db.read(), row.member).await?.ok_or_else(missing)?;
    let program = program::get(db.read(), row.program_id).await?;
    let now = clock.now();
    let shown = Shown {
        code: row.code,
        program: program.id,
        open: program.state == State::Running && (program.starts_at..program.ends_at).contains(&now),
        ends_at: program.ends_at,
        name: program.name,
        inviter: begun(db.read(), inviter).await?,
    };
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CACHE_CONTROL, "no-store"));
    if let Some(cookie) = origin::name(&request, &random, &http.public_url) {
        answer.cookie(cookie);
    }
    Ok(answer.json(shown))
}
