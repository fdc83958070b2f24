//! Pictures: members send them, whoever has the address sees them, staff look at those that WeChat is not sure of.

use actix_web::{
    HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    post, put,
    web::{self, Bytes, Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    members::picture::{Model, State},
    types::{MemberId, PictureId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::MemberData},
    error::{Code, Error, Result},
    http::{body::Valid, problem::Problem},
    identity::session::Consumer,
    infra::db::{Db, Tx},
    members::picture,
    wechat::client::WeChat,
};

/// Pictures that staff see at once.
const SHOWN: u64 = 50;

pub(super) fn admin_routes(config: &mut ServiceConfig<'_>) {
    config.service(to_review).service(decide);
}

pub(super) fn mini_routes(config: &mut ServiceConfig<'_>) {
    config.service(send);
}

/// The routes of pictures under `/api/h5/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show);
}

/// A picture on its way to being seen.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Picture {
    id: PictureId,
    /// `checking` by WeChat, in `review` by staff, `shown`, or `refused`.
    state: State,
    /// Where it can be seen.
    path: String,
    at: DateTime<Utc>,
}

impl From<Model> for Picture {
    fn from(row: Model) -> Self {
        Self { id: row.id, state: row.state, path: address(&row.key), at: row.at }
    }
}

/// Where a picture can be seen, below the address of the service.
pub(super) fn address(key: &str) -> String {
    format!("/api/h5/v1/pictures/{key}")
}

/// Send a picture of me, PNG or JPEG; others see it when WeChat or staff have looked at it
#[utoipa::path(tag = "consumer", request_body(content = Vec<u8>, content_type = "image/*"), security(("bearer" = [])), responses((status = 202, body = Picture), (status = 401, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
#[put("/profile/avatar")]
async fn send(caller: Consumer, file: Bytes, db: Data<Db>, wechat: Data<WeChat>) -> Result<HttpResponse> {
    let kind =
        wechat.of(&caller.account).map_err(|failure| Error::new(Code::Unavailable).because(failure))?.account().kind;
    let jpeg = web::block(move || picture::square(&file)).await.map_err(Error::internal)??;
    let row = db.tx(async |tx: &Tx| picture::keep(tx, &caller, kind, &jpeg).await).await?;
    Ok(HttpResponse::Accepted().json(Picture::from(row)))
}

/// See a picture, JPEG
#[utoipa::path(tag = "consumer", params(("key" = String, Path, example = "0mPV3FxA2sJ9yQm6c1v8r7t5w4u3z2b1a0n9k8h7g6f")), responses((status = 200, content_type = "image/jpeg"), (status = 404, body = Problem)))]
#[get("/pictures/{key}")]
async fn show(key: Path<String>, db: Data<Db>) -> Result<HttpResponse> {
    let row = picture::at(db.read(), &key).await?;
    // One that is taken back must not be seen for long.
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "image/jpeg"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "private, max-age=300"))
        .body(row.bytes))
}

/// A picture that waits for staff.
#[derive(Debug, Serialize, ToSchema)]
struct WaitingPicture {
    member: MemberId,
    #[serde(flatten)]
    picture: Picture,
}

/// Pictures that WeChat is not sure of, the oldest first
#[utoipa::path(tag = "members", security(("bearer" = ["member_data"])), responses((status = 200, body = Vec<WaitingPicture>), (status = 401, body = Problem), (status = 403, body = Problem)))]
#[get("/pictures")]
async fn to_review(caller: Staff<MemberData>, db: Data<Db>) -> Result<Json<Vec<WaitingPicture>>> {
    let rows = picture::to_review(db.read(), caller.scope(), SHOWN).await?.into_iter();
    Ok(Json(rows.map(|row| WaitingPicture { member: row.member_id, picture: row.into() }).collect()))
}

/// What is to become of a picture.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PictureDecision {
    /// Whether others may see it.
    #[garde(skip)]
    show: bool,
}

/// Let others see a picture, or not
#[utoipa::path(tag = "members", request_body = PictureDecision, params(("id" = PictureId, Path)), security(("bearer" = ["member_data"])), responses((status = 200, body = Picture), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/pictures/{id}/decision")]
async fn decide(
    caller: Staff<MemberData>,
    id: Path<PictureId>,
    body: Valid<PictureDecision>,
    db: Data<Db>,
) -> Result<Json<Picture>> {
    Ok(Json(db.tx(async |tx: &Tx| picture::decide(tx, caller.scope(), *id, body.0.show).await).await?.into()))
}
