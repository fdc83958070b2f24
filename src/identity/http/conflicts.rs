//! The inbox of contradictions, and deciding them.

use actix_web::{
    get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    identity::{
        conflict::{Kind, Model, State},
        identity::Source,
    },
    types::{ConflictId, MemberId, StaffId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::shown::{Claimed, Person};
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
        conflict,
        decide::{self, Decided, Decision},
        member,
    },
    infra::{
        db::{Db, Tx},
        secret::Vault,
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(show).service(decide_one);
}

/// Evidence that contradicts what is known.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Conflict {
    id: ConflictId,
    kind: Kind,
    state: State,
    /// Who came with the evidence.
    member: MemberId,
    /// Whom it would join; absent when it only contradicts what the member holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<MemberId>,
    /// What would join them; absent when staff separated two members.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<Claimed>,
    source: Source,
    decided_by: Option<StaffId>,
    decided_at: Option<DateTime<Utc>>,
    note: Option<String>,
    created_at: DateTime<Utc>,
    last_seen: DateTime<Utc>,
    times_seen: i32,
}

impl Conflict {
    pub(super) fn of(vault: &Vault, row: &Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            kind: row.kind,
            state: row.state,
            member: row.member_a,
            other: (row.member_b != row.member_a).then_some(row.member_b),
            claim: decide::claim_of(row).map(|claim| Claimed::of(vault, &claim)).transpose()?,
            source: row.source,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            note: row.note.clone(),
            created_at: row.created_at,
            last_seen: row.last_seen,
            times_seen: row.times_seen,
        })
    }
}

/// Which conflicts.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Those in this state.
    #[garde(skip)]
    #[serde(default = "open")]
    #[param(default = "open")]
    state: State,
}

fn open() -> State {
    State::Open
}

/// Conflicts in one state, the newest first; those that wait for a decision when none is named
#[utoipa::path(tag = "conflicts", params(Filter, PageQuery), security(("bearer" = ["merges"])), responses((status = 200, body = Page<Conflict>), (status = 403, body = Problem)))]
#[get("/conflicts")]
async fn list(
    _: Staff<Merges>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<Json<Page<Conflict>>> {
    let rows = conflict::list(db.read(), filter.state, &page).await?;
    let place = |row: &Model| Cursor { at: row.created_at, id: row.id.into() };
    let Page { items, next } = page.page(rows, place, |row| Conflict::of(&vault, &row));
    Ok(Json(Page { items: items.into_iter().collect::<Result<_>>()?, next }))
}

/// A conflict with both people, as they are today.
#[derive(Debug, Serialize, ToSchema)]
struct ConflictDetail {
    #[serde(flatten)]
    conflict: Conflict,
    /// Who came with the evidence, and whom it would join; one when that is the same person today.
    people: Vec<Person>,
    /// What can be decided.
    choices: Vec<Decision>,
}

/// One conflict
#[utoipa::path(tag = "conflicts", params(("id" = ConflictId, Path)), security(("bearer" = ["merges"])), responses((status = 200, body = ConflictDetail), (status = 404, body = Problem)))]
#[get("/conflicts/{id}")]
async fn show(
    _: Staff<Merges>,
    id: Path<ConflictId>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<Json<ConflictDetail>> {
    let row = conflict::get(db.read(), *id).await?;
    let (a, b) = decide::sides(db.read(), &row).await?;
    let mut people = vec![Person::read(db.read(), &vault, a).await?];
    if b != a {
        people.push(Person::read(db.read(), &vault, b).await?);
    }
    let conflict = Conflict::of(&vault, &row)?;
    Ok(Json(ConflictDetail { conflict, people, choices: decide::choices(&row) }))
}

/// What staff decide.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
struct Decide {
    #[garde(skip)]
    decision: Decision,
    /// Who shall survive a merge; by the rules when nobody is named.
    #[garde(skip)]
    winner: Option<MemberId>,
    /// Why, for the record.
    #[garde(length(min = 1, max = 500))]
    note: String,
}

/// How it was decided.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ConflictDecided)]
struct Settled {
    id: ConflictId,
    state: State,
}

/// Decide a conflict
#[utoipa::path(tag = "conflicts", request_body = Decide, params(("id" = ConflictId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["merges"])),
    responses((status = 200, body = Settled), (status = 404, body = Problem), (status = 409, description = "Somebody has decided before", body = Problem), (status = 422, body = Problem)))]
#[post("/conflicts/{id}/decision")]
async fn decide_one(
    caller: Staff<Merges>,
    id: Path<ConflictId>,
    key: IdempotencyKey,
    body: Valid<Decide>,
    db: Data<Db>,
) -> Result<Json<Settled>> {
    let Valid(body) = body;
    let settled = db
        .tx(async |tx: &Tx| {
            key.once(tx, &caller.actor(), &body, async || {
                let Decide { decision, winner, note } = &body;
                let winner = member::get_maybe(tx.db(), *winner).await?;
                let decided = Decided { decision: *decision, winner, staff: caller.id, note: Some(note) };
                let row = decide::decide(tx, *id, &decided).await?;
                Ok(Settled { id: row.id, state: row.state })
            })
            .await
        })
        .await?;
    Ok(Json(settled))
}
