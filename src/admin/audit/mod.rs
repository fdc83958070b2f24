//! 审计: what staff did, on record before it happens.
//!
//! Every call of staff that is no mere reading leaves two entries: one before it is handled, so that nothing happens
//! unrecorded, and one that says how it was answered. Each entry is sealed to the one before it by a key that the
//! database does not hold: whoever changes, removes or inserts one breaks the [chain](check). Entries hold ids and no
//! contents.

pub mod check;
pub mod file;

use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web::Data,
};
use entity::{
    admin::{
        audit_chain,
        audit_entry::{Column, Entity, Model},
    },
    types::StaffId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use serde_json::json;

use super::session::caller;
use crate::{
    error::{Error, Result},
    http::page::Cursor,
    infra::{
        db::{Db, Tx},
        secret::Vault,
        telemetry::Request,
    },
};

/// The longest path that is kept, in characters; ids and keys are shorter.
const PATH: usize = 200;

/// Middleware of the audience, after [`recognise`](super::recognise): notes what staff are about to do, and how it was
/// answered.
///
/// # Errors
/// When the first entry cannot be written: then nothing is done. Otherwise what the inner service returns.
pub async fn record(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let writes = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let parts = (request.app_data::<Data<Db>>().cloned(), request.app_data::<Data<Vault>>().cloned());
    let (true, (Some(db), Some(vault)), Some(staff), Some(pattern)) =
        (writes, parts, caller(request.request()), request.match_pattern())
    else {
        return next.call(request).await;
    };
    let path = request.path().chars().take(PATH).collect();
    let mut act = Act { staff, action: format!("{} {pattern}", request.method()), path, status: None };
    db.tx(async |tx: &Tx| append(tx, &vault, &act).await).await?;
    let outcome = next.call(request).await;
    let status =
        outcome.as_ref().map_or_else(|error| error.as_response_error().status_code(), |answer| answer.status());
    act.status = Some(status.as_u16());
    if let Err(error) = db.tx(async |tx: &Tx| append(tx, &vault, &act).await).await {
        tracing::error!(?error, "how a call of staff was answered could not be put on record");
    }
    outcome
}

/// What somebody does.
pub(super) struct Act {
    pub(super) staff: StaffId,
    /// Method and pattern of the call.
    pub(super) action: String,
    pub(super) path: String,
    /// How it was answered, once it was.
    pub(super) status: Option<u16>,
}

/// Adds an entry at the end of the chain.
pub(super) async fn append(tx: &Tx, vault: &Vault, act: &Act) -> Result<()> {
    use audit_chain::Column as Chain;
    // Its row is held from here on, so that entries follow one another.
    let longer = audit_chain::Entity::update_many().col_expr(Chain::Length, Expr::col(Chain::Length).add(1));
    let chain = longer.filter(Chain::Id.eq(1)).exec_with_returning(tx.db()).await?.pop();
    let chain = chain.ok_or_else(|| Error::internal("there is no chain of audit entries"))?;
    let mut entry = Model {
        id: tx.id(),
        place: chain.length,
        at: tx.now(),
        staff_id: act.staff,
        action: act.action.clone(),
        path: act.path.clone(),
        request_id: Request::current().map(|request| request.id).unwrap_or_default(),
        status: act.status.map(i32::from),
        digest: String::new(),
    };
    entry.digest = seal(vault, &chain.digest, &entry);
    let ends = audit_chain::Entity::update_many().col_expr(Chain::Digest, Expr::value(entry.digest.as_str()));
    ends.filter(Chain::Id.eq(1)).exec(tx.db()).await?;
    Entity::insert(entry.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// The digest of an entry that comes after one with the digest `before`.
fn seal(vault: &Vault, before: &str, entry: &Model) -> String {
    let Model { id, place, at, staff_id, action, path, request_id, status, digest: _ } = entry;
    let said = json!([before, id, place, at.timestamp_millis(), staff_id, action, path, request_id, status]);
    vault.blind("audit", &said.to_string())
}

/// Entries, the latest first: all, or those of one member of staff.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    staff: Option<StaffId>,
    before: Option<Cursor>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut entries = Entity::find();
    if let Some(staff) = staff {
        entries = entries.filter(Column::StaffId.eq(staff));
    }
    if let Some(before) = before {
        entries = entries.filter(before.beyond(Column::At, Column::Id));
    }
    Ok(entries.order_by_desc(Column::At).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// Entries after a place, in order.
async fn after(db: &impl ConnectionTrait, place: i64, limit: u64) -> Result<Vec<Model>> {
    let next = Entity::find().filter(Column::Place.gt(place)).order_by_asc(Column::Place).limit(limit);
    Ok(next.all(db).await?)
}
