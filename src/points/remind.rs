//! Tells beforehand that points end: once for all points of a member that end together.

use std::collections::BTreeMap;

use entity::{
    points::{
        account,
        lot::{Column, Entity, Model, State},
    },
    types::{MemberId, Points},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};
use serde::{Deserialize, Serialize};

use super::{account::lock, events::PointsExpiring};
use crate::{
    error::Result,
    infra::{
        calendar::{end_of_day_after, last_day_before},
        clock::Time,
        db::{Db, Tx},
    },
    jobs::{Failure, Job},
};

/// Members who are told in one transaction.
const MEMBERS: u64 = 200;

/// Tells all members whose points end within some days. It may be cut off and run again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemindAll {}

impl Job for RemindAll {
    const KIND: &'static str = "points.remind";
    /// The database, and how many days beforehand; 0 = never.
    type Context = (Db, u32);

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, (db, days): (Db, u32)) -> Result<(), Failure> {
        while days > 0 && db.tx(async |tx: &Tx| some(tx, days).await).await? > 0 {}
        Ok(())
    }
}

/// Open lots that end by then and of whose end nobody was told.
fn untold(now: Time, by: Time) -> Condition {
    let told = Expr::col(Column::RemindedFor);
    Condition::all()
        .add(Column::State.eq(State::Open))
        .add(Column::ExpiresAt.gt(now))
        .add(Column::ExpiresAt.lte(by))
        .add(Condition::any().add(told.clone().is_null()).add(told.ne(Expr::col(Column::ExpiresAt))))
}

/// Tells some members; gives how many were looked at.
async fn some(tx: &Tx, days: u32) -> Result<usize> {
    let (now, by) = (tx.now(), end_of_day_after(tx.now(), days));
    let due = account::Entity::find()
        .select_only()
        .column(account::Column::MemberId)
        .filter(account::Column::NextDueAt.lte(by))
        .filter(account::Column::StoppedAt.is_null());
    let members = Entity::find()
        .select_only()
        .column(Column::MemberId)
        .distinct()
        .filter(untold(now, by))
        .filter(Column::MemberId.in_subquery(due.into_query()))
        .order_by_asc(Column::MemberId)
        .limit(MEMBERS);
    let members: Vec<MemberId> = members.into_tuple().all(tx.db()).await?;
    if members.is_empty() {
        return Ok(0);
    }
    // Whoever changes lots holds the row of their account first.
    let held: Vec<MemberId> = lock(tx, &members).await?.into_iter().map(|row| row.member_id).collect();
    let theirs = Condition::all()
        .add(Column::MemberId.is_in(held))
        .add(Column::State.eq(State::Open))
        .add(Column::ExpiresAt.gt(now))
        .add(Column::ExpiresAt.lte(by));
    let mut ending: BTreeMap<(MemberId, Time), Vec<Model>> = BTreeMap::new();
    for lot in Entity::find().filter(theirs.clone()).all(tx.db()).await? {
        ending.entry((lot.member_id, lot.expires_at)).or_default().push(lot);
    }
    for ((member, ends_at), lots) in ending {
        // What was given after the others were told of ends with them.
        if lots.iter().any(|lot| lot.reminded_for == Some(ends_at)) {
            continue;
        }
        let points = lots.iter().try_fold(Points::ZERO, |sum, lot| sum.checked_add(lot.remaining))?;
        tx.emit(&PointsExpiring { member, points, last_day: last_day_before(ends_at), ends_at })?;
    }
    Entity::update_many()
        .col_expr(Column::RemindedFor, Expr::col(Column::ExpiresAt))
        .filter(theirs)
        .exec(tx.db())
        .await?;
    Ok(members.len())
}
