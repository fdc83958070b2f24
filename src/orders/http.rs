//! Purchases and refunds as staff record them, under `/api/admin/v1`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Json},
};
use chrono::{DateTime, Utc};
use entity::types::{Fen, MemberId, OrderId};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use std::collections::BTreeMap;

use super::{Paid, Refunded, buyer, paid, refunded};
use crate::{
    admin::{Staff, rights::Orders},
    error::{Code, Error, Result},
    http::{body::Valid, idempotency::IdempotencyKey, problem::Problem},
    identity::settle,
    infra::{
        calendar::of_our_era,
        db::{Db, Tx},
    },
    members::access::at_hand,
};

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(record).service(record_refund);
}

/// A purchase that was paid.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecordPurchase)]
struct Purchase {
    /// Which system took the money, such as `pos`.
    #[garde(pattern("^[a-z0-9_-]{1,32}$"))]
    source: String,
    /// Its number there; told again it changes nothing.
    #[garde(length(chars, min = 1, max = 64))]
    number: String,
    #[garde(skip)]
    member: MemberId,
    #[garde(range(min = 0, max = 1_000_000_000_000))]
    amount_fen: i64,
    /// When it was paid.
    #[garde(custom(of_our_era))]
    at: DateTime<Utc>,
}

/// A purchase that is known.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Purchase)]
struct Known {
    id: OrderId,
}

/// Record a purchase of a member of the caller's store, or whom the caller looked up today by phone or card; whoever has no
/// home store has the caller's from then on
#[utoipa::path(tag = "orders", request_body = Purchase, params(("Idempotency-Key" = String, Header)), security(("bearer" = ["orders"])),
    responses((status = 200, body = Known), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/orders")]
async fn record(
    caller: Staff<Orders>,
    key: IdempotencyKey,
    body: Valid<Purchase>,
    db: Data<Db>,
) -> Result<Json<Known>> {
    let Valid(body) = body;
    let amount = Fen::try_from(body.amount_fen)?;
    let done = db.tx(async |tx: &Tx| {
        let effect = async || {
            let (source, number) = (body.source.clone(), body.number.clone());
            let member = at_hand(tx.db(), &caller, body.member, tx.now()).await?;
            let id = paid(tx, &Paid { source, number, member, amount, at: body.at }).await?;
            if let Some(store) = caller.post.store() {
                settle(tx, &BTreeMap::from([(member, store)])).await?;
            }
            Ok(Known { id })
        };
        key.once(tx, &caller.actor(), &body, effect).await
    });
    Ok(Json(done.await?))
}

/// Money of a purchase that went back.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecordRefund)]
struct Refund {
    /// Which system took the money.
    #[garde(pattern("^[a-z0-9_-]{1,32}$"))]
    source: String,
    /// The number of the purchase there.
    #[garde(length(chars, min = 1, max = 64))]
    order: String,
    /// The refund's own number; told again it changes nothing.
    #[garde(length(chars, min = 1, max = 64))]
    number: String,
    #[garde(range(min = 1, max = 1_000_000_000_000))]
    amount_fen: i64,
    /// When it went back.
    #[garde(custom(of_our_era))]
    at: DateTime<Utc>,
}

/// Record a refund: of a purchase of a member of the caller's store or at hand; by headquarters also of one that is not known
/// yet
#[utoipa::path(tag = "orders", request_body = Refund, params(("Idempotency-Key" = String, Header)), security(("bearer" = ["orders"])),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/orders/refunds")]
async fn record_refund(
    caller: Staff<Orders>,
    key: IdempotencyKey,
    body: Valid<Refund>,
    db: Data<Db>,
) -> Result<HttpResponse> {
    let Valid(body) = body;
    let back = Refunded {
        source: body.source.clone(),
        order: body.order.clone(),
        number: body.number.clone(),
        amount: Fen::try_from(body.amount_fen)?,
        at: body.at,
    };
    db.tx(async |tx: &Tx| {
        let effect = async || {
            if caller.post.store().is_some() {
                let whose = buyer(tx.db(), &back.source, &back.order).await?;
                let whose = whose.ok_or_else(|| Error::new(Code::NotFound))?;
                at_hand(tx.db(), &caller, whose, tx.now()).await?;
            }
            refunded(tx, &back).await.map(|()| true)
        };
        key.once(tx, &caller.actor(), &body, effect).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
