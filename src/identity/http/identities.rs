//! What identifies a member, how it came there, and taking some of it out.

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    identity::{
        identity::{Source, Strength},
        identity_link::{Model as Link, Why},
    },
    types::{IdentityId, MemberId, MergeId, StaffId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::shown::Person;
use crate::{
    admin::{
        Staff,
        rights::{Identities, Merges},
    },
    error::Result,
    http::{body::Valid, idempotency::IdempotencyKey, problem::Problem},
    identity::{
        link, member,
        merge::{self, Split},
        seen, store,
    },
    infra::{
        db::{Db, Tx},
        secret::Vault,
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show).service(split);
}

/// A member with what identifies them and how it came there.
#[derive(Debug, Serialize, ToSchema)]
struct MemberIdentities {
    #[serde(flatten)]
    person: Person,
    /// Former names: members that were merged into this one.
    aliases: Vec<MemberId>,
    /// The last hundred changes, the newest first.
    history: Vec<Change>,
}

/// One change of what identifies somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentityChange)]
struct Change {
    identity: IdentityId,
    from: Option<MemberId>,
    to: Option<MemberId>,
    why: Why,
    source: Source,
    strength: Strength,
    merge: Option<MergeId>,
    staff: Option<StaffId>,
    at: DateTime<Utc>,
}

impl From<Link> for Change {
    fn from(row: Link) -> Self {
        Self {
            identity: row.identity_id,
            from: row.from_member,
            to: row.to_member,
            why: row.why,
            source: row.source,
            strength: row.strength,
            merge: row.merge_id,
            staff: row.staff_id,
            at: row.at,
        }
    }
}

/// What identifies a member. An old id of somebody who was merged shows who they are now
#[utoipa::path(tag = "identities", params(("id" = MemberId, Path)), security(("bearer" = ["identities"])), responses((status = 200, body = MemberIdentities), (status = 404, body = Problem)))]
#[get("/members/{id}/identities")]
async fn show(
    caller: Staff<Identities>,
    id: Path<MemberId>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<Json<MemberIdentities>> {
    let id = seen(db.read(), caller.scope(), *id).await?;
    let mut aliases = store::names(db.read(), id).await?;
    aliases.retain(|name| *name != id);
    Ok(Json(MemberIdentities {
        person: Person::read(db.read(), &vault, id).await?,
        aliases,
        history: link::of(db.read(), id).await?.into_iter().map(Change::from).collect(),
    }))
}

/// Which identities leave a member.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
struct TakeOut {
    /// Which.
    #[garde(length(min = 1, max = 100))]
    identities: Vec<IdentityId>,
    /// To whom; a new member when nobody is named.
    #[garde(skip)]
    to: Option<MemberId>,
    /// Why, for the record.
    #[garde(length(min = 1, max = 500))]
    note: String,
}

/// Take identities out of a member, into a new one or one that is there; moving them back undoes it
#[utoipa::path(tag = "identities", request_body = TakeOut, params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["merges"])),
    responses((status = 201, body = Split), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/members/{id}/split")]
async fn split(
    caller: Staff<Merges>,
    id: Path<MemberId>,
    key: IdempotencyKey,
    body: Valid<TakeOut>,
    db: Data<Db>,
) -> Result<HttpResponse> {
    let Valid(body) = body;
    let split = db
        .tx(async |tx: &Tx| {
            key.once(tx, &caller.actor(), &body, async || {
                let from = member::get(tx.db(), *id).await?;
                let to = member::get_maybe(tx.db(), body.to).await?;
                merge::split(tx, from, &body.identities, to, caller.id, Some(&body.note)).await
            })
            .await
        })
        .await?;
    Ok(HttpResponse::Created().json(split))
}
