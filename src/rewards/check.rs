//! Whether the books agree: each account with its entries, and with the grants and payouts that stand behind it. A campaign
//! whose books do not is stopped, with everything that it pays.

use entity::{
    rewards::{grant, payout},
    types::CampaignId,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    budget::{self, Sums},
    campaign,
    stop::{self, Scope},
};
use crate::{
    error::Result,
    infra::db::{Db, Tx},
    jobs::{Failure, Job},
};

/// The books of one campaign, by three ways that must come to the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BudgetBooks)]
pub struct Books {
    /// What the account says.
    pub account: Sums,
    /// What the entries add up to.
    pub entries: Sums,
    /// What grants and payouts add up to; what was put in stands in no grant.
    pub grants: Sums,
    /// Whether all of them agree.
    pub agree: bool,
}

/// Looks at the books of a campaign.
///
/// # Errors
/// When the database does not answer.
pub async fn books(db: &Db, campaign: CampaignId) -> Result<Books> {
    db.snapshot(async |tx: &Tx| now(tx, campaign).await).await
}

/// The books at the moment of a snapshot: money that moves between two sums would look like money that is missing.
async fn now(tx: &Tx, campaign: CampaignId) -> Result<Books> {
    let account = budget::get(tx.db(), campaign).await?.map(|row| Sums::from(&row)).unwrap_or_default();
    let entries = budget::sums(tx.db(), campaign).await?;
    let grants = Sums { total: account.total, ..behind(tx.db(), campaign).await? };
    Ok(Books { account, entries, grants, agree: account == entries && account == grants })
}

#[derive(FromQueryResult)]
struct OfGrants {
    state: grant::State,
    amount: i64,
    came_back: i64,
}

#[derive(FromQueryResult)]
struct OfPayouts {
    state: payout::State,
    amount: i64,
    refunded: i64,
}

/// What grants and payouts say of the money of a campaign.
async fn behind(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Sums> {
    let mut sums = Sums::default();
    // What is on its way or was, stands in payouts; the rest in grants alone.
    let grants = grant::Entity::find()
        .select_only()
        .column(grant::Column::State)
        .column_as(grant::Column::Amount.sum().cast_as("BIGINT"), "amount")
        .column_as(grant::Column::CameBack.sum().cast_as("BIGINT"), "came_back")
        .filter(grant::Column::CampaignId.eq(campaign))
        .filter(
            grant::Column::Id.not_in_subquery(
                sea_orm::QuerySelect::query(
                    &mut payout::Entity::find()
                        .select_only()
                        .column(payout::Column::GrantId)
                        .filter(payout::Column::CampaignId.eq(campaign)),
                )
                .to_owned(),
            ),
        )
        .group_by(grant::Column::State)
        .into_model::<OfGrants>();
    for OfGrants { state, amount, came_back } in grants.all(db).await? {
        match state {
            grant::State::Claimable | grant::State::Paying => sums.reserved = sums.reserved.saturating_add(amount),
            grant::State::Given => sums.received = sums.received.saturating_add(amount - came_back),
            grant::State::Refused | grant::State::Returned | grant::State::Lapsed => {}
        }
    }
    let payouts = payout::Entity::find()
        .select_only()
        .column(payout::Column::State)
        .column_as(payout::Column::Amount.sum().cast_as("BIGINT"), "amount")
        .column_as(payout::Column::Refunded.sum().cast_as("BIGINT"), "refunded")
        .filter(payout::Column::CampaignId.eq(campaign))
        .group_by(payout::Column::State)
        .into_model::<OfPayouts>();
    for OfPayouts { state, amount, refunded } in payouts.all(db).await? {
        match state {
            payout::State::Created | payout::State::Submitting | payout::State::Unknown => {
                sums.reserved = sums.reserved.saturating_add(amount);
            }
            payout::State::WaitingUser | payout::State::Returning => sums.sent = sums.sent.saturating_add(amount),
            payout::State::Paid => sums.received = sums.received.saturating_add(amount),
            // What did not come back is with somebody.
            payout::State::Returned => sums.received = sums.received.saturating_add(amount - refunded),
            payout::State::Rejected => {}
        }
    }
    Ok(sums)
}

/// Looks at the books of a campaign, and stops it when they do not agree.
///
/// # Errors
/// When the database does not answer.
pub async fn check(db: &Db, campaign: CampaignId) -> Result<Books> {
    db.snapshot(async |tx: &Tx| {
        let books = now(tx, campaign).await?;
        if !books.agree {
            tracing::error!(%campaign, ?books, "the books of a campaign do not agree");
            campaign::stop(tx, campaign, "mismatch").await?;
            let why = "the books of the campaign do not agree";
            stop::put(tx, &Scope::Campaign(campaign), stop::Cause::Mismatch, why, None, None).await?;
        }
        Ok(books)
    })
    .await
}

/// Looks at the books of every campaign.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckBooks {}

impl Job for CheckBooks {
    const KIND: &'static str = "rewards.check_books";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        for campaign in campaign::all(db.read()).await? {
            check(&db, campaign).await?;
        }
        Ok(())
    }
}
