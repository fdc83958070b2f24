//! Brakes on payouts: the kill switch of staff, the circuit breaker of a merchant, and books that do not agree. They are
//! looked at in the unit of work that precedes every call (pay sheet section 9, rule 10).

use entity::{
    rewards::stop::{Column, Entity, Model},
    types::{CampaignId, MerchantKey, StaffId},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use entity::rewards::stop::Cause;

use crate::{
    error::Result,
    infra::{
        clock::Time,
        db::{Tx, count_up_to},
        news::{Need, News},
    },
};

/// What a brake holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StopScope)]
pub enum Scope {
    /// Everything.
    All,
    /// What a merchant pays.
    Merchant(MerchantKey),
    /// What a campaign gives.
    Campaign(CampaignId),
}

impl Scope {
    pub(super) fn key(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Merchant(merchant) => format!("merchant:{merchant}"),
            Self::Campaign(campaign) => campaign.to_string(),
        }
    }
}

/// Puts a brake on; one of the same cause is prolonged.
///
/// # Errors
/// When the database does not answer.
pub async fn put(
    tx: &Tx,
    scope: &Scope,
    cause: Cause,
    reason: &str,
    until: Option<Time>,
    staff: Option<StaffId>,
) -> Result<()> {
    let row = Model { scope: scope.key(), cause, reason: reason.to_owned(), until, staff_id: staff, at: tx.now() };
    let again = OnConflict::columns([Column::Scope, Column::Cause])
        .update_columns([Column::Reason, Column::Until, Column::StaffId, Column::At])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(again).exec_without_returning(tx.db()).await?;
    tx.tell(News::Need(Need::Stops));
    metrics::counter!("payout_stops_total", "cause" => match cause {
        Cause::Staff => "staff",
        Cause::Circuit => "circuit",
        Cause::Mismatch => "mismatch",
    })
    .increment(1);
    tracing::error!(scope = %scope.key(), ?cause, reason, "payouts are stopped");
    Ok(())
}

/// Takes every brake of a scope off. Says whether there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn lift(tx: &Tx, scope: &Scope) -> Result<bool> {
    let off = Entity::delete_many().filter(Column::Scope.eq(scope.key())).exec(tx.db()).await?;
    tx.tell(News::Need(Need::Stops));
    Ok(off.rows_affected > 0)
}

/// The brakes that are on.
///
/// # Errors
/// When the database does not answer.
pub async fn all(db: &impl ConnectionTrait, now: Time) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(still(now)).order_by_asc(Column::Scope).order_by_asc(Column::Cause).all(db).await?)
}

/// How many brakes are on, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &impl ConnectionTrait, now: Time, most: u64) -> Result<u64> {
    // There are a handful of them, of one table that is never long.
    count_up_to(db, Entity::find().filter(still(now)), most).await
}

/// The brake that holds a payout of this merchant and campaign.
pub(super) async fn holding(
    db: &impl ConnectionTrait,
    merchant: &MerchantKey,
    campaign: CampaignId,
    now: Time,
) -> Result<Option<Model>> {
    let scopes = [Scope::All, Scope::Merchant(merchant.clone()), Scope::Campaign(campaign)].map(|scope| scope.key());
    Ok(Entity::find().filter(Column::Scope.is_in(scopes)).filter(still(now)).one(db).await?)
}

fn still(now: Time) -> Condition {
    Condition::any().add(Column::Until.is_null()).add(Column::Until.gt(now))
}
