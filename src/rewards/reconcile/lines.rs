//! Lines of bills that belong to payouts, as they are kept.

use std::collections::BTreeMap;

use entity::{
    rewards::bill_line::{Column, Direction, Entity, Model},
    types::{Fen, MerchantKey},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, Query},
};

use super::{
    books,
    rules::{Flow, Line, is_ours},
    spool::Waiting,
};
use crate::{
    error::{Error, Result},
    infra::{
        calendar::Day,
        db::{Tx, among},
    },
};

/// What a bill holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    pub(super) count: i64,
    pub(super) flow: Flow,
}

impl Counted {
    fn add(&mut self, direction: Direction, amount: Fen) -> Result<()> {
        self.count = self.count.saturating_add(1);
        let side = match direction {
            Direction::Out => &mut self.flow.out,
            Direction::In => &mut self.flow.back,
        };
        *side = side.checked_add(amount)?;
        Ok(())
    }
}

/// A bill on its way into the table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Filed {
    pub(super) ours: Counted,
    pub(super) other: Counted,
    next: i32,
}

impl Filed {
    /// Gives each movement its place and its number: ours as it stands there, else that of the payout which WeChat knows by
    /// its own. What belongs to no payout is only counted.
    pub(super) async fn file(
        &mut self,
        db: &impl ConnectionTrait,
        (merchant, day): (&MerchantKey, Day),
        movements: Vec<Waiting>,
    ) -> Result<Vec<Model>> {
        let strange = movements.iter().filter(|movement| !is_ours(&movement.own_number));
        let strange: Vec<String> = strange.map(|movement| movement.wechat_number.clone()).collect();
        let known =
            if strange.is_empty() { BTreeMap::new() } else { books::by_wechat_numbers(db, merchant, strange).await? };
        let mut rows = Vec::with_capacity(movements.len());
        for movement in movements {
            let (at, line) = (movement.at(), self.next);
            self.next = line.checked_add(1).ok_or_else(|| Error::internal("the bill is too long"))?;
            let Waiting { own_number, direction, amount, wechat_number, flow_number, business, .. } = movement;
            let number = if is_ours(&own_number) { Some(own_number) } else { known.get(&wechat_number).cloned() };
            let Some(number) = number else {
                self.other.add(direction, amount)?;
                continue;
            };
            self.ours.add(direction, amount)?;
            let merchant = merchant.clone();
            rows.push(Model {
                merchant,
                day,
                line,
                number,
                direction,
                amount,
                at,
                wechat_number,
                flow_number,
                business,
            });
        }
        Ok(rows)
    }
}

/// Keeps lines.
pub(super) async fn keep(tx: &Tx, rows: Vec<Model>) -> Result<()> {
    for insert in tx.inserts(rows.into_iter().map(|row| row.into_active_model().reset_all()))? {
        tx.db().execute(&insert).await?;
    }
    Ok(())
}

/// Forgets the lines of a bill, so that it can be read anew.
pub(super) async fn forget(tx: &Tx, merchant: &MerchantKey, day: Day) -> Result<()> {
    Entity::delete_many()
        .filter(Column::Merchant.eq(merchant.clone()))
        .filter(Column::Day.eq(day))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// How many lines of a bill are kept.
pub(super) async fn count(db: &impl ConnectionTrait, (merchant, day): (&MerchantKey, Day)) -> Result<u64> {
    let lines = Entity::find().filter(Column::Merchant.eq(merchant.clone())).filter(Column::Day.eq(day));
    Ok(lines.count(db).await?)
}

/// The lines of a bill after a place, in order.
pub(super) async fn after(
    db: &impl ConnectionTrait,
    (merchant, day): (&MerchantKey, Day),
    line: i32,
    most: u64,
) -> Result<Vec<Model>> {
    let lines = Entity::find()
        .filter(Column::Merchant.eq(merchant.clone()))
        .filter(Column::Day.eq(day))
        .filter(Column::Line.gt(line));
    Ok(lines.order_by_asc(Column::Line).limit(most).all(db).await?)
}

/// Lines that are plainly right need no closer look: the only one of its number that goes out, of a payout with that
/// amount which is on its way or arrived. Of a million, nearly all are.
fn is_plain() -> Condition {
    let other = Alias::new("other");
    let mut others = Query::select();
    others
        .expr(Expr::val(1))
        .from_as(Entity, other.clone())
        .and_where(Expr::col((other.clone(), Column::Merchant)).equals((Entity, Column::Merchant)))
        .and_where(Expr::col((other.clone(), Column::Number)).equals((Entity, Column::Number)))
        .and_where(Expr::col((other.clone(), Column::Direction)).eq(Direction::Out))
        .cond_where(
            Condition::any()
                .add(Expr::col((other.clone(), Column::Day)).not_equals((Entity, Column::Day)))
                .add(Expr::col((other, Column::Line)).not_equals((Entity, Column::Line))),
        );
    Condition::all()
        .add(Column::Direction.eq(Direction::Out))
        .add(Expr::exists(books::plain()))
        .add(Expr::exists(others).not())
}

/// The numbers of the lines of a bill after a place that need a closer look, in order.
pub(super) async fn doubtful_after(
    db: &impl ConnectionTrait,
    (merchant, day): (&MerchantKey, Day),
    line: i32,
    most: u64,
) -> Result<Vec<(i32, String)>> {
    let lines = Entity::find()
        .select_only()
        .columns([Column::Line, Column::Number])
        .filter(Column::Merchant.eq(merchant.clone()))
        .filter(Column::Day.eq(day))
        .filter(Column::Line.gt(line))
        .filter(is_plain().not());
    Ok(lines.order_by_asc(Column::Line).limit(most).into_tuple().all(db).await?)
}

#[derive(FromQueryResult)]
struct Found {
    number: String,
    day: Day,
    line: i32,
    direction: Direction,
    amount: Fen,
}

/// Every line of whatever day with these numbers, in order.
pub(super) async fn with_numbers(
    db: &impl ConnectionTrait,
    merchant: &MerchantKey,
    numbers: impl IntoIterator<Item = &str>,
) -> Result<BTreeMap<String, Vec<Line>>> {
    let found = Entity::find()
        .select_only()
        .columns([Column::Number, Column::Day, Column::Line, Column::Direction, Column::Amount])
        .filter(Column::Merchant.eq(merchant.clone()))
        .filter(among(db, Column::Number, numbers.into_iter().map(str::to_owned)));
    let mut lines: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for Found { number, day, line, direction, amount } in found.into_model::<Found>().all(db).await? {
        lines.entry(number).or_default().push(Line { day, line, direction, amount });
    }
    lines.values_mut().for_each(|lines| lines.sort_unstable());
    Ok(lines)
}
