//! The tables of this domain among what belongs to a person. Invitations follow whoever is invited; inviters are found by
//! whichever name they had, so their rows stay. What was counted stays countable and names nobody.

use std::collections::BTreeSet;

use entity::{
    referral::{
        appeal, code,
        invitation::{Column, Entity, Model},
        reward,
    },
    types::{MemberId, ReferralId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use serde_json::json;

use super::{
    carrier,
    jobs::{LookAtInvited, Review},
};
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

/// What somebody's invitation is worth. Of two who become one, the survivor's counts where both have one.
pub const REFERRALS: Belonging = Belonging {
    table: "referral",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |tx, pair| join(tx, pair).boxed_local(),
        undo: |tx, pair| part(tx, pair).boxed_local(),
    },
    erase: |tx, owner, data| {
        async move {
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let names = names(tx.db(), member).await?;
            for row in of_invitee(tx.db(), &names).await? {
                tx.enqueue(Review::of(row.program_id, row.invitee))?;
            }
            tx.enqueue(LookAtInvited { inviter: member, after: None })?;
            let nothing: Option<String> = None;
            let blanked = Entity::update_many()
                .col_expr(Column::Prefix, Expr::value(nothing.clone()))
                .col_expr(Column::Device, Expr::value(nothing.clone()))
                .col_expr(Column::Network, Expr::value(nothing))
                .filter(Column::Invitee.is_in(names));
            Ok(blanked.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let names = names(db.read(), member).await?;
            let either =
                Condition::any().add(Column::Invitee.is_in(names.clone())).add(Column::Inviter.is_in(names.clone()));
            let rows = Entity::find().filter(either).order_by_asc(Column::Id).all(db.read()).await?;
            // Who the other one is, is theirs.
            let shown = |row: Model| {
                let role = if names.contains(&row.invitee) { "invitee" } else { "inviter" };
                json!({ "role": role, "state": row.state, "why": row.why, "at": row.seen_at, "matured_at": row.matured_at })
            };
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};

/// What invitations have earned somebody. That it was given, grants tell.
pub const REWARDS: Belonging = Belonging {
    table: "referral_reward",
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

/// The codes by which somebody invites; they are nobody's when their member is.
pub const CODES: Belonging = Belonging {
    table: "referral_code",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            use code::{Column, Entity};
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let nothing: Option<String> = None;
            let theirs = Column::Member.is_in(names(tx.db(), member).await?);
            let codes = Entity::find().select_only().column(Column::Code).filter(theirs.clone());
            carrier::forget(tx, codes.into_tuple().all(tx.db()).await?).await?;
            let blanked = Entity::update_many().col_expr(Column::Device, Expr::value(nothing)).filter(theirs);
            Ok(blanked.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            use code::{Column, Entity};
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let theirs = Column::Member.is_in(names(db.read(), member).await?);
            let rows = Entity::find().filter(theirs).order_by_asc(Column::At).all(db.read()).await?;
            Ok(rows.into_iter().map(|row| json!({ "code": row.code, "at": row.at })).collect())
        }
        .boxed_local()
    }),
};

/// What somebody said against a hold.
pub const APPEALS: Belonging = Belonging {
    table: "referral_appeal",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            use appeal::{Column, Entity};
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let theirs = Column::By.is_in(names(tx.db(), member).await?);
            let blanked = Entity::update_many().col_expr(Column::Words, Expr::value("")).filter(theirs);
            Ok(blanked.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            use appeal::{Column, Entity};
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let theirs = Column::By.is_in(names(db.read(), member).await?);
            let rows = Entity::find().filter(theirs).order_by_asc(Column::At).all(db.read()).await?;
            Ok(rows.into_iter().map(|row| json!({ "words": row.words, "at": row.at })).collect())
        }
        .boxed_local()
    }),
};

async fn of_invitee(db: &impl ConnectionTrait, names: &[MemberId]) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::Invitee.is_in(names.iter().copied()));
    Ok(rows.order_by_asc(Column::Id).all(db).await?)
}

async fn move_to(tx: &Tx, id: ReferralId, from: MemberId, to: MemberId) -> Result<bool> {
    let moved = Entity::update_many()
        .col_expr(Column::Invitee, Expr::value(to))
        .filter(Column::Id.eq(id))
        .filter(Column::Invitee.eq(from));
    Ok(moved.exec(tx.db()).await?.rows_affected == 1)
}

/// The loser's invitations go to the winner, but for programs in which the winner has one: those stay with the loser's name,
/// and are looked at like everything else that concerns the two.
async fn join(tx: &Tx, pair: &Pair) -> Result<Combined> {
    let theirs: BTreeSet<_> = of_invitee(tx.db(), &[pair.winner]).await?.iter().map(|row| row.program_id).collect();
    let rows = of_invitee(tx.db(), &[pair.loser]).await?;
    let moving: Vec<ReferralId> =
        rows.iter().filter(|row| !theirs.contains(&row.program_id)).map(|row| row.id).collect();
    journal::note(tx, pair, REFERRALS.table, moving.iter().map(|id| ((*id).into(), json!({}))).collect()).await?;
    for id in &moving {
        move_to(tx, *id, pair.loser, pair.winner).await?;
    }
    Ok(Combined { rows: u64::try_from(moving.len()).unwrap_or(u64::MAX), decisions: Vec::new() })
}

async fn part(tx: &Tx, pair: &Pair) -> Result<Separated> {
    let mut separated = Separated::default();
    for (id, _) in journal::noted::<serde_json::Value>(tx, pair, REFERRALS.table).await? {
        if move_to(tx, id.into(), pair.winner, pair.loser).await? {
            separated.returned += 1;
        } else {
            let (table, why) = (REFERRALS.table.to_owned(), StuckWhy::OwnerChanged);
            separated.stuck.push(Stuck { table, rows: 1, why });
        }
    }
    Ok(separated)
}
