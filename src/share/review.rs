//! The applier: derives what the visits of one person are worth, and moves their rows, the values of whoever shared and the
//! rewards from what they are to what they should be. Doing it twice does nothing.

use std::collections::BTreeSet;

use entity::{
    share::{
        campaign::{self, State as CampaignState},
        visit::{Column, Entity, Model, State},
    },
    types::{MemberId, ShareCampaignId},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use super::{
    campaign as campaigns,
    jobs::{LookAtVisitors, Review},
    reward::{self, Outcome},
    rules::{Standing, Why, log::Campaign, stand},
    store::{self, counts},
    value,
};
use crate::{
    error::{Code, Error, Result},
    identity::current,
    infra::db::Tx,
};

/// Derives what the visits of a member in a campaign are worth, and makes it so.
///
/// # Errors
/// When the database does not answer.
pub async fn review(tx: &Tx, campaign: ShareCampaignId, visitor: MemberId) -> Result<()> {
    let row = campaigns::get(tx.db(), campaign).await?;
    match current(tx.db(), visitor).await? {
        Some(now) if now == visitor => stands(tx, &row, visitor).await,
        Some(_) => close(tx, &row, visitor, Why::Merged).await,
        None => close(tx, &row, visitor, Why::VisitorGone).await,
    }
}

/// Whether a visit is worth a row: what came when there was no campaign, or not for the page, is none of its business.
fn concerns(found: &Standing) -> bool {
    !matches!(found.why, Why::NotStarted | Why::Over | Why::NotNamed | Why::NoVisit)
}

async fn stands(tx: &Tx, campaign: &campaign::Model, visitor: MemberId) -> Result<()> {
    let history = campaigns::read(tx.db(), campaign).await?;
    let rows = store::of_visitor(tx.db(), campaign.id, visitor).await?;
    let log = store::read(tx.db(), campaign.id, visitor, &rows).await?;
    let found = stand(&log, &history, tx.now());
    let mut pages: BTreeSet<&str> = rows.iter().map(|row| row.page.as_str()).collect();
    pages.extend(found.iter().filter(|found| concerns(found)).map(|found| found.page.as_str()));
    // In one order everywhere, so that two units of work do not wait for each other in a circle.
    for page in pages {
        let earned = log.earned.contains(page);
        let standing = found.iter().find(|found| found.page == page).cloned();
        let before = store::hold(tx, campaign.id, visitor, page).await?;
        let standing = standing.unwrap_or_else(|| Standing::nothing(page, before.rules, Why::NoVisit, earned));
        let row = moved(&before, &standing);
        apply(tx, campaign, &history, before, row).await?;
    }
    Ok(())
}

/// The row as it is derived.
fn moved(before: &Model, found: &Standing) -> Model {
    Model {
        sharer: found.sharer,
        second: found.second,
        key: found.key.clone(),
        touch_id: found.touch,
        rules: found.rules,
        state: found.state,
        why: found.why.as_str().to_owned(),
        seen: found.seen.clone(),
        opened_at: found.opened_at,
        counted_at: found.counted_at,
        registered_at: found.registered_at,
        purchased_at: found.purchased_at,
        value_fen: found.value_fen,
        due_at: found.due_at,
        ..before.clone()
    }
}

/// Ends the visits of somebody who is not there under this name any more. What was earned by a visitor who was forgotten
/// stays earned.
async fn close(tx: &Tx, campaign: &campaign::Model, visitor: MemberId, why: Why) -> Result<()> {
    let history = campaigns::read(tx.db(), campaign).await?;
    for row in store::of_visitor(tx.db(), campaign.id, visitor).await? {
        let ended = matches!(row.state, State::Refused | State::Reversed);
        if row.why == why.as_str() || why == Why::VisitorGone && (ended || counts(row.state)) {
            continue;
        }
        let before = store::hold(tx, campaign.id, visitor, &row.page).await?;
        let earned = !reward::of(tx.db(), before.id).await?.is_empty();
        let found = Standing::nothing(&row.page, before.rules, why, earned);
        let row = Model { seen: json!({}), ..moved(&before, &found) };
        apply(tx, campaign, &history, before, row).await?;
    }
    Ok(())
}

/// Writes the row, then what follows from it.
async fn apply(tx: &Tx, campaign: &campaign::Model, history: &Campaign, before: Model, mut row: Model) -> Result<()> {
    row.updated_at = tx.now();
    write(tx, &row).await?;
    // Whoever writes a value holds it until the unit of work ends, so of two visits of a day one is counted after the other.
    let mut touched: BTreeSet<MemberId> =
        [before.sharer, before.second, row.sharer, row.second].into_iter().flatten().collect();
    if value::figures(&before) == value::figures(&row) {
        touched.retain(|member| Some(*member) == row.sharer && counts(row.state));
    }
    for member in &touched {
        value::settle(tx, campaign.id, *member).await?;
    }
    let running = campaign.state != CampaignState::Paused;
    let rules = history.version(row.rules).map(|version| &version.rules);
    let wants = rules.map(|rules| reward::wanted(&row, rules)).unwrap_or_default();
    let (outcome, freed) = reward::apply(tx, &row, &wants, running).await?;
    if counts(row.state) {
        let (state, why) = match outcome {
            Outcome::Given => (State::Rewarded, Why::Counts),
            Outcome::Nothing => (State::Counted, Why::Counts),
            Outcome::Capped => (State::Counted, Why::Capped),
            Outcome::Refused => (State::Counted, Why::NotGiven),
            Outcome::Waits => (State::Counted, Why::Held),
        };
        (row.state, row.why) = (state, why.as_str().to_owned());
        write(tx, &row).await?;
    }
    // What one visit of a day has left, another one may have.
    for sharer in freed {
        for (campaign, visitor) in capped(tx, campaign.id, sharer).await? {
            tx.enqueue(Review { campaign, member: visitor, by_time: false })?;
        }
    }
    if (before.state, &before.why) != (row.state, &row.why) {
        metrics::counter!("share_visits_moved_total", "why" => Why::of(&row.why).map_or("", Why::as_str)).increment(1);
    }
    // Whose visitor somebody is, those see whom they bring.
    let stood = |row: &Model| (row.sharer, row.opened_at, counts(row.state));
    if stood(&before) != stood(&row) {
        tx.enqueue(LookAtVisitors { sharer: row.visitor, after: None })?;
    }
    Ok(())
}

/// The visits that count and for which the day had no room, of one who shares.
async fn capped(tx: &Tx, campaign: ShareCampaignId, sharer: MemberId) -> Result<Vec<(ShareCampaignId, MemberId)>> {
    let rows = Entity::find().filter(Column::CampaignId.eq(campaign)).filter(Column::Sharer.eq(sharer));
    let rows = rows.filter(Column::Why.eq(Why::Capped.as_str())).all(tx.db()).await?;
    Ok(rows.into_iter().map(|row| (row.campaign_id, row.visitor)).collect())
}

async fn write(tx: &Tx, row: &Model) -> Result<()> {
    let fields = row.clone().into_active_model().reset_all();
    let changed = Entity::update_many()
        .set(fields)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx.db())
        .await?;
    if changed.rows_affected == 1 { Ok(()) } else { Err(Error::new(Code::Unavailable)) }
}
