//! Payouts, as they are held against bills.

use std::collections::BTreeMap;

use entity::{
    rewards::{
        bill_line::{self, Direction},
        payout::{Column, Entity, State},
    },
    types::{CampaignId, Fen, MerchantKey, PayoutId},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, Query, SelectStatement},
};

use super::rules::{Horizon, Ours, SKEW};
use crate::{
    error::Result,
    infra::{
        calendar::{Day, end_of, start_of},
        clock::Time,
        db::among,
    },
};

/// A payout with its number.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Row {
    pub(super) id: PayoutId,
    pub(super) campaign_id: CampaignId,
    pub(super) out_no: String,
    pub(super) state: State,
    amount: Fen,
    refunded: Fen,
    sent_at: Option<Time>,
    settled_at: Option<Time>,
}

impl Row {
    pub(super) fn ours(&self) -> Ours {
        let Self { id, state, amount, refunded, sent_at, settled_at, .. } = self;
        Ours {
            id: *id,
            state: *state,
            amount: *amount,
            refunded: *refunded,
            sent_at: *sent_at,
            settled_at: *settled_at,
        }
    }
}

fn of(merchant: &MerchantKey) -> Select<Entity> {
    Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::CampaignId,
            Column::OutNo,
            Column::State,
            Column::Amount,
            Column::Refunded,
            Column::SentAt,
            Column::SettledAt,
        ])
        .filter(Column::Merchant.eq(merchant.clone()))
}

/// The payouts with these numbers.
pub(super) async fn with_numbers(
    db: &impl ConnectionTrait,
    merchant: &MerchantKey,
    numbers: impl IntoIterator<Item = &str>,
) -> Result<BTreeMap<String, Row>> {
    let rows = of(merchant).filter(among(db, Column::OutNo, numbers.into_iter().map(str::to_owned)));
    let rows = rows.into_model::<Row>().all(db).await?;
    Ok(rows.into_iter().map(|row| (row.out_no.clone(), row)).collect())
}

/// Our numbers of what WeChat knows by these numbers of its own.
pub(super) async fn by_wechat_numbers(
    db: &impl ConnectionTrait,
    merchant: &MerchantKey,
    numbers: Vec<String>,
) -> Result<BTreeMap<String, String>> {
    let rows = Entity::find()
        .select_only()
        .columns([Column::ProviderNo, Column::OutNo])
        .filter(Column::Merchant.eq(merchant.clone()))
        .filter(among(db, Column::ProviderNo, numbers));
    let rows: Vec<(Option<String>, String)> = rows.into_tuple().all(db).await?;
    Ok(rows.into_iter().filter_map(|(theirs, ours)| Some((theirs?, ours))).collect())
}

/// The payout of a line that goes out, if it has the line's amount and is on its way or arrived.
pub(super) fn plain() -> SelectStatement {
    use bill_line::Column as Of;
    let gone = [State::Submitting, State::Unknown, State::WaitingUser, State::Returning, State::Paid, State::Returned];
    let mut payouts = Query::select();
    payouts
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::Merchant)).equals((bill_line::Entity, Of::Merchant)))
        .and_where(Expr::col((Entity, Column::OutNo)).equals((bill_line::Entity, Of::Number)))
        .and_where(Expr::col((Entity, Column::Amount)).equals((bill_line::Entity, Of::Amount)))
        .and_where(Expr::col((Entity, Column::State)).is_in(gone));
    payouts
}

/// The lines of a payout, of this direction.
fn lines(direction: Option<Direction>) -> SelectStatement {
    use bill_line::Column as Of;
    let mut lines = Query::select();
    lines
        .expr(Expr::val(1))
        .from(bill_line::Entity)
        .and_where(Expr::col((bill_line::Entity, Of::Merchant)).equals((Entity, Column::Merchant)))
        .and_where(Expr::col((bill_line::Entity, Of::Number)).equals((Entity, Column::OutNo)));
    if let Some(direction) = direction {
        lines.and_where(Expr::col((bill_line::Entity, Of::Direction)).eq(direction));
    }
    lines
}

/// Payouts that came to their end from `from` to the end of the horizon and may lack a line: those paid without one, those
/// that came back, and those that WeChat did not pay but moved money for. With their numbers, ordered by id.
pub(super) async fn ended(
    db: &impl ConnectionTrait,
    merchant: &MerchantKey,
    from: Day,
    horizon: &Horizon,
    after: Option<PayoutId>,
    most: u64,
) -> Result<Vec<(PayoutId, String)>> {
    let suspicious = Condition::any()
        .add(Column::State.eq(State::Returned))
        .add(Column::State.eq(State::Paid).and(Expr::exists(lines(Some(Direction::Out))).not()))
        .add(Column::State.eq(State::Rejected).and(Expr::exists(lines(None))));
    let mut rows = Entity::find()
        .select_only()
        .columns([Column::Id, Column::OutNo])
        .filter(Column::Merchant.eq(merchant.clone()))
        .filter(Column::SettledAt.gte(start_of(from) - SKEW))
        .filter(Column::SettledAt.lt(end_of(horizon.through)))
        .filter(suspicious)
        .order_by_asc(Column::Id)
        .limit(most);
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(after));
    }
    Ok(rows.into_tuple().all(db).await?)
}

/// When WeChat heard of the first payout of a merchant.
pub(super) async fn first_sent(db: &impl ConnectionTrait, merchant: &MerchantKey) -> Result<Option<Time>> {
    let first = Entity::find().select_only().column_as(Column::SentAt.min(), "first");
    let first = first.filter(Column::Merchant.eq(merchant.clone())).into_tuple::<Option<Time>>();
    Ok(first.one(db).await?.flatten())
}

/// Whether a payout was on its way on a day, so that its bill should have lines.
pub(super) async fn moved(db: &impl ConnectionTrait, merchant: &MerchantKey, day: Day) -> Result<bool> {
    let within = |column: Column| column.gte(start_of(day)).and(column.lt(end_of(day)));
    let moved = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Merchant.eq(merchant.clone()))
        .filter(Column::State.ne(State::Rejected))
        .filter(within(Column::SentAt).or(within(Column::SettledAt)))
        .limit(1);
    Ok(moved.into_tuple::<PayoutId>().one(db).await?.is_some())
}

/// How many payouts are with WeChat and not at their end, and how much they are together.
pub(super) async fn in_flight(db: &impl ConnectionTrait) -> Result<(i64, i64)> {
    let open = [State::Submitting, State::Unknown, State::WaitingUser, State::Returning];
    let sums = Entity::find()
        .select_only()
        .column_as(Column::Id.count(), "count")
        // PostgreSQL adds whole numbers up to a decimal one.
        .column_as(Column::Amount.sum().if_null(0).cast_as("BIGINT"), "amount")
        .filter(Column::NextAt.is_not_null())
        .filter(Column::State.is_in(open));
    Ok(sums.into_tuple().one(db).await?.unwrap_or_default())
}
