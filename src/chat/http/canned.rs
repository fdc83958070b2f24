//! Words that staff use again and again: managers write them, everybody who answers uses them.

use actix_web::{
    HttpResponse, delete, get, post, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    chat::canned_reply::{ActiveModel, Column, Entity, Model},
    types::CannedReplyId,
};
use garde::Validate;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{
        Staff,
        rights::{Chat, Replies},
    },
    error::{Code, Error, Result},
    http::{body::Valid, problem::Problem},
    infra::db::{Db, Tx},
};

/// More of them nobody finds anything in.
const MOST: usize = 500;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(create).service(order).service(change).service(remove);
}

/// A reply that is used again and again.
#[derive(Debug, Serialize, ToSchema)]
struct CannedReply {
    id: CannedReplyId,
    /// By which staff find it.
    title: String,
    text: String,
    updated_at: DateTime<Utc>,
}

impl From<Model> for CannedReply {
    fn from(Model { id, title, text, updated_at, .. }: Model) -> Self {
        Self { id, title, text, updated_at }
    }
}

/// A canned reply as staff write it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CannedDraft {
    #[garde(length(chars, min = 1, max = 40))]
    title: String,
    /// Fits into one message.
    #[garde(length(chars, min = 1, max = 600))]
    text: String,
}

/// How they stand.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CannedOrder {
    /// From the top. Those that are not named follow as they stood.
    #[garde(length(max = MOST))]
    ids: Vec<CannedReplyId>,
}

async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::Place).order_by_asc(Column::Id).all(db).await?)
}

fn shown(rows: Vec<Model>) -> Json<Vec<CannedReply>> {
    Json(rows.into_iter().map(CannedReply::from).collect())
}

/// Replies that are used again and again, as they stand
#[utoipa::path(tag = "replies", security(("bearer" = ["chat"])), responses((status = 200, body = Vec<CannedReply>), (status = 401, body = Problem)))]
#[get("/canned-replies")]
async fn list(_: Staff<Chat>, db: Data<Db>) -> Result<Json<Vec<CannedReply>>> {
    Ok(shown(all(db.read()).await?))
}

/// Add a canned reply, at the end
#[utoipa::path(tag = "replies", request_body = CannedDraft, security(("bearer" = ["replies"])), responses((status = 201, body = CannedReply), (status = 403, body = Problem), (status = 409, description = "There are too many", body = Problem), (status = 422, body = Problem)))]
#[post("/canned-replies")]
async fn create(_: Staff<Replies>, body: Valid<CannedDraft>, db: Data<Db>) -> Result<HttpResponse> {
    let Valid(draft) = body;
    let row = db
        .tx(async |tx: &Tx| {
            if Entity::find().count(tx.db()).await? >= u64::try_from(MOST).map_err(Error::internal)? {
                return Err(Error::new(Code::Conflict).detail(format!("there are {MOST} already")));
            }
            let last = Entity::find().order_by_desc(Column::Place).one(tx.db()).await?;
            let row = ActiveModel {
                id: Set(tx.id()),
                title: Set(draft.title.trim().to_owned()),
                text: Set(draft.text.clone()),
                place: Set(last.map_or(0, |last| last.place.saturating_add(1))),
                created_at: Set(tx.now()),
                updated_at: Set(tx.now()),
            };
            Ok(Entity::insert(row).exec_with_returning(tx.db()).await?)
        })
        .await?;
    Ok(HttpResponse::Created().json(CannedReply::from(row)))
}

/// Say how canned replies stand
#[utoipa::path(tag = "replies", request_body = CannedOrder, security(("bearer" = ["replies"])), responses((status = 200, body = Vec<CannedReply>), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[put("/canned-replies/order")]
async fn order(_: Staff<Replies>, body: Valid<CannedOrder>, db: Data<Db>) -> Result<Json<Vec<CannedReply>>> {
    let Valid(CannedOrder { ids }) = body;
    let rows = db
        .tx(async |tx: &Tx| {
            let named = |id: &CannedReplyId| ids.iter().position(|named| named == id).unwrap_or(usize::MAX);
            let mut rows = all(tx.db()).await?;
            rows.sort_by_key(|row| named(&row.id));
            for (row, place) in rows.iter().zip(0_i32..) {
                let moved = Entity::update_many().col_expr(Column::Place, Expr::value(place));
                moved.filter(Column::Id.eq(row.id)).filter(Column::Place.ne(place)).exec(tx.db()).await?;
            }
            all(tx.db()).await
        })
        .await?;
    Ok(shown(rows))
}

/// Change a canned reply
#[utoipa::path(tag = "replies", request_body = CannedDraft, params(("id" = CannedReplyId, Path)), security(("bearer" = ["replies"])), responses((status = 200, body = CannedReply), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[put("/canned-replies/{id}")]
async fn change(
    _: Staff<Replies>,
    id: Path<CannedReplyId>,
    body: Valid<CannedDraft>,
    db: Data<Db>,
) -> Result<Json<CannedReply>> {
    let Valid(draft) = body;
    let row = db
        .tx(async |tx: &Tx| {
            let changed = Entity::update_many()
                .col_expr(Column::Title, Expr::value(draft.title.trim()))
                .col_expr(Column::Text, Expr::value(draft.text.as_str()))
                .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
                .filter(Column::Id.eq(*id));
            changed.exec(tx.db()).await?;
            Entity::find_by_id(*id).one(tx.db()).await?.ok_or_else(|| Error::new(Code::NotFound))
        })
        .await?;
    Ok(Json(row.into()))
}

/// Remove a canned reply
#[utoipa::path(tag = "replies", params(("id" = CannedReplyId, Path)), security(("bearer" = ["replies"])), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[delete("/canned-replies/{id}")]
async fn remove(_: Staff<Replies>, id: Path<CannedReplyId>, db: Data<Db>) -> Result<HttpResponse> {
    db.tx(async |tx: &Tx| match Entity::delete_by_id(*id).exec(tx.db()).await?.rows_affected {
        0 => Err(Error::new(Code::NotFound)),
        _ => Ok(()),
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
