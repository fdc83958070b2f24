//! Pictures behind posters, as staff bring and see them.

use actix_web::{
    HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    post,
    web::{self, Bytes, Data, Path},
};
use chrono::{DateTime, Utc};
use entity::types::PosterPictureId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Referrals},
    error::{Error, Result},
    http::problem::Problem,
    infra::db::{Db, Tx},
    referral::poster::{HEIGHT, WIDTH, background},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(bring).service(show);
}

/// A picture for posters.
#[derive(Debug, Serialize, ToSchema)]
struct PosterPicture {
    /// To be named in the look of posters.
    id: PosterPictureId,
    /// In pixels, after it was cut to the shape of a poster.
    width: u32,
    height: u32,
    at: DateTime<Utc>,
}

/// Bring a picture to stand behind posters, PNG or JPEG; it is cut to their shape around its middle
#[utoipa::path(tag = "referrals", request_body(content = Vec<u8>, content_type = "image/*"), security(("bearer" = ["referrals"])),
    responses((status = 201, body = PosterPicture), (status = 403, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
#[post("/poster-pictures")]
async fn bring(caller: Staff<Referrals>, file: Bytes, db: Data<Db>) -> Result<HttpResponse> {
    let jpeg = web::block(move || background::cut(&file)).await.map_err(Error::internal)??;
    let row = db.tx(async |tx: &Tx| background::keep(tx, jpeg.clone(), caller.id).await).await?;
    Ok(HttpResponse::Created().json(PosterPicture { id: row.id, width: WIDTH, height: HEIGHT, at: row.at }))
}

/// See a picture for posters, JPEG
#[utoipa::path(tag = "referrals", params(("id" = PosterPictureId, Path)), security(("bearer" = ["referrals"])),
    responses((status = 200, content_type = "image/jpeg"), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/poster-pictures/{id}")]
async fn show(_: Staff<Referrals>, id: Path<PosterPictureId>, db: Data<Db>) -> Result<HttpResponse> {
    let row = background::get(db.read(), *id).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "image/jpeg"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "private, max-age=86400"))
        .body(row.bytes))
}
