//! The tables of this domain among what belongs to a person. Visits follow whoever visits; who shares is found by whichever
//! name they had, so links stay. What was counted stays countable and names nobody.

use std::collections::BTreeSet;

use entity::{
    share::{
        link, reward,
        visit::{Column, Entity, Model},
    },
    types::{MemberId, ShareVisitId},
};
use futures_util::future::FutureExt;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde_json::json;

use super::jobs::{LookAtVisitors, Review};
use crate::{
    error::Result,
    identity::{
        belonging::{Belonging, Combined, OnMerge, Pair, Separated, Stuck, StuckWhy},
        merge::journal,
        names,
        owned::nobody_left,
    },
    infra::db::Tx,
};

/// What somebody's visits are worth. Of two who become one, the survivor's counts where both have been to a page.
pub const VISITS: Belonging = Belonging {
    table: "share_visit",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |tx, pair| join(tx, pair).boxed_local(),
        undo: |tx, pair| part(tx, pair).boxed_local(),
    },
    erase: |tx, owner, data| {
        async move {
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let names = names(tx.db(), member).await?;
            let rows = of_visitor(tx.db(), &names).await?;
            for row in &rows {
                tx.enqueue(Review { campaign: row.campaign_id, member: row.visitor, by_time: false })?;
            }
            tx.enqueue(LookAtVisitors { sharer: member, after: None })?;
            Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let rows = of_visitor(db.read(), &names(db.read(), member).await?).await?;
            // Who shared it is theirs.
            let shown = |row: Model| json!({ "page": row.page, "state": row.state, "at": row.opened_at });
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};

/// What visits have earned somebody. That it was given, grants tell.
pub const REWARDS: Belonging = Belonging {
    table: "share_reward",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: |tx, owner, data| {
        async move {
            use reward::{Column, Entity};
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let closed = Entity::update_many()
                .col_expr(Column::EndedAt, Expr::col(Column::EndedAt).if_null(tx.now()))
                .filter(Column::MemberId.eq(member));
            Ok(closed.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: None,
};

/// The links by which somebody shares; they are nobody's when their member is.
pub const LINKS: Belonging = Belonging {
    table: "share_link",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            use link::{Column, Entity};
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let nothing: Option<String> = None;
            let theirs = Column::Member.is_in(names(tx.db(), member).await?);
            let blanked = Entity::update_many().col_expr(Column::Device, Expr::value(nothing)).filter(theirs);
            Ok(blanked.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            use link::{Column, Entity};
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let theirs = Column::Member.is_in(names(db.read(), member).await?);
            let rows = Entity::find().filter(theirs).order_by_asc(Column::Id).all(db.read()).await?;
            Ok(rows.into_iter().map(|row| json!({ "key": row.key, "page": row.page, "at": row.at })).collect())
        }
        .boxed_local()
    }),
};

async fn of_visitor(db: &impl ConnectionTrait, names: &[MemberId]) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::Visitor.is_in(names.iter().copied()));
    Ok(rows.order_by_asc(Column::Id).all(db).await?)
}

async fn move_to(tx: &Tx, id: ShareVisitId, from: MemberId, to: MemberId) -> Result<bool> {
    let moved = Entity::update_many()
        .col_expr(Column::Visitor, Expr::value(to))
        .filter(Column::Id.eq(id))
        .filter(Column::Visitor.eq(from));
    Ok(moved.exec(tx.db()).await?.rows_affected == 1)
}

/// The loser's visits go to the winner, but for pages at which the winner has been: those stay with the loser's name, and are
/// looked at like everything else that concerns the two.
async fn join(tx: &Tx, pair: &Pair) -> Result<Combined> {
    let place = |row: &Model| (row.campaign_id, row.page.clone());
    let theirs: BTreeSet<_> = of_visitor(tx.db(), &[pair.winner]).await?.iter().map(place).collect();
    let rows = of_visitor(tx.db(), &[pair.loser]).await?;
    let moving: Vec<ShareVisitId> = rows.iter().filter(|row| !theirs.contains(&place(row))).map(|row| row.id).collect();
    journal::note(tx, pair, VISITS.table, moving.iter().map(|id| ((*id).into(), json!({}))).collect()).await?;
    for id in &moving {
        move_to(tx, *id, pair.loser, pair.winner).await?;
    }
    Ok(Combined { rows: u64::try_from(moving.len()).unwrap_or(u64::MAX), decisions: Vec::new() })
}

async fn part(tx: &Tx, pair: &Pair) -> Result<Separated> {
    let mut separated = Separated::default();
    for (id, _) in journal::noted::<serde_json::Value>(tx, pair, VISITS.table).await? {
        if move_to(tx, id.into(), pair.winner, pair.loser).await? {
            separated.returned += 1;
        } else {
            let (table, why) = (VISITS.table.to_owned(), StuckWhy::OwnerChanged);
            separated.stuck.push(Stuck { table, rows: 1, why });
        }
    }
    Ok(separated)
}
