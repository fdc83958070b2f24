//! What visits earn: asked for through the door "value", each cause once and no more in a day than the rules say, and taken
//! back through it. What could not be taken back counts as given when it is earned again.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    share::{
        reward::{ActiveModel, Column, Entity, Model, Role, State},
        visit::Model as Visit,
    },
    types::{CampaignId, MemberId, ShareVisitId},
};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Expr,
};

use super::terms::Rules;
use crate::{
    error::Result,
    identity::current,
    infra::{
        calendar::{Day, day_of},
        clock::Time,
        db::Tx,
    },
    rewards::{self, Because, Grant, decision::Why},
};

/// Something that is earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Want {
    role: Role,
    member: MemberId,
    gives: CampaignId,
    day: Day,
    /// How many of them a member gets in a day.
    most: u32,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// There is nothing to give.
    Nothing,
    /// All of it is given.
    Given,
    /// For some of it the day had no room.
    Capped,
    /// Some of it was refused.
    Refused,
    /// Some of it waits for the campaign to go on.
    Waits,
}

/// What a visit earns whoever shared.
pub(super) fn wanted(row: &Visit, rules: &Rules) -> Vec<Want> {
    let Some(member) = row.sharer else { return Vec::new() };
    let (rewards, most) = (&rules.rewards, rules.per_day);
    [
        (Role::Visit, row.counted_at, rewards.visit, most.visit),
        (Role::Registered, row.registered_at, rewards.registered, most.registered),
        (Role::Purchase, row.purchased_at, rewards.purchase, most.purchase),
    ]
    .into_iter()
    .filter_map(|(role, at, gives, most)| Some(Want { role, member, gives: gives?, day: day_of(at?), most }))
    .collect()
}

/// Takes back what is not earned any more, and asks for what is. While the campaign is held nothing is asked for. Gives also
/// whose days have room again.
pub(super) async fn apply(
    tx: &Tx,
    row: &Visit,
    wants: &[Want],
    running: bool,
) -> Result<(Outcome, BTreeSet<MemberId>)> {
    let mut known = of(tx.db(), row.id).await?;
    let earned = |reward: &Model, want: &Want| {
        (reward.role, reward.member_id, reward.gives) == (want.role, want.member, want.gives)
    };
    let mut freed = BTreeSet::new();
    for reward in known.iter_mut().filter(|reward| reward.ended_at.is_none()) {
        let stays = wants.iter().any(|want| earned(reward, want));
        // From whom nothing is left nothing can be taken.
        if !stays && current(tx.db(), reward.member_id).await?.is_some() {
            end(tx, reward).await?;
            freed.insert(reward.member_id);
        }
    }
    let mut outcome = Outcome::Nothing;
    for want in wants {
        let of_role = || known.iter().filter(|reward| reward.role == want.role);
        let mut live = of_role().find(|reward| reward.ended_at.is_none() && earned(reward, want)).cloned();
        let full = given(tx.db(), want, row).await? >= u64::from(want.most);
        // What comes late may show that it was earned on another day.
        if let Some(moved) = live.take_if(|live| live.day != want.day && live.state == State::Given) {
            freed.insert(moved.member_id);
            live = move_to(tx, moved, want.day, full).await?;
        }
        let became = match live.map(|live| live.state) {
            Some(State::Refused) => Outcome::Refused,
            Some(State::Given | State::TakenBack) => Outcome::Given,
            None if full => Outcome::Capped,
            None if !running => Outcome::Waits,
            None => {
                let last = of_role().rfind(|reward| earned(reward, want));
                let generation = 1 + of_role().map(|reward| reward.generation).max().unwrap_or(0);
                give(tx, row, want, generation, last).await?
            }
        };
        outcome = outcome.max(became);
    }
    Ok((outcome, freed))
}

/// Counts what was given for another day; when that is full it is taken back.
async fn move_to(tx: &Tx, mut reward: Model, day: Day, full: bool) -> Result<Option<Model>> {
    if full {
        end(tx, &mut reward).await?;
        return Ok(None);
    }
    let moved = Entity::update_many().col_expr(Column::Day, Expr::value(day)).filter(Column::Id.eq(reward.id));
    moved.exec(tx.db()).await?;
    Ok(Some(Model { day, ..reward }))
}

/// How many of a kind a member has for a day.
async fn given(db: &impl ConnectionTrait, want: &Want, row: &Visit) -> Result<u64> {
    let rows = Entity::find().filter(Column::MemberId.eq(want.member)).filter(Column::CampaignId.eq(row.campaign_id));
    let rows = rows.filter(Column::Role.eq(want.role)).filter(Column::Day.eq(want.day));
    Ok(rows.filter(Column::State.eq(State::Given)).filter(Column::EndedAt.is_null()).count(db).await?)
}

fn because(visit: ShareVisitId) -> Because {
    Because { rule: "share".to_owned(), what: visit.to_string() }
}

/// Asks for something, unless what was given for it last could not be taken back: then that is given again.
async fn give(tx: &Tx, row: &Visit, want: &Want, generation: i32, last: Option<&Model>) -> Result<Outcome> {
    if let Some(last) = last.filter(|last| last.state == State::TakenBack && last.gone > 0) {
        let nothing: Option<Time> = None;
        Entity::update_many()
            .col_expr(Column::State, Expr::value(State::Given))
            .col_expr(Column::Day, Expr::value(want.day))
            .col_expr(Column::EndedAt, Expr::value(nothing))
            .filter(Column::Id.eq(last.id))
            .exec(tx.db())
            .await?;
        return Ok(Outcome::Given);
    }
    let key = format!("share:{}:{}:{generation}", row.id, want.role.to_value());
    let (member, campaign, amount) = (want.member, want.gives, None);
    let wish = Grant { member, campaign, amount, key: key.clone(), because: because(row.id) };
    let granted = rewards::grant(tx, &wish).await?;
    let state = if granted.why == Why::Given { State::Given } else { State::Refused };
    let reward = Model {
        id: tx.id(),
        campaign_id: row.campaign_id,
        visit_id: row.id,
        link: row.key.clone().unwrap_or_default(),
        role: want.role,
        member_id: want.member,
        gives: want.gives,
        grant_id: granted.id,
        key,
        generation,
        day: want.day,
        state,
        amount: granted.amount,
        back: 0,
        gone: 0,
        at: tx.now(),
        ended_at: None,
    };
    Entity::insert::<ActiveModel>(reward.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(if state == State::Given { Outcome::Given } else { Outcome::Refused })
}

/// Takes back what is not earned any more.
async fn end(tx: &Tx, reward: &mut Model) -> Result<()> {
    if reward.state == State::Given {
        let taken = rewards::take_back(tx, reward.grant_id, &because(reward.visit_id)).await?;
        (reward.state, reward.back, reward.gone) =
            (State::TakenBack, taken.back, taken.gone.saturating_add(taken.open));
    }
    reward.ended_at = Some(tx.now());
    Entity::update_many()
        .col_expr(Column::State, Expr::value(reward.state))
        .col_expr(Column::Back, Expr::value(reward.back))
        .col_expr(Column::Gone, Expr::value(reward.gone))
        .col_expr(Column::EndedAt, Expr::value(reward.ended_at))
        .filter(Column::Id.eq(reward.id))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// What a visit has earned, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, visit: ShareVisitId) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::VisitId.eq(visit)).order_by_asc(Column::Id).all(db).await?)
}

/// What these visits have brought whoever shared, in points that they have kept or could not be taken back.
///
/// # Errors
/// When the database does not answer.
pub async fn points(
    db: &impl ConnectionTrait,
    visits: impl IntoIterator<Item = ShareVisitId>,
) -> Result<BTreeMap<ShareVisitId, i64>> {
    sums(db, Column::VisitId, visits.into_iter().collect()).await
}

/// The same by the keys of links.
///
/// # Errors
/// When the database does not answer.
pub async fn points_of_links(db: &impl ConnectionTrait, keys: Vec<String>) -> Result<BTreeMap<String, i64>> {
    sums(db, Column::Link, keys).await
}

async fn sums<K>(db: &impl ConnectionTrait, by: Column, keys: Vec<K>) -> Result<BTreeMap<K, i64>>
where
    K: Ord + Into<sea_orm::Value> + sea_orm::TryGetable,
{
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let kept = Expr::col(Column::Amount).sub(Expr::col(Column::Back)).sum().cast_as("BIGINT");
    let rows = Entity::find().select_only().column(by).column_as(kept, "points").filter(by.is_in(keys)).group_by(by);
    Ok(rows.into_tuple::<(K, i64)>().all(db).await?.into_iter().collect())
}
