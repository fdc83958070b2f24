//! What stops a campaign by itself: too many payouts that fail, or too much for one person. Too many at once is stopped
//! where it happens, in [`grant`](super::grant).

use chrono::TimeDelta;
use entity::{
    rewards::{
        campaign::{Model, State as CampaignState},
        grant,
        payout::{Column, Entity, State},
    },
    types::CampaignId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use super::campaign::{self, Campaign};
use crate::{
    error::Result,
    infra::{
        calendar::{day_of, start_of},
        clock::Time,
        db::{Db, Tx},
    },
};

/// Nothing is concluded from fewer.
const ENOUGH: i64 = 20;

/// Looks at every campaign that runs.
pub(super) async fn all(db: &Db) -> Result<()> {
    for row in campaign::in_state(db.read(), CampaignState::Running).await? {
        if let Some(why) = strange(db.read(), row.clone(), db.now()).await? {
            db.tx(async |tx: &Tx| campaign::stop(tx, row.id, why).await).await?;
        }
    }
    Ok(())
}

/// What is strange about a campaign, in a word.
async fn strange(db: &impl ConnectionTrait, row: Model, now: Time) -> Result<Option<&'static str>> {
    let campaign = Campaign::try_from(row)?;
    let guard = &campaign.terms.guard;
    let (failed, ended) = failures(db, campaign.row.id, now - TimeDelta::hours(1)).await?;
    if ended >= ENOUGH && exceeds(failed, ended, guard.failures_percent) {
        return Ok(Some("failures"));
    }
    let (count, most, all) = concentration(db, campaign.row.id, start_of(day_of(now))).await?;
    if count >= ENOUGH && exceeds(most, all, guard.one_person_percent) {
        return Ok(Some("one_person"));
    }
    Ok(None)
}

/// Whether a part is more than so many in a hundred.
fn exceeds(part: i64, all: i64, percent: u32) -> bool {
    part.saturating_mul(100) > all.saturating_mul(percent.into())
}

/// How many payouts of a campaign were rejected since then, and how many came to their end.
async fn failures(db: &impl ConnectionTrait, campaign: CampaignId, since: Time) -> Result<(i64, i64)> {
    let ended: Vec<(State, i64)> = Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(Column::Id.count(), "count")
        .filter(Column::CampaignId.eq(campaign))
        .filter(Column::SettledAt.gte(since))
        .group_by(Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let failed = ended.iter().filter(|(state, _)| *state == State::Rejected).map(|(_, count)| *count).sum();
    Ok((failed, ended.iter().map(|(_, count)| *count).sum()))
}

#[derive(FromQueryResult)]
struct Got {
    count: i64,
    amount: i64,
}

/// How many grants there were since then, how much one member got at most, and how much all of them.
async fn concentration(db: &impl ConnectionTrait, campaign: CampaignId, since: Time) -> Result<(i64, i64, i64)> {
    use grant::Column;
    let given = || {
        grant::Entity::find()
            .select_only()
            .column_as(Column::Id.count(), "count")
            // PostgreSQL adds whole numbers up to a decimal one.
            .column_as(Column::Amount.sum().if_null(0).cast_as("BIGINT"), "amount")
            .filter(Column::CampaignId.eq(campaign))
            .filter(Column::CreatedAt.gte(since))
            .filter(Column::State.ne(grant::State::Refused))
    };
    let all = given().into_model::<Got>().one(db).await?.unwrap_or(Got { count: 0, amount: 0 });
    let most =
        given().group_by(Column::MemberId).order_by_desc(Column::Amount.sum()).into_model::<Got>().one(db).await?;
    Ok((all.count, most.map_or(0, |most| most.amount), all.amount))
}

#[cfg(test)]
mod tests {
    use super::exceeds;

    #[test]
    fn a_share_is_too_much_when_it_is_more_than_it_may_be() {
        assert!(!exceeds(6, 20, 30), "just as much as may be");
        assert!(exceeds(7, 20, 30));
        assert!(!exceeds(1_000, 1_000, 100));
    }
}
