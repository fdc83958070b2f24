//! Merges: what one would do, doing it, what was done, and undoing it.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    identity::merge::{Cause, Model},
    types::{ConflictId, IdentityId, MemberId, MergeId, StaffId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{conflicts::Conflict, shown::Person};
use crate::{
    admin::{Staff, rights::Merges},
    error::Result,
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::{
        belonging::Decision,
        conflict, member,
        merge::{self, Order, Report, Surviving, surviving},
        store,
    },
    infra::{
        db::{Db, Tx},
        secret::Vault,
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(preview).service(list).service(create).service(show).service(undo);
}

/// A merge.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Merge {
    id: MergeId,
    winner: MemberId,
    loser: MemberId,
    cause: Cause,
    /// What staff wrote, or the kind of identity that joined them.
    reason: String,
    joined_by: Option<IdentityId>,
    conflict: Option<ConflictId>,
    staff: Option<StaffId>,
    /// What was chosen for each field where both had something.
    decisions: Vec<Decision>,
    /// Rows moved, by table.
    moved: BTreeMap<String, u64>,
    at: DateTime<Utc>,
    undone_at: Option<DateTime<Utc>>,
    undone_by: Option<StaffId>,
    undo_report: Option<Report>,
}

impl Merge {
    fn of(row: Model) -> Result<Self> {
        let report = row.undo_report.map(serde_json::from_value).transpose()?;
        Ok(Self {
            id: row.id,
            winner: row.winner,
            loser: row.loser,
            cause: row.cause,
            reason: row.reason,
            joined_by: row.joined_by,
            conflict: row.conflict_id,
            staff: row.staff_id,
            decisions: serde_json::from_value(row.decisions)?,
            moved: serde_json::from_value(row.moved)?,
            at: row.at,
            undone_at: row.undone_at,
            undone_by: row.undone_by,
            undo_report: report,
        })
    }
}

/// Which two members.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Two {
    #[garde(skip)]
    a: MemberId,
    #[garde(skip)]
    b: MemberId,
    /// Who shall survive; by the rules when nobody is named.
    #[garde(skip)]
    winner: Option<MemberId>,
}

/// What a merge would do.
#[derive(Debug, Serialize, ToSchema)]
struct MergePreview {
    /// Who would survive.
    winner: Person,
    /// Who would become another name of the winner.
    loser: Person,
    /// What would be chosen for each field where both have something.
    decisions: Vec<Decision>,
    /// Rows that would move, by table.
    moves: BTreeMap<String, u64>,
    /// What speaks against it, and how it was decided.
    conflicts: Vec<Conflict>,
}

/// See what merging two members would do
#[utoipa::path(tag = "merges", params(Two), security(("bearer" = ["merges"])), responses((status = 200, body = MergePreview), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[get("/merges/preview")]
async fn preview(
    caller: Staff<Merges>,
    two: ValidQuery<Two>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<Json<MergePreview>> {
    let (a, b) = (member::get(db.read(), two.a).await?, member::get(db.read(), two.b).await?);
    let between = if a == b { Vec::new() } else { conflict::between(db.read(), a, b).await? };
    let winner = member::get_maybe(db.read(), two.winner).await?;
    let preview = merge::preview(&db, a, b, winner, caller.id).await?;
    let Merge { winner, loser, decisions, moved, .. } = Merge::of(preview.merge)?;
    let (winner_met, loser_met) = (store::met_at(db.read(), winner).await?, store::met_at(db.read(), loser).await?);
    Ok(Json(MergePreview {
        winner: Person::new(&vault, winner, winner_met, &preview.identities)?,
        loser: Person::new(&vault, loser, loser_met, &preview.identities)?,
        decisions,
        moves: moved,
        conflicts: between.iter().map(|row| Conflict::of(&vault, row)).collect::<Result<_>>()?,
    }))
}

/// Which merges.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those of this member.
    #[garde(skip)]
    member: Option<MemberId>,
}

/// Merges, the latest first
#[utoipa::path(tag = "merges", params(Filter, PageQuery), security(("bearer" = ["merges"])), responses((status = 200, body = Page<Merge>), (status = 403, body = Problem)))]
#[get("/merges")]
async fn list(
    _: Staff<Merges>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Merge>>> {
    let rows = merge::list(db.read(), filter.member, &page).await?;
    let place = |row: &Model| Cursor { at: row.at, id: row.id.into() };
    let Page { items, next } = page.page(rows, place, Merge::of);
    Ok(Json(Page { items: items.into_iter().collect::<Result<_>>()?, next }))
}

/// One merge
#[utoipa::path(tag = "merges", params(("id" = MergeId, Path)), security(("bearer" = ["merges"])), responses((status = 200, body = Merge), (status = 404, body = Problem)))]
#[get("/merges/{id}")]
async fn show(_: Staff<Merges>, id: Path<MergeId>, db: Data<Db>) -> Result<Json<Merge>> {
    Ok(Json(Merge::of(merge::get(db.read(), *id).await?)?))
}

/// Whom to merge.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
struct MergeTwo {
    #[garde(skip)]
    a: MemberId,
    #[garde(skip)]
    b: MemberId,
    /// Who shall survive; by the rules when nobody is named: the imported one, else the older one.
    #[garde(skip)]
    winner: Option<MemberId>,
    /// Why, for the record.
    #[garde(length(min = 1, max = 500))]
    reason: String,
}

/// Make two members one
#[utoipa::path(tag = "merges", request_body = MergeTwo, params(("Idempotency-Key" = String, Header)), security(("bearer" = ["merges"])),
    responses((status = 201, body = Merge), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/merges")]
async fn create(
    caller: Staff<Merges>,
    key: IdempotencyKey,
    body: Valid<MergeTwo>,
    db: Data<Db>,
) -> Result<HttpResponse> {
    let Valid(body) = body;
    let merged = db
        .tx(async |tx: &Tx| {
            key.once(tx, &caller.actor(), &body, async || {
                let (a, b) = (member::get(tx.db(), body.a).await?, member::get(tx.db(), body.b).await?);
                let winner = member::get_maybe(tx.db(), body.winner).await?;
                let Surviving { winner, loser, why } = surviving(tx, a, b, winner).await?;
                let order = Order {
                    winner,
                    loser,
                    survives: why,
                    cause: Cause::Staff,
                    reason: body.reason.clone(),
                    joined_by: None,
                    conflict: None,
                    staff: Some(caller.id),
                };
                Merge::of(merge::merge(tx, &order).await?)
            })
            .await
        })
        .await?;
    Ok(HttpResponse::Created().json(merged))
}

/// Why it is undone.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
struct UndoMerge {
    /// For the record.
    #[garde(length(min = 1, max = 500))]
    note: String,
}

/// Undo a merge: the two are members of their own again, and stay apart until staff merge them
#[utoipa::path(tag = "merges", request_body = UndoMerge, params(("id" = MergeId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["merges"])),
    responses((status = 200, body = Report), (status = 404, body = Problem), (status = 409, description = "It was undone before, or a later merge must be undone first", body = Problem)))]
#[post("/merges/{id}/undo")]
async fn undo(
    caller: Staff<Merges>,
    id: Path<MergeId>,
    key: IdempotencyKey,
    body: Valid<UndoMerge>,
    db: Data<Db>,
) -> Result<Json<Report>> {
    let Valid(body) = body;
    let report = db
        .tx(async |tx: &Tx| {
            key.once(tx, &caller.actor(), &body, async || merge::undo(tx, *id, caller.id, Some(&body.note)).await).await
        })
        .await?;
    Ok(Json(report))
}
