//! The tables of this domain among what belongs to a person. When a member is forgotten the entries stay, so that what
//! was given and spent stays countable, and say nothing about anybody.

use entity::{
    points::{account, counter, difference, draw, entry, lot},
    types::{MemberId, PointsChange},
};
use futures_util::future::FutureExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde_json::json;

use super::{
    account as accounts, merge,
    posting::{self, Posting},
    rules::{comes, never},
    timeline::called,
};
use crate::{
    error::Result,
    identity::{
        belonging::{Belonging, OnMerge},
        owned::nobody_left,
    },
    infra::{calendar::last_day_before, db::Tx},
};

/// Deletes or blanks nothing but what belongs to a member of whom nothing is to be left.
macro_rules! when_nobody_is_left {
    ($forget:path) => {
        |tx, owner, data| {
            async move {
                match nobody_left(tx, owner, data).await? {
                    Some(member) => $forget(tx, member).await,
                    None => Ok(0),
                }
            }
            .boxed_local()
        }
    };
}

/// Accounts. They stand before the rest of this domain: who holds them may touch the rest.
pub const ACCOUNTS: Belonging = Belonging {
    table: "points_account",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |tx, pair| merge::join_accounts(tx, pair).boxed_local(),
        undo: |tx, pair| merge::part_accounts(tx, pair).boxed_local(),
    },
    erase: when_nobody_is_left!(forfeit),
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let row = account::Entity::find_by_id(member).one(db.read()).await?;
            Ok(row.into_iter().map(|row| json!({ "balance": row.balance, "pending": row.pending })).collect())
        }
        .boxed_local()
    }),
};

/// Lots.
pub const LOTS: Belonging = Belonging {
    table: "points_lot",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |tx, pair| merge::join_lots(tx, pair).boxed_local(),
        undo: |tx, pair| merge::part_lots(tx, pair).boxed_local(),
    },
    erase: when_nobody_is_left!(forget_lots),
    export: Some(|db, _, owner| {
        async move {
            use lot::{Column, Entity};
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let rows =
                Entity::find().filter(Column::MemberId.eq(member)).order_by_asc(Column::Id).all(db.read()).await?;
            let shown = |row: lot::Model| {
                let last_day = comes(row.expires_at).map(last_day_before);
                json!({ "earned": row.earned, "remaining": row.remaining, "state": row.state, "last_day": last_day })
            };
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};

/// Entries.
pub const ENTRIES: Belonging = Belonging {
    table: "points_entry",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: when_nobody_is_left!(blank_entries),
    export: Some(|db, _, owner| {
        async move {
            use entry::{Column, Entity};
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let rows = Entity::find().filter(Column::MemberId.eq(member)).order_by_asc(Column::Id).all(db.read()).await?;
            let shown = |row: entry::Model| {
                let kind = called(row.kind).0;
                json!({ "kind": kind, "points": row.delta, "pending": row.pending, "because": row.because_zh, "at": row.at })
            };
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};

/// Which entry drew from which lot.
pub const DRAWS: Belonging = Belonging {
    table: "points_draw",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: when_nobody_is_left!(forget_draws),
    export: None,
};

/// Accounts that did not add up.
pub const DIFFERENCES: Belonging = Belonging {
    table: "points_difference",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: when_nobody_is_left!(forget_differences),
    export: None,
};

/// What rules have given. It stands after the rest of this domain: undoing a merge begins with it.
pub const COUNTERS: Belonging = Belonging {
    table: "points_counter",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |tx, pair| merge::join_counters(tx, pair).boxed_local(),
        undo: |tx, pair| merge::part_counters(tx, pair).boxed_local(),
    },
    erase: when_nobody_is_left!(forget_counters),
    export: None,
};

/// Books that what is left is nobody's.
async fn forfeit(tx: &Tx, member: MemberId) -> Result<u64> {
    use account::{Column, Entity};
    let Some(held) = accounts::lock(tx, &[member]).await?.pop() else { return Ok(0) };
    if !held.balance.is_zero() || !held.pending.is_zero() {
        let (delta, pending): (PointsChange, PointsChange) = (held.balance.less(), held.pending.less());
        let asked = held.balance.max(held.pending);
        let what = format!("forfeit:{member}");
        let row = Posting { delta, pending, ..Posting::ours(member, &what, entry::Kind::Forfeited, asked) }.row(tx);
        posting::write(tx, &[row]).await?;
    }
    let emptied = Entity::update_many()
        .col_expr(Column::Balance, Expr::value(0_i64))
        .col_expr(Column::Pending, Expr::value(0_i64))
        .col_expr(Column::NextDueAt, Expr::value(never()))
        .filter(Column::MemberId.eq(member));
    Ok(emptied.exec(tx.db()).await?.rows_affected)
}

async fn forget_lots(tx: &Tx, member: MemberId) -> Result<u64> {
    Ok(lot::Entity::delete_many().filter(lot::Column::MemberId.eq(member)).exec(tx.db()).await?.rows_affected)
}

async fn forget_draws(tx: &Tx, member: MemberId) -> Result<u64> {
    Ok(draw::Entity::delete_many().filter(draw::Column::MemberId.eq(member)).exec(tx.db()).await?.rows_affected)
}

async fn forget_differences(tx: &Tx, member: MemberId) -> Result<u64> {
    use difference::{Column, Entity};
    Ok(Entity::delete_many().filter(Column::MemberId.eq(member)).exec(tx.db()).await?.rows_affected)
}

async fn forget_counters(tx: &Tx, member: MemberId) -> Result<u64> {
    use counter::{Column, Entity};
    Ok(Entity::delete_many().filter(Column::MemberId.eq(member)).exec(tx.db()).await?.rows_affected)
}

/// Blanks words, which may say something about the member. Keys stay: what was done is not done again.
async fn blank_entries(tx: &Tx, member: MemberId) -> Result<u64> {
    use entry::{Column, Entity};
    let nothing: Option<String> = None;
    let blanked = Entity::update_many()
        .col_expr(Column::BecauseZh, Expr::value(""))
        .col_expr(Column::BecauseEn, Expr::value(""))
        .col_expr(Column::Note, Expr::value(nothing))
        .filter(Column::MemberId.eq(member));
    Ok(blanked.exec(tx.db()).await?.rows_affected)
}
