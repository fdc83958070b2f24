//! Which days of a merchant are known.

use entity::{
    rewards::reconciliation::{Column, Entity, State},
    types::MerchantKey,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::rules::Horizon;
use crate::{error::Result, infra::calendar::Day};

/// The bills that are known once that of `day` is: up to when, and which are not.
pub(super) async fn horizon(db: &impl ConnectionTrait, merchant: &MerchantKey, day: Day) -> Result<Horizon> {
    let of_merchant = || Entity::find().select_only().column(Column::Day).filter(Column::Merchant.eq(merchant.clone()));
    let last = of_merchant().filter(Column::State.is_in([State::Balanced, State::Different]));
    let last: Option<Day> = last.order_by_desc(Column::Day).limit(1).into_tuple().one(db).await?;
    let through = last.map_or(day, |last| last.max(day));
    let gaps = of_merchant()
        .filter(Column::State.is_in([State::Waiting, State::Fetching, State::Unavailable]))
        .filter(Column::Day.lte(through))
        .filter(Column::Day.ne(day));
    let gaps: Vec<Day> = gaps.into_tuple().all(db).await?;
    Ok(Horizon { through, gaps: gaps.into_iter().collect() })
}
