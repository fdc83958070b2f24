//! What staff see and correct of a member's points, under `/api/admin/v1`; the books of all of them are in
//! `books`.

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::types::{MemberId, PointsChange, PointsEntryId, StaffId};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    books::{self, ShownDifference},
    shown::{Shown, ShownEntry, shown},
};
use crate::{
    admin::{
        Staff,
        rights::{Counter, PointsAdjust},
    },
    error::Result,
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::seen,
    infra::{
        config,
        db::{Db, Tx},
    },
    members::access::at_hand,
    points::{Adjust, adjust, check, standing},
};

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show).service(entries).service(correct).service(check_one).configure(books::routes);
}

/// The points of a member
#[utoipa::path(tag = "points", params(("id" = MemberId, Path)), security(("bearer" = ["counter"])), responses((status = 200, body = Shown), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/members/{id}/points")]
async fn show(
    caller: Staff<Counter>,
    id: Path<MemberId>,
    db: Data<Db>,
    settings: Data<config::Points>,
) -> Result<Json<Shown>> {
    let member = at_hand(db.read(), &caller, *id, db.now()).await?;
    Ok(Json(shown(&db, member, settings.expiring_soon_days).await?))
}

/// One thing that happened to points, with what only staff see.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffPointsEntry)]
struct StaffEntry {
    #[serde(flatten)]
    entry: ShownEntry,
    /// How many points were asked for, which may be more than were there.
    asked: entity::types::Points,
    /// The rule that wanted it.
    rule: Option<String>,
    /// What it follows from.
    key: String,
    staff: Option<StaffId>,
    /// Why, as staff wrote it.
    note: Option<String>,
}

/// What happened to the points of a member, the latest first
#[utoipa::path(tag = "points", params(("id" = MemberId, Path), PageQuery), security(("bearer" = ["counter"])), responses((status = 200, body = Page<StaffEntry>), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/members/{id}/points/entries")]
async fn entries(
    caller: Staff<Counter>,
    id: Path<MemberId>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<StaffEntry>>> {
    let member = at_hand(db.read(), &caller, *id, db.now()).await?;
    let rows = standing::history(db.read(), member, &page).await?;
    let place = |row: &entity::points::entry::Model| Cursor { at: row.at, id: row.id.into() };
    Ok(Json(page.page(rows, place, |row| StaffEntry {
        asked: row.asked,
        rule: row.rule.clone(),
        key: row.source_key.clone(),
        staff: row.staff_id,
        note: row.note.clone(),
        entry: row.into(),
    })))
}

/// A correction.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PointsCorrection)]
struct Correction {
    /// How many points more; fewer when it is negative.
    #[garde(skip)]
    points: PointsChange,
    /// Why, for the record. The member reads that it was a correction.
    #[garde(length(chars, min = 4, max = 200))]
    reason: String,
}

/// What was corrected.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = PointsCorrected)]
struct Corrected {
    entry: PointsEntryId,
}

/// Correct the points of a member, with a reason. Nobody has less than nothing by it
#[utoipa::path(tag = "points", request_body = Correction, params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["points_adjust"])),
    responses((status = 201, body = Corrected), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/members/{id}/points/corrections")]
async fn correct(
    caller: Staff<PointsAdjust>,
    id: Path<MemberId>,
    key: IdempotencyKey,
    body: Valid<Correction>,
    db: Data<Db>,
    settings: Data<config::Points>,
) -> Result<HttpResponse> {
    let Valid(body) = body;
    let done = db
        .tx(async |tx: &Tx| {
            key.once(tx, &caller.actor(), &body, async || {
                // The header's key makes it once; the entry's only has to be its own.
                let key = format!("correction:{}", tx.id::<PointsEntryId>());
                let member = seen(tx.db(), caller.scope(), *id).await?;
                let (change, staff) = (body.points, caller.id);
                let wish = Adjust { member, change, key, staff, reason: body.reason.clone() };
                Ok(Corrected { entry: adjust(tx, &settings, &wish).await?.entry })
            })
            .await
        })
        .await?;
    Ok(HttpResponse::Created().json(done))
}

/// Whether the points of a member add up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsChecked)]
struct Checked {
    balanced: bool,
    checked_at: DateTime<Utc>,
    /// What does not add up; nothing is taken from the account until it does.
    difference: Option<ShownDifference>,
}

/// Check the points of a member: stops the account when it does not add up, lets it go on when it does
#[utoipa::path(tag = "points", params(("id" = MemberId, Path)), security(("bearer" = ["points_adjust"])), responses((status = 200, body = Checked), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[post("/members/{id}/points/check")]
async fn check_one(caller: Staff<PointsAdjust>, id: Path<MemberId>, db: Data<Db>) -> Result<Json<Checked>> {
    let member = seen(db.read(), caller.scope(), *id).await?;
    let difference = db.tx(async |tx: &Tx| check::one(tx, member).await).await?;
    let balanced = difference.is_none();
    Ok(Json(Checked { balanced, checked_at: db.now(), difference: difference.map(ShownDifference::from) }))
}
