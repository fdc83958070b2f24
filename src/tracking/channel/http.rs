//! Channels as staff make and read them, under `/api/admin/v1`.

use actix_web::{
    HttpResponse, get,
    http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    post, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    tracking::channel::Model,
    types::{AccountKey, ChannelId, StaffId, StoreId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Draft, Kind, codes,
    counts::{self, Figures},
};
use crate::{
    admin::{Staff, rights::Channels},
    error::{Error, Result},
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::{
        calendar::of_our_era,
        db::{Db, Tx},
    },
    wechat::client::WeChat,
};

/// Days that are counted at once.
const LONGEST: i64 = 366;

/// The routes of channels under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(create).service(show).service(qr).service(mini_code).service(count);
}

/// A channel.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Channel)]
struct Shown {
    id: ChannelId,
    name: String,
    kind: Kind,
    /// What its codes carry.
    scene: String,
    /// The store whose it is; the brand's own have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    store: Option<StoreId>,
    written_by: StaffId,
    created_at: DateTime<Utc>,
}

impl From<Model> for Shown {
    fn from(row: Model) -> Self {
        let Model { id, name, kind, scene, store_id: store, written_by, created_at } = row;
        Self { id, name, kind, scene, store, written_by, created_at }
    }
}

/// Which channels.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those of this kind.
    #[garde(skip)]
    kind: Option<Kind>,
}

/// Channels of the brand and of the caller's store, or all, the newest first
#[utoipa::path(tag = "channels", params(Filter, PageQuery), security(("bearer" = ["channels"])), responses((status = 200, body = Page<Shown>), (status = 403, body = Problem)))]
#[get("/channels")]
async fn list(
    caller: Staff<Channels>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Shown>>> {
    let rows = super::list(db.read(), caller.scope(), filter.kind, &page).await?;
    Ok(Json(page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, Shown::from)))
}

/// Make a channel with a scene of its own
#[utoipa::path(tag = "channels", request_body = Draft, params(("Idempotency-Key" = String, Header)), security(("bearer" = ["channels"])),
    responses((status = 201, body = Shown), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[post("/channels")]
async fn create(
    caller: Staff<Channels>,
    key: IdempotencyKey,
    body: Valid<Draft>,
    db: Data<Db>,
) -> Result<HttpResponse> {
    let Valid(draft) = body;
    let made = db.tx(async |tx: &Tx| {
        let effect = async || super::create(tx, caller.scope(), &draft, caller.id).await.map(Shown::from);
        key.once(tx, &caller.actor(), &draft, effect).await
    });
    Ok(HttpResponse::Created().json(made.await?))
}

/// One channel
#[utoipa::path(tag = "channels", params(("id" = ChannelId, Path)), security(("bearer" = ["channels"])), responses((status = 200, body = Shown), (status = 404, body = Problem)))]
#[get("/channels/{id}")]
async fn show(caller: Staff<Channels>, id: Path<ChannelId>, db: Data<Db>) -> Result<Json<Shown>> {
    Ok(Json(super::get(db.read(), caller.scope(), *id).await?.into()))
}

/// At which official account.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChannelQrWanted)]
struct Wanted {
    /// The official account that people are to follow.
    #[garde(skip)]
    account: AccountKey,
}

/// A QR code of a channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelQr)]
struct Qr {
    account: AccountKey,
    /// What it says: to be drawn by whoever prints it.
    url: String,
    /// Where WeChat shows it as a picture.
    picture: String,
    made_at: DateTime<Utc>,
}

/// The QR code of an official account that leads people in by a channel; made once, it works for ever
#[utoipa::path(tag = "channels", request_body = Wanted, params(("id" = ChannelId, Path)), security(("bearer" = ["channels"])),
    responses((status = 200, body = Qr), (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
#[put("/channels/{id}/qr")]
async fn qr(
    caller: Staff<Channels>,
    id: Path<ChannelId>,
    body: Valid<Wanted>,
    db: Data<Db>,
    wechat: Data<WeChat>,
) -> Result<Json<Qr>> {
    let channel = super::get(db.read(), caller.scope(), *id).await?;
    let made = codes::qr(&db, &wechat, &channel, &body.0.account).await?;
    let picture = wechat.qrcode_picture(&made.ticket);
    Ok(Json(Qr { account: made.account, url: made.url, picture, made_at: made.made_at }))
}

/// Which page of which mini program.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Opens {
    /// The mini program.
    #[garde(skip)]
    account: AccountKey,
    /// The page, such as `pages/index/index`.
    #[garde(length(min = 1, max = 128), pattern(r"^[^/?][^?]*$"))]
    page: String,
}

/// The code of a mini program that leads people in by a channel, JPEG or PNG
#[utoipa::path(tag = "channels", params(("id" = ChannelId, Path), Opens), security(("bearer" = ["channels"])),
    responses((status = 200, content_type = "image/jpeg"), (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
#[get("/channels/{id}/mini-code")]
async fn mini_code(
    caller: Staff<Channels>,
    id: Path<ChannelId>,
    opens: ValidQuery<Opens>,
    db: Data<Db>,
    wechat: Data<WeChat>,
) -> Result<HttpResponse> {
    let channel = super::get(db.read(), caller.scope(), *id).await?;
    let drawn = codes::mini_code(&wechat, &channel, &opens.account, &opens.page).await?;
    let kind = if drawn.bytes.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CONTENT_TYPE, kind)).insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    Ok(answer.body(drawn.bytes))
}

/// Which days, in Asia/Shanghai.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Days {
    /// The first.
    #[garde(custom(of_our_era))]
    from: NaiveDate,
    /// The last; a year later at most.
    #[garde(custom(of_our_era))]
    to: NaiveDate,
}

/// What a channel has brought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelCounts)]
struct Counts {
    /// In all these days.
    total: Figures,
    /// The days on which it brought anything, in order.
    days: Vec<OfDay>,
}

/// What a channel has brought on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelDay)]
struct OfDay {
    day: NaiveDate,
    #[serde(flatten)]
    figures: Figures,
}

/// What a channel has brought, day by day
#[utoipa::path(tag = "channels", params(("id" = ChannelId, Path), Days), security(("bearer" = ["channels"])),
    responses((status = 200, body = Counts), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[get("/channels/{id}/counts")]
async fn count(
    caller: Staff<Channels>,
    id: Path<ChannelId>,
    days: ValidQuery<Days>,
    db: Data<Db>,
) -> Result<Json<Counts>> {
    let Days { from, to } = *days;
    if !(0..LONGEST).contains(&(to - from).num_days()) {
        return Err(Error::invalid("to", "must not be before the first day, nor a year after it"));
    }
    let channel = super::get(db.read(), caller.scope(), *id).await?;
    let counted = counts::by_day(db.read(), &channel, (from, to), db.now()).await?;
    let total = Figures::sum(counted.values());
    Ok(Json(Counts { total, days: counted.into_iter().map(|(day, figures)| OfDay { day, figures }).collect() }))
}
