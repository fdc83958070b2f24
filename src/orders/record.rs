//! Taking note of purchases and refunds, each once.

use entity::{
    orders::{
        purchase::{Column, Entity, Model},
        refund,
    },
    types::{Fen, MemberId, OrderId},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, TryInsertResult,
    sea_query::OnConflict,
};

use super::events::{OrderPaid, OrderRefunded};
use crate::{
    error::{Code, Error, Result},
    identity::{current, own},
    infra::{
        clock::{Time, biz_day},
        db::{Tx, among},
    },
};

/// A purchase that was paid.
#[derive(Clone, Debug)]
pub struct Paid {
    /// Which system says so, such as `pos`.
    pub source: String,
    /// Its number there.
    pub number: String,
    /// Who bought.
    pub member: MemberId,
    /// What was paid.
    pub amount: Fen,
    /// When.
    pub at: Time,
}

/// Money of a purchase that went back.
#[derive(Clone, Debug)]
pub struct Refunded {
    /// Which system says so.
    pub source: String,
    /// The number of the purchase.
    pub order: String,
    /// The refund's own number.
    pub number: String,
    /// How much.
    pub amount: Fen,
    /// When.
    pub at: Time,
}

/// A purchase with what came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    /// The purchase.
    pub id: OrderId,
    /// By whom, under the name of then.
    pub member: MemberId,
    /// When it was paid.
    pub at: Time,
    /// How much, in fen.
    pub fen: i64,
    /// What came back and when, in order.
    pub refunds: Vec<(Time, i64)>,
}

/// Takes note of a purchase. Told again it changes nothing.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member; [`Code::Conflict`] when the number belongs to somebody else or another
/// amount.
pub async fn paid(tx: &Tx, paid: &Paid) -> Result<OrderId> {
    let member = own(tx, paid.member).await?;
    let row = Model {
        id: tx.id(),
        source: paid.source.clone(),
        number: paid.number.clone(),
        member_id: member,
        amount_fen: paid.amount.get(),
        paid_at: paid.at,
        created_at: tx.now(),
        biz_day: biz_day(paid.at),
    };
    let unless_known = OnConflict::columns([Column::Source, Column::Number]).do_nothing().to_owned();
    let insert = Entity::insert(row.clone().into_active_model()).on_conflict(unless_known).try_insert();
    if matches!(insert.exec_without_returning(tx.db()).await?, TryInsertResult::Inserted(1)) {
        tx.emit(&OrderPaid { member, order: row.id, amount_fen: row.amount_fen, at: row.paid_at })?;
        return Ok(row.id);
    }
    let known = find(tx.db(), &paid.source, &paid.number).await?.ok_or_else(|| Error::new(Code::Unavailable))?;
    let theirs = current(tx.db(), known.member_id).await? == Some(member);
    if theirs && known.amount_fen == paid.amount.get() {
        return Ok(known.id);
    }
    Err(Error::new(Code::Conflict).detail("the number belongs to another purchase"))
}

/// Takes note of a refund, also of a purchase that is not known yet. Told again it changes nothing.
///
/// # Errors
/// [`Code::Invalid`] for nothing; [`Code::Conflict`] when the number belongs to another refund, or more came back than was
/// paid.
pub async fn refunded(tx: &Tx, refunded: &Refunded) -> Result<()> {
    if refunded.amount.is_zero() {
        return Err(Error::invalid("amount_fen", "must be at least 1"));
    }
    let row = refund::Model {
        id: tx.id(),
        source: refunded.source.clone(),
        order_number: refunded.order.clone(),
        number: refunded.number.clone(),
        amount_fen: refunded.amount.get(),
        refunded_at: refunded.at,
        created_at: tx.now(),
    };
    let unless_known = OnConflict::columns([refund::Column::Source, refund::Column::Number]).do_nothing().to_owned();
    let insert = refund::Entity::insert(row.clone().into_active_model()).on_conflict(unless_known).try_insert();
    if !matches!(insert.exec_without_returning(tx.db()).await?, TryInsertResult::Inserted(1)) {
        let known = refund::Entity::find().filter(refund::Column::Source.eq(&refunded.source));
        let known = known.filter(refund::Column::Number.eq(&refunded.number)).one(tx.db()).await?;
        let same =
            |known: &refund::Model| known.order_number == refunded.order && known.amount_fen == refunded.amount.get();
        if known.as_ref().is_some_and(same) {
            return Ok(());
        }
        return Err(Error::new(Code::Conflict).detail("the number belongs to another refund"));
    }
    let Some(order) = find(tx.db(), &refunded.source, &refunded.order).await? else { return Ok(()) };
    let back: i64 = refunds(tx.db(), std::slice::from_ref(&order)).await?.iter().map(|row| row.amount_fen).sum();
    if back > order.amount_fen {
        return Err(Error::new(Code::Conflict).detail("more would come back than was paid"));
    }
    let member = current(tx.db(), order.member_id).await?.unwrap_or(order.member_id);
    tx.emit(&OrderRefunded { member, order: order.id, amount_fen: row.amount_fen, at: row.refunded_at })
}

/// What a member bought, in order. All the names they had count.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, names: &[MemberId]) -> Result<Vec<Bought>> {
    let rows = Entity::find().filter(among(db, Column::MemberId, names.iter().copied()));
    let rows = rows.order_by_asc(Column::PaidAt).order_by_asc(Column::Id).all(db).await?;
    let back = refunds(db, &rows).await?;
    let bought = |row: Model| {
        let of = |refund: &&refund::Model| refund.source == row.source && refund.order_number == row.number;
        let refunds = back.iter().filter(of).map(|refund| (refund.refunded_at, refund.amount_fen)).collect();
        Bought { id: row.id, member: row.member_id, at: row.paid_at, fen: row.amount_fen, refunds }
    };
    Ok(rows.into_iter().map(bought).collect())
}

/// Who bought what a system knows by a number, by the name they had then.
///
/// # Errors
/// When the database does not answer.
pub async fn buyer(db: &impl ConnectionTrait, source: &str, number: &str) -> Result<Option<MemberId>> {
    Ok(find(db, source, number).await?.map(|order| order.member_id))
}

async fn find(db: &impl ConnectionTrait, source: &str, number: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Source.eq(source)).filter(Column::Number.eq(number)).one(db).await?)
}

/// What came back of purchases, in order.
pub(super) async fn refunds(db: &impl ConnectionTrait, orders: &[Model]) -> Result<Vec<refund::Model>> {
    use refund::{Column, Entity};
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let of = |order: &Model| {
        Condition::all().add(Column::Source.eq(&order.source)).add(Column::OrderNumber.eq(&order.number))
    };
    let any = orders.iter().map(of).fold(Condition::any(), Condition::add);
    Ok(Entity::find().filter(any).order_by_asc(Column::RefundedAt).order_by_asc(Column::Id).all(db).await?)
}
