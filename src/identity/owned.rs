//! The tables of this domain among what belongs to a person.

use std::collections::BTreeSet;

use entity::{
    identity::{
        conflict,
        identity::{Column, Entity, Kind, Model, Strength},
        identity_link::Why,
        member, merge, merge_move,
    },
    types::{AccountKey, ConflictId, MemberId, OpenId, StaffId, StoreId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, Query},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    belonging::{
        Belonging, Chosen, Combined, Decision, OnMerge, Owner, Pair, PersonalData, Separated, Stuck, StuckWhy,
    },
    claim::open_phone,
    conflict::between,
    home,
    link::{self, Reason},
    merge::journal::{self, Rows},
    store,
};
use crate::{
    error::{Error, Result},
    infra::{
        clock::Time,
        db::Tx,
        news::{Need, News},
        secret::Vault,
    },
};

/// What identifies a member.
pub const IDENTITIES: Belonging = Belonging {
    table: "identity",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |tx, pair| join_identities(tx, pair).boxed_local(),
        undo: |tx, pair| part_identities(tx, pair).boxed_local(),
    },
    erase: |tx, owner, data| {
        async move {
            let gone = match () {
                () if data.contains(&PersonalData::Everything) => Leaving::of(tx, owner).await?.gone,
                () if data.contains(&PersonalData::Phone) => phones_of_wechat(tx, owner).await?,
                () => return Ok(0),
            };
            let reason = Reason::rule(Why::Erased);
            link::note(tx, reason, gone.iter().map(|row| (row, Some(row.member_id), None))).await?;
            let rows = Entity::delete_many().filter(Column::Id.is_in(gone.iter().map(|row| row.id)));
            let deleted = rows.exec(tx.db()).await?.rows_affected;
            if let Some(member) = owner.member {
                store::mark_phones(tx, &[member]).await?;
            }
            Ok(deleted)
        }
        .boxed_local()
    },
    export: Some(|db, vault, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let held = store::held(db.read(), [member]).await?;
            held.iter().map(|row| whole(vault, row)).collect()
        }
        .boxed_local()
    }),
};

/// An identity as its own person may have it.
fn whole(vault: &Vault, row: &Model) -> Result<serde_json::Value> {
    let value = match &row.sealed {
        Some(sealed) => open_phone(vault, sealed)?.as_str().to_owned(),
        None => row.key.clone(),
    };
    Ok(json!({
        "kind": row.kind, "realm": row.realm, "value": value, "source": row.source, "strength": row.strength,
        "since": row.since, "verified_at": row.verified_at,
    }))
}

const OF_IDENTITIES: Rows = Rows { table: "identity", id: "id", owner: "member_id" };

async fn join_identities(tx: &Tx, pair: &Pair) -> Result<Combined> {
    let held = store::held(tx.db(), [pair.winner, pair.loser]).await?;
    let rows = OF_IDENTITIES.take(tx, pair).await?;
    let moved = held.iter().filter(|row| row.member_id == pair.loser);
    let reason = Reason { why: Why::Merged, merge: Some(pair.merge), staff: None };
    link::note(tx, reason, moved.map(|row| (row, Some(pair.loser), Some(pair.winner)))).await?;
    let called: Vec<&Model> = held.iter().filter(|row| row.current).collect();
    if called.is_empty() {
        return Ok(Combined { rows, decisions: Vec::new() });
    }
    store::mark_phones(tx, &[pair.winner]).await?;
    let mut decisions = Vec::new();
    if called.len() > 1 {
        let chosen = super::rules::phone_to_call(held.iter().filter(|row| row.kind == Kind::Phone));
        let theirs = called.iter().any(|row| Some(row.id) == chosen && row.member_id == pair.winner);
        let chosen = if theirs { Chosen::Winner } else { Chosen::Loser };
        decisions.push(Decision {
            table: OF_IDENTITIES.table.to_owned(),
            field: "phone".to_owned(),
            chosen,
            why: "proved_best".to_owned(),
        });
    }
    Ok(Combined { rows, decisions })
}

async fn part_identities(tx: &Tx, pair: &Pair) -> Result<Separated> {
    let before = store::held(tx.db(), [pair.winner]).await?;
    let separated = OF_IDENTITIES.give_back(tx, pair).await?;
    let now: BTreeSet<_> = store::held(tx.db(), [pair.winner]).await?.into_iter().map(|row| row.id).collect();
    let moved = before.iter().filter(|row| !now.contains(&row.id));
    let reason = Reason { why: Why::Unmerged, merge: Some(pair.merge), staff: None };
    link::note(tx, reason, moved.map(|row| (row, Some(pair.winner), Some(pair.loser)))).await?;
    store::mark_phones(tx, &[pair.winner, pair.loser]).await?;
    Ok(separated)
}

/// The member itself, and its former names.
pub const MEMBERS: Belonging = Belonging {
    table: "member",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |tx, pair| become_alias(tx, pair).boxed_local(),
        undo: |tx, pair| stand_again(tx, pair).boxed_local(),
    },
    erase: |tx, owner, data| {
        async move {
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let names = store::names(tx.db(), member).await?;
            let all = member::Entity::update_many()
                .col_expr(member::Column::State, Expr::value(member::State::Erased))
                .col_expr(member::Column::StoreId, Expr::value(Option::<StoreId>::None))
                .col_expr(member::Column::UpdatedAt, Expr::value(tx.now()))
                .filter(member::Column::Id.is_in(names));
            Ok(all.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let names = store::names(db.read(), member).await?;
            let rows = member::Entity::find().filter(member::Column::Id.is_in(names)).all(db.read()).await?;
            let shown =
                |row: member::Model| json!({ "id": row.id, "store": row.store_id, "created_at": row.created_at });
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};

const OF_ALIASES: Rows = Rows { table: "member", id: "id", owner: "merged_into" };

/// What a member was before it became an alias.
#[derive(Serialize, Deserialize)]
struct Stood {
    updated_at: Time,
    #[serde(default)]
    store: Option<StoreId>,
    /// The home store of the winner until then.
    #[serde(default)]
    winners: Option<StoreId>,
}

async fn become_alias(tx: &Tx, pair: &Pair) -> Result<Combined> {
    use member::{Column, Entity, State};
    let aliases = OF_ALIASES.take(tx, pair).await?;
    let loser = Entity::find_by_id(pair.loser).one(tx.db()).await?;
    let loser = loser.ok_or_else(|| Error::internal("a member vanished while it was merged"))?;
    let (store, winners) = (loser.store_id, home::home(tx.db(), pair.winner).await?);
    let before = serde_json::to_value(Stood { updated_at: loser.updated_at, store, winners })?;
    journal::note(tx, pair, OF_ALIASES.table, vec![(pair.loser.into(), before)]).await?;
    Entity::update_many()
        .col_expr(Column::MergedInto, Expr::value(pair.winner))
        .col_expr(Column::State, Expr::value(State::Merged))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(pair.loser))
        .exec(tx.db())
        .await?;
    if store == winners && aliases == 0 {
        return Ok(Combined { rows: 1, decisions: Vec::new() });
    }
    home::put(tx, pair.winner, winners.or(store)).await?;
    let (chosen, why) = match winners {
        Some(_) => (Chosen::Winner, "survivor"),
        None => (Chosen::Loser, "only"),
    };
    let decision =
        Decision { table: OF_ALIASES.table.to_owned(), field: "store".to_owned(), chosen, why: why.to_owned() };
    let decisions = if store.is_none() || store == winners { Vec::new() } else { vec![decision] };
    Ok(Combined { rows: aliases + 1, decisions })
}

async fn stand_again(tx: &Tx, pair: &Pair) -> Result<Separated> {
    use member::{Column, Entity, State};
    let mut separated = OF_ALIASES.give_back(tx, pair).await?;
    // An alias is no row that was made since.
    separated.stayed = 0;
    let none: Option<MemberId> = None;
    for (_, Stood { updated_at, store, winners }) in journal::noted(tx, pair, OF_ALIASES.table).await? {
        Entity::update_many()
            .col_expr(Column::MergedInto, Expr::value(none))
            .col_expr(Column::State, Expr::value(State::Active))
            .col_expr(Column::UpdatedAt, Expr::value(updated_at))
            .filter(Column::Id.eq(pair.loser))
            .exec(tx.db())
            .await?;
        home::put(tx, pair.loser, store).await?;
        // Unless they have moved since.
        if home::home(tx.db(), pair.winner).await? == winners.or(store) {
            home::put(tx, pair.winner, winners).await?;
        }
    }
    Ok(separated)
}

/// Contradictions between members. Those between two who become one are settled by it.
pub const CONFLICTS: Belonging = Belonging {
    table: "conflict",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |tx, pair| settle(tx, pair).boxed_local(),
        undo: |tx, pair| unsettle(tx, pair).boxed_local(),
    },
    erase: |tx, owner, data| {
        async move {
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let names = store::names(tx.db(), member).await?;
            let either = Condition::any()
                .add(conflict::Column::MemberA.is_in(names.iter().copied()))
                .add(conflict::Column::MemberB.is_in(names.iter().copied()));
            Ok(conflict::Entity::delete_many().filter(either).exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: None,
};

/// When a merge settled a conflict that was open.
#[derive(Serialize, Deserialize)]
struct Settled {
    at: Time,
}

async fn settle(tx: &Tx, pair: &Pair) -> Result<Combined> {
    use conflict::{Column, Entity, State};
    let open = between(tx.db(), pair.winner, pair.loser).await?;
    let open: Vec<ConflictId> = open.iter().filter(|row| row.state == State::Open).map(|row| row.id).collect();
    if open.is_empty() {
        return Ok(Combined::default());
    }
    let before = serde_json::to_value(Settled { at: tx.now() })?;
    tx.tell(News::Need(Need::Conflicts));
    let rows = open.iter().map(|id| ((*id).into(), before.clone())).collect();
    journal::note(tx, pair, CONFLICTS.table, rows).await?;
    let settled = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Merged))
        .col_expr(Column::DecidedAt, Expr::value(tx.now()))
        .filter(Column::Id.is_in(open));
    Ok(Combined { rows: settled.exec(tx.db()).await?.rows_affected, decisions: Vec::new() })
}

async fn unsettle(tx: &Tx, pair: &Pair) -> Result<Separated> {
    use conflict::{Column, Entity, State};
    let (nobody, never, nothing): (Option<StaffId>, Option<Time>, Option<String>) = (None, None, None);
    let mut separated = Separated::default();
    for (id, settled) in journal::noted::<Settled>(tx, pair, CONFLICTS.table).await? {
        let opened = Entity::update_many()
            .col_expr(Column::State, Expr::value(State::Open))
            .col_expr(Column::DecidedBy, Expr::value(nobody))
            .col_expr(Column::DecidedAt, Expr::value(never))
            .col_expr(Column::Note, Expr::value(nothing.clone()))
            .filter(Column::Id.eq(ConflictId::from(id)))
            .filter(Column::State.eq(State::Merged))
            .filter(Column::DecidedAt.eq(settled.at))
            .exec(tx.db())
            .await?;
        if opened.rows_affected == 1 {
            tx.tell(News::Need(Need::Conflicts));
            separated.returned += 1;
        } else {
            let table = CONFLICTS.table.to_owned();
            separated.stuck.push(Stuck { table, rows: 1, why: StuckWhy::Changed });
        }
    }
    Ok(separated)
}

/// What rows were before merges changed them. It is no row of a member, but may hold what a member was like.
pub const MOVES: Belonging = Belonging {
    table: "merge_move",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let names = store::names(tx.db(), member).await?;
            let theirs = Query::select()
                .column(merge::Column::Id)
                .from(merge::Entity)
                .cond_where(
                    Condition::any()
                        .add(merge::Column::Winner.is_in(names.iter().copied()))
                        .add(merge::Column::Loser.is_in(names.iter().copied())),
                )
                .take();
            // Words of staff may name people.
            merge::Entity::update_many()
                .col_expr(merge::Column::Reason, Expr::value(""))
                .filter(merge::Column::Id.in_subquery(theirs.clone()))
                .filter(merge::Column::Cause.eq(merge::Cause::Staff))
                .exec(tx.db())
                .await?;
            let nothing: Option<serde_json::Value> = None;
            let blanked = merge_move::Entity::update_many()
                .col_expr(merge_move::Column::Before, Expr::value(nothing))
                .filter(merge_move::Column::MergeId.in_subquery(theirs))
                .filter(merge_move::Column::Before.is_not_null());
            Ok(blanked.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: None,
};

/// The numbers that WeChat told of a member.
async fn phones_of_wechat(tx: &Tx, owner: &Owner) -> Result<Vec<Model>> {
    let held = store::held(tx.db(), owner.member).await?;
    Ok(held.into_iter().filter(|row| row.kind == Kind::Phone && row.strength == Strength::Wechat).collect())
}

/// What leaves when a WeChat account ends: its OpenID, and with the last OpenID all that only WeChat told us.
struct Leaving {
    gone: Vec<Model>,
    left: usize,
}

impl Leaving {
    async fn of(tx: &Tx, owner: &Owner) -> Result<Self> {
        let Some(member) = owner.member else { return Ok(Self { gone: Vec::new(), left: 0 }) };
        let held = store::held(tx.db(), [member]).await?;
        if owner.entirely {
            return Ok(Self { gone: held, left: 0 });
        }
        let this = |row: &Model| {
            let place = |(account, open_id): &(AccountKey, OpenId)| {
                (row.kind, row.realm.as_str(), row.key.as_str()) == (Kind::OpenId, account.as_str(), open_id.as_str())
            };
            owner.known_as.as_ref().is_some_and(place)
        };
        let others = held.iter().any(|row| row.kind == Kind::OpenId && !this(row));
        let (gone, left): (Vec<Model>, Vec<Model>) =
            held.into_iter().partition(|row| this(row) || !others && row.strength == Strength::Wechat);
        Ok(Self { gone, left: left.len() })
    }
}

/// The member, when everything is to be erased and nothing will be left that says who it is.
///
/// # Errors
/// When the database does not answer.
pub async fn nobody_left(tx: &Tx, owner: &Owner, data: &[PersonalData]) -> Result<Option<MemberId>> {
    if !data.contains(&PersonalData::Everything) {
        return Ok(None);
    }
    let left = Leaving::of(tx, owner).await?.left;
    Ok(owner.member.filter(|_| left == 0))
}
