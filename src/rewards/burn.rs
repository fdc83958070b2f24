//! How a budget went: what was free of it from its first entry until now, in so many steps.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use entity::{
    rewards::budget_entry::{Column, Entity, Movement},
    types::CampaignId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, Order, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::budget::freed;
use crate::{error::Result, infra::clock::Time};

/// What was left of a budget at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BudgetLeft)]
pub struct Left {
    /// When.
    pub at: DateTime<Utc>,
    /// How much was free, in fen, or points where points are given.
    pub left: i64,
}

#[derive(FromQueryResult)]
struct Moved {
    step: i64,
    movement: Movement,
    amount: i64,
}

/// What was free of the budget of a campaign: what was put in first, what was left at the end of every one of so many
/// steps of equal length in which something moved, and what is left now. Nothing before there is a budget.
///
/// # Errors
/// When the database does not answer.
pub async fn down(db: &impl ConnectionTrait, campaign: CampaignId, steps: i64, now: Time) -> Result<Vec<Left>> {
    let entries = || Entity::find().filter(Column::CampaignId.eq(campaign));
    let funds = entries().filter(Column::Movement.eq(Movement::Fund)).order_by_asc(Column::Id);
    let Some(first) = funds.one(db).await? else { return Ok(Vec::new()) };
    let last = entries().order_by_desc(Column::Id).one(db).await?.map_or(first.at, |last| last.at);
    let begin = first.at.timestamp();
    let long = last.timestamp().saturating_sub(begin).checked_div(steps).unwrap_or(0).saturating_add(1);
    // Whole seconds, as the steps are.
    let begun = first.at.trunc_subsecs(0);
    let (mut line, mut left) = (Vec::<Left>::new(), 0_i64);
    for Moved { step, movement, amount } in moved(db, campaign, begin, long).await? {
        left = left.saturating_add(freed(movement, amount));
        let until = TimeDelta::seconds(step.saturating_add(1).saturating_mul(long));
        let at = std::cmp::min(begun + until, now);
        match line.last_mut() {
            // Several movements of one step.
            Some(before) if before.at == at => before.left = left,
            _ => line.push(Left { at, left }),
        }
    }
    if line.last().is_none_or(|last| last.at < now) {
        line.push(Left { at: now, left });
    }
    line.insert(0, Left { at: first.at, left: freed(first.movement, first.amount) });
    Ok(line)
}

/// What moved in each step of so many seconds from a second on.
async fn moved(db: &impl ConnectionTrait, campaign: CampaignId, begin: i64, long: i64) -> Result<Vec<Moved>> {
    let second = match db.get_database_backend() {
        DbBackend::Postgres => r#"CAST(FLOOR(EXTRACT(EPOCH FROM "at")) AS BIGINT)"#,
        _ => r#"CAST(strftime('%s', "at") AS INTEGER)"#,
    };
    let step = Expr::cust(format!("({second} - {begin}) / {long}"));
    let moved = Entity::find()
        .select_only()
        .expr_as(step.clone(), "step")
        .column(Column::Movement)
        // PostgreSQL adds whole numbers up to a decimal one.
        .column_as(Column::Amount.sum().cast_as("BIGINT"), "amount")
        .filter(Column::CampaignId.eq(campaign))
        .group_by(step.clone())
        .group_by(Column::Movement)
        .order_by(step, Order::Asc)
        .into_model::<Moved>();
    Ok(moved.all(db).await?)
}
