//! The brakes on payouts, as staff see, put and lift them.

use actix_web::{
    get, post,
    web::{Data, Json},
};
use chrono::{DateTime, Utc};
use entity::{rewards::stop::Model, types::StaffId};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{
        Staff,
        rights::{Brakes, Payouts},
    },
    error::{Code, Error, Result},
    http::{body::Valid, idempotency::IdempotencyKey, problem::Problem},
    infra::db::{Db, Tx},
    rewards::{
        reconcile,
        stop::{self, Cause, Scope},
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(put).service(lift);
}

/// A brake that is on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = PayoutStop)]
struct Stop {
    /// `all`, `merchant:…` or the id of a campaign.
    scope: String,
    cause: Cause,
    reason: String,
    /// When it ends by itself.
    until: Option<DateTime<Utc>>,
    staff: Option<StaffId>,
    at: DateTime<Utc>,
}

impl From<Model> for Stop {
    fn from(row: Model) -> Self {
        let Model { scope, cause, reason, until, staff_id, at } = row;
        Self { scope, cause, reason, until, staff: staff_id, at }
    }
}

/// What is to be stopped, or to go on.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StopOrder)]
struct Order {
    /// `"all"`, `{"merchant": key}` or `{"campaign": id}`.
    #[garde(skip)]
    scope: Scope,
    /// Why, for the record.
    #[garde(length(chars, min = 1, max = 500))]
    reason: String,
}

/// The brakes that are on
#[utoipa::path(tag = "payouts", security(("bearer" = ["brakes"])), responses((status = 200, body = Vec<Stop>), (status = 403, body = Problem)))]
#[get("/payout-stops")]
async fn list(_: Staff<Brakes>, db: Data<Db>) -> Result<Json<Vec<Stop>>> {
    Ok(Json(stop::all(db.read(), db.now()).await?.into_iter().map(Stop::from).collect()))
}

/// Stop payouts: nothing of the scope is handed to WeChat from now on
#[utoipa::path(tag = "payouts", request_body = Order, params(("Idempotency-Key" = String, Header)), security(("bearer" = ["brakes"])), responses((status = 200, body = Vec<Stop>), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[post("/payout-stops")]
async fn put(caller: Staff<Brakes>, key: IdempotencyKey, body: Valid<Order>, db: Data<Db>) -> Result<Json<Vec<Stop>>> {
    let Valid(order) = body;
    let stops = db.tx(async |tx: &Tx| {
        let effect = async || {
            stop::put(tx, &order.scope, Cause::Staff, &order.reason, None, Some(caller.id)).await?;
            Ok(stop::all(tx.db(), tx.now()).await?.into_iter().map(Stop::from).collect::<Vec<_>>())
        };
        key.once(tx, &caller.actor(), &order, effect).await
    });
    Ok(Json(stops.await?))
}

/// Lift every brake of a scope, whoever put it on; that of a merchant not before its differences with bills are settled
#[utoipa::path(tag = "payouts", request_body = Order, params(("Idempotency-Key" = String, Header)), security(("bearer" = ["payouts"])), responses((status = 200, body = Vec<Stop>), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/payout-stops/lift")]
async fn lift(
    caller: Staff<Payouts>,
    key: IdempotencyKey,
    body: Valid<Order>,
    db: Data<Db>,
) -> Result<Json<Vec<Stop>>> {
    let Valid(order) = body;
    let stops = db.tx(async |tx: &Tx| {
        let effect = async || {
            if let Scope::Merchant(merchant) = &order.scope
                && reconcile::open(tx.db(), Some(merchant)).await? > 0
            {
                let why = "differences with WeChat's bills are open: settle them first, or look at their days again";
                return Err(Error::new(Code::Conflict).detail(why));
            }
            let lifted = stop::lift(tx, &order.scope).await?;
            tracing::warn!(staff = %caller.id, scope = ?order.scope, lifted, reason = order.reason, "stops were lifted");
            Ok(stop::all(tx.db(), tx.now()).await?.into_iter().map(Stop::from).collect::<Vec<_>>())
        };
        key.once(tx, &caller.actor(), &order, effect).await
    });
    Ok(Json(stops.await?))
}
