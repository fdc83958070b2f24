//! The tables of this domain among what belongs to a person. What was given stays countable, and names nobody.

use entity::{
    rewards::{
        block, grant,
        member_counter::{Column, Entity, Model},
        payout,
    },
    types::{MemberId, OpenId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};
use serde_json::json;

use super::FORGOTTEN;
use crate::{
    error::Result,
    identity::{
        belonging::{Belonging, Chosen, Combined, Decision, OnMerge, Pair, PersonalData, Separated},
        merge::{OnePerMember, combine, journal},
        owned::nobody_left,
    },
    infra::db::Tx,
};

/// What a member got and was refused, and why.
pub const GRANTS: Belonging = Belonging {
    table: "reward_grant",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: |tx, owner, data| {
        async move {
            use grant::{Column, Entity};
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let blanked = Entity::update_many()
                .col_expr(Column::Because, Expr::value(json!({ "rule": "", "what": "" })))
                .col_expr(Column::Decision, Expr::value(json!([])))
                .filter(Column::MemberId.eq(member));
            let blanked = blanked.exec(tx.db()).await?.rows_affected;
            Entity::update_many()
                .col_expr(Column::TakenBack, Expr::value(json!({ "rule": "", "what": "" })))
                .filter(Column::MemberId.eq(member))
                .filter(Column::TakenBack.is_not_null())
                .exec(tx.db())
                .await?;
            Ok(blanked)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            use grant::{Column, Entity};
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let rows = Entity::find().filter(Column::MemberId.eq(member)).order_by_asc(Column::Id).all(db.read()).await?;
            let shown = |row: grant::Model| {
                json!({
                    "id": row.id, "campaign": row.campaign_id, "state": row.state, "code": row.code,
                    "amount": row.amount, "because": row.because, "decision": row.decision, "created_at": row.created_at,
                    "came_back": row.came_back, "taken_back": row.taken_back,
                })
            };
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};

/// Money on its way to a person. What was not handed over yet never is; what was is asked about to its end.
pub const PAYOUTS: Belonging = Belonging {
    table: "payout",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: |tx, owner, data| {
        async move {
            use payout::{Column, Entity};
            if !data.contains(&PersonalData::Everything) {
                return Ok(0);
            }
            let (nobody, nothing): (OpenId, Option<String>) = (FORGOTTEN.parse()?, None);
            let blanked = Entity::update_many()
                .col_expr(Column::OpenId, Expr::value(nobody))
                .col_expr(Column::Request, Expr::value(json!({})))
                .col_expr(Column::Package, Expr::value(nothing))
                .filter(owner.rows(Column::Account, Column::OpenId));
            Ok(blanked.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            use payout::{Column, Entity};
            let theirs = Entity::find().filter(owner.rows(Column::Account, Column::OpenId));
            let rows = theirs.order_by_asc(Column::Id).all(db.read()).await?;
            let shown = |row: payout::Model| {
                json!({
                    "id": row.id, "grant": row.grant_id, "account": row.account, "provider": row.provider,
                    "amount_fen": row.amount, "state": row.state, "created_at": row.created_at,
                    "settled_at": row.settled_at,
                })
            };
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};

/// How often and how much a member got. Those of two who become one are added up.
pub const COUNTERS: Belonging = Belonging {
    table: "member_reward_counter",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |tx, pair| join_counters(tx, pair).boxed_local(),
        undo: |tx, pair| part_counters(tx, pair).boxed_local(),
    },
    erase: |tx, owner, data| {
        async move {
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            Ok(Entity::delete_many().filter(Column::MemberId.eq(member)).exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    // It says nothing that grants do not.
    export: None,
};

async fn join_counters(tx: &Tx, pair: &Pair) -> Result<Combined> {
    let theirs = Entity::find().filter(Column::MemberId.eq(pair.loser));
    let theirs = theirs.order_by_asc(Column::Scope).order_by_asc(Column::Span).all(tx.db()).await?;
    if theirs.is_empty() {
        return Ok(Combined::default());
    }
    let before = serde_json::to_value(&theirs)?;
    journal::note(tx, pair, COUNTERS.table, vec![(pair.loser.into(), before)]).await?;
    Entity::delete_many().filter(Column::MemberId.eq(pair.loser)).exec(tx.db()).await?;
    let rows = u64::try_from(theirs.len()).unwrap_or(u64::MAX);
    let add = OnConflict::columns([Column::MemberId, Column::Scope, Column::Span])
        .value(Column::Count, Expr::cust("member_reward_counter.count + excluded.count"))
        .value(Column::Amount, Expr::cust("member_reward_counter.amount + excluded.amount"))
        .to_owned();
    let moved = theirs.into_iter().map(|row| Model { member_id: pair.winner, ..row }.into_active_model());
    Entity::insert_many(moved).on_conflict(add).exec_without_returning(tx.db()).await?;
    let decision = Decision {
        table: COUNTERS.table.to_owned(),
        field: "count".to_owned(),
        chosen: Chosen::Both,
        why: "sum".to_owned(),
    };
    Ok(Combined { rows, decisions: vec![decision] })
}

async fn part_counters(tx: &Tx, pair: &Pair) -> Result<Separated> {
    let mut separated = Separated::default();
    for (_, theirs) in journal::noted::<Vec<Model>>(tx, pair, COUNTERS.table).await? {
        for row in theirs {
            let of_winner =
                || Column::MemberId.eq(pair.winner).and(Column::Scope.eq(&row.scope)).and(Column::Span.eq(&row.span));
            // Something of it may have been given back since.
            let nothing_left = Expr::col(Column::Count).lte(row.count);
            Entity::delete_many().filter(of_winner()).filter(nothing_left).exec(tx.db()).await?;
            Entity::update_many()
                .col_expr(Column::Count, Expr::col(Column::Count).sub(row.count))
                .col_expr(Column::Amount, Expr::col(Column::Amount).sub(row.amount))
                .filter(of_winner())
                .exec(tx.db())
                .await?;
            Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
            separated.returned += 1;
        }
    }
    Ok(separated)
}

/// Who is held back. Who joins somebody who is held back is held back, too.
pub const BLOCKS: Belonging = Belonging {
    table: "reward_block",
    begin: None,
    on_merge: combine::<Blocks>(),
    erase: |tx, owner, data| {
        async move {
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let theirs = block::Entity::delete_many().filter(block::Column::MemberId.eq(member));
            Ok(theirs.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    // Why somebody is looked into is not theirs to read; that they are, grants tell.
    export: None,
};

/// Who is held back, among what belongs to members.
struct Blocks;

impl OnePerMember for Blocks {
    const TABLE: &'static str = "reward_block";
    type Entity = block::Entity;
    type Model = block::Model;
    type ActiveModel = block::ActiveModel;

    fn owner() -> block::Column {
        block::Column::MemberId
    }

    fn of(row: block::Model, member: MemberId) -> block::Model {
        block::Model { member_id: member, ..row }
    }

    fn combine(winner: &block::Model, loser: &block::Model) -> (block::Model, Vec<Decision>) {
        let (made, chosen) = if loser.at < winner.at {
            (Self::of(loser.clone(), winner.member_id), Chosen::Loser)
        } else {
            (winner.clone(), Chosen::Winner)
        };
        let table = Self::TABLE.to_owned();
        (made, vec![Decision { table, field: "code".to_owned(), chosen, why: "earlier".to_owned() }])
    }
}
