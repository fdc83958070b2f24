//! What the brand owes in points: how much of it ends in which month.

use std::collections::BTreeMap;

use entity::{
    points::lot::{Column, Entity, State},
    types::Points,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{Alias, Expr},
};

use super::{lots::ALIVE, rules::comes};
use crate::{
    error::Result,
    infra::{
        calendar::{Day, first_of_month, last_day_before},
        clock::Time,
    },
};

/// What ends in one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Owed {
    /// What can be spent.
    pub open: Points,
    /// What cannot be spent yet.
    pub pending: Points,
}

#[derive(FromQueryResult)]
struct Sum {
    expires_at: Time,
    state: State,
    points: i64,
}

/// What is owed at `now` by the first day of the month in which it ends; under `None` what lasts for ever.
///
/// # Errors
/// When the database does not answer.
pub async fn by_month(db: &impl ConnectionTrait, now: Time) -> Result<BTreeMap<Option<Day>, Owed>> {
    let sums = Entity::find()
        .select_only()
        .column(Column::ExpiresAt)
        .column(Column::State)
        .column_as(Expr::col(Column::Remaining).sum().cast_as(Alias::new("bigint")), "points")
        .filter(Column::State.is_in(ALIVE))
        .filter(Column::ExpiresAt.gt(now))
        .group_by(Column::ExpiresAt)
        .group_by(Column::State)
        .into_model::<Sum>()
        .all(db)
        .await?;
    let mut months: BTreeMap<Option<Day>, Owed> = BTreeMap::new();
    for Sum { expires_at, state, points } in sums {
        let month = comes(expires_at).map(|end| first_of_month(last_day_before(end)));
        let owed = months.entry(month).or_default();
        let part = if state == State::Open { &mut owed.open } else { &mut owed.pending };
        *part = part.checked_add(points.try_into()?)?;
    }
    Ok(months)
}
