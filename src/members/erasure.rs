//! A member's wish to be forgotten: said twice, done after a time to think, by walking the list of what belongs to them.
//! What was counted stays countable, and names nobody.

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use entity::{
    members::erasure::{ActiveModel, Column, Entity, Model, State},
    types::{MemberErasureId, MemberId, StaffId},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde::{Deserialize, Serialize};

use super::events::ErasureConfirmed;
use crate::{
    error::{Code, Error, Result},
    identity::{
        belonging::{Belonging, Owner, PersonalData},
        own,
    },
    infra::{
        clock::Time,
        db::{Db, Tx},
    },
    jobs::{Failure, Job},
};

/// The wishes of a member that are not taken back, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<Model>> {
    let theirs = Entity::find().filter(Column::MemberId.eq(member)).filter(Column::State.ne(State::Cancelled));
    Ok(theirs.order_by_desc(Column::RequestedAt).order_by_desc(Column::Id).all(db).await?)
}

/// A member wishes to be forgotten. Nothing happens until they say it again; who has said it already gets that wish.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member.
pub async fn ask(tx: &Tx, member: MemberId) -> Result<Model> {
    let member = own(tx, member).await?;
    let open = of(tx.db(), member).await?.into_iter().next();
    if let Some(open) = open {
        return Ok(open);
    }
    write(tx, member, None).await
}

/// Staff write down what a member wished on the phone, at the till or by letter: it will be done after `grace`, in which
/// it can be taken back. Who has wished it already is taken at their word.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member.
pub async fn write_down(tx: &Tx, member: MemberId, (staff, reason): (StaffId, &str), grace: Duration) -> Result<Model> {
    let member = own(tx, member).await?;
    let open = of(tx.db(), member).await?.into_iter().find(|row| row.state != State::Done);
    let row = match open {
        Some(open) => open,
        None => write(tx, member, Some((staff, reason))).await?,
    };
    confirm(tx, member, row.id, grace).await
}

async fn write(tx: &Tx, member: MemberId, by: Option<(StaffId, &str)>) -> Result<Model> {
    let row = ActiveModel {
        id: Set(tx.id()),
        member_id: Set(member),
        state: Set(State::Requested),
        staff_id: Set(by.map(|(staff, _)| staff)),
        reason: Set(by.map(|(_, reason)| reason.to_owned())),
        requested_at: Set(tx.now()),
        due_at: Set(None),
        done_at: Set(None),
        deleted: Set(serde_json::json!({})),
    };
    Ok(Entity::insert(row).exec_with_returning(tx.db()).await?)
}

/// The member says it again: it will be done after `grace`. Saying it once more changes nothing.
///
/// # Errors
/// [`Code::NotFound`], also for somebody else's wish; [`Code::Conflict`] when it was taken back.
pub async fn confirm(tx: &Tx, member: MemberId, id: MemberErasureId, grace: Duration) -> Result<Model> {
    let due_at = tx.now() + TimeDelta::from_std(grace).map_err(Error::internal)?;
    let confirmed = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Confirmed))
        .col_expr(Column::DueAt, Expr::value(due_at))
        .filter(Column::Id.eq(id))
        .filter(Column::MemberId.eq(member))
        .filter(Column::State.eq(State::Requested));
    if confirmed.exec(tx.db()).await?.rows_affected == 1 {
        tx.enqueue(EraseMember { erasure: id, due_at })?;
        tx.emit(&ErasureConfirmed { member, erasure: id })?;
    }
    let row = get(tx.db(), member, id).await?;
    if row.state == State::Cancelled { Err(Error::new(Code::Conflict).detail("it was taken back")) } else { Ok(row) }
}

/// The member has thought better of it.
///
/// # Errors
/// [`Code::NotFound`], also for somebody else's wish; [`Code::Conflict`] when it is done.
pub async fn cancel(tx: &Tx, member: MemberId, id: MemberErasureId) -> Result<()> {
    let cancelled = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Cancelled))
        .filter(Column::Id.eq(id))
        .filter(Column::MemberId.eq(member))
        .filter(Column::State.is_in([State::Requested, State::Confirmed]));
    cancelled.exec(tx.db()).await?;
    match get(tx.db(), member, id).await?.state {
        State::Cancelled => Ok(()),
        State::Requested | State::Confirmed | State::Done => Err(Error::new(Code::Conflict).detail("it is done")),
    }
}

async fn get(db: &impl ConnectionTrait, member: MemberId, id: MemberErasureId) -> Result<Model> {
    let theirs = Entity::find_by_id(id).filter(Column::MemberId.eq(member));
    theirs.one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Forgets a member.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EraseMember {
    /// The wish.
    pub erasure: MemberErasureId,
    /// When it is to be done.
    pub due_at: Time,
}

/// What [`EraseMember`] needs.
#[derive(Clone)]
pub struct EraseMemberContext {
    /// The database.
    pub db: Db,
    /// Every table that holds what belongs to a person.
    pub belongings: &'static [Belonging],
}

impl Job for EraseMember {
    const KIND: &'static str = "members.erase";
    type Context = EraseMemberContext;

    fn due_at(&self) -> Option<Time> {
        Some(self.due_at)
    }

    async fn run(self, context: EraseMemberContext) -> Result<(), Failure> {
        context.db.tx(async |tx: &Tx| erase(tx, self.erasure, context.belongings).await).await?;
        Ok(())
    }
}

/// Does what was wished, if it still is.
async fn erase(tx: &Tx, id: MemberErasureId, belongings: &[Belonging]) -> Result<()> {
    let nothing: Option<String> = None;
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Done))
        .col_expr(Column::DoneAt, Expr::value(tx.now()))
        // Words of staff may name the member.
        .col_expr(Column::Reason, Expr::value(nothing))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Confirmed));
    if done.exec(tx.db()).await?.rows_affected == 0 {
        return Ok(());
    }
    let Some(row) = Entity::find_by_id(id).one(tx.db()).await? else { return Ok(()) };
    let owners = Owner::of_member(tx.db(), row.member_id).await?;
    let mut deleted: BTreeMap<&str, u64> = BTreeMap::new();
    for owner in &owners {
        for belonging in belongings {
            let rows = (belonging.erase)(tx, owner, &[PersonalData::Everything]).await?;
            *deleted.entry(belonging.table).or_default() += rows;
        }
    }
    Entity::update_many()
        .col_expr(Column::Deleted, Expr::value(serde_json::to_value(&deleted)?))
        .filter(Column::Id.eq(id))
        .exec(tx.db())
        .await?;
    tracing::info!(erasure = %id, rows = deleted.values().sum::<u64>(), "forgot a member");
    Ok(())
}

/// Deletes the wishes of somebody of whom nothing is left already; what was done stays as proof.
pub(super) async fn forget(tx: &Tx, member: MemberId) -> Result<u64> {
    let open = Entity::delete_many().filter(Column::MemberId.eq(member)).filter(Column::State.ne(State::Done));
    Ok(open.exec(tx.db()).await?.rows_affected)
}
