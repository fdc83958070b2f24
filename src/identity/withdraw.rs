//! Taking back what records of another system said of people: links end, and who was met only there is nobody again.

use std::collections::BTreeSet;

use entity::{
    identity::{
        conflict,
        identity::{Column, Entity, Model, Source, Strength},
        identity_link::Why,
        member, merge,
    },
    types::{IdentityId, MemberId},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter,
    sea_query::{Alias, Expr, Query},
};

use super::{
    belonging::{Belongings, OnMerge},
    events::MemberWithdrawn,
    link::{self, Reason},
    store,
};
use crate::{
    error::Result,
    infra::db::{Tx, among, any_of},
};

/// What became of what was to be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn<T: Ord> {
    /// Gone.
    pub gone: BTreeSet<T>,
    /// Still there: better known since, or something else has come to it.
    pub kept: BTreeSet<T>,
}

/// Ends links that records made. What was proved better since stays; what is gone already counts as gone.
///
/// # Errors
/// When the database does not answer.
pub async fn unlink(tx: &Tx, ids: &[IdentityId]) -> Result<Withdrawn<IdentityId>> {
    let rows = Entity::find().filter(among(tx.db(), Column::Id, ids.iter().copied()));
    let rows: Vec<Model> = if ids.is_empty() { Vec::new() } else { rows.all(tx.db()).await? };
    let imported = |row: &&Model| row.source == Source::Import && row.strength <= Strength::Imported;
    let (ending, kept): (Vec<&Model>, Vec<&Model>) = rows.iter().partition(imported);
    let kept: BTreeSet<IdentityId> = kept.into_iter().map(|row| row.id).collect();
    let gone = ids.iter().copied().filter(|id| !kept.contains(id)).collect();
    if ending.is_empty() {
        return Ok(Withdrawn { gone, kept });
    }
    let members: BTreeSet<MemberId> = ending.iter().map(|row| row.member_id).collect();
    store::lock(tx, &members).await?;
    let reason = Reason::rule(Why::TakenBack);
    link::note(tx, reason, ending.iter().map(|row| (*row, Some(row.member_id), None))).await?;
    let ended = among(tx.db(), Column::Id, ending.iter().map(|row| row.id));
    Entity::delete_many().filter(ended).exec(tx.db()).await?;
    let called: BTreeSet<MemberId> = ending.iter().filter(|row| row.current).map(|row| row.member_id).collect();
    store::mark_phones(tx, &called.into_iter().collect::<Vec<_>>()).await?;
    Ok(Withdrawn { gone, kept })
}

/// Deletes members of whom nothing is left: nothing identifies them, nothing belongs to them, they were part of no merge
/// that stands. Open contradictions with them are settled by it.
///
/// # Errors
/// When the database does not answer.
pub async fn withdraw(tx: &Tx, members: &BTreeSet<MemberId>) -> Result<Withdrawn<MemberId>> {
    let Some(ids) = (!members.is_empty()).then(|| members.iter().copied().collect::<Vec<_>>()) else {
        return Ok(Withdrawn { gone: BTreeSet::new(), kept: BTreeSet::new() });
    };
    let standing: BTreeSet<MemberId> = store::lock(tx, members)
        .await?
        .into_iter()
        .filter(|row| row.state == member::State::Active)
        .map(|row| row.id)
        .collect();
    let mut kept: BTreeSet<MemberId> = BTreeSet::new();
    for line in tx.handed::<Belongings>()?.0 {
        if let OnMerge::Move { owner, .. } = line.on_merge {
            kept.extend(owners(tx, line.table, owner, &ids).await?);
        }
    }
    kept.extend(owners(tx, "identity", "member_id", &ids).await?);
    kept.extend(owners(tx, "member", "merged_into", &ids).await?);
    let merges = Condition::any().add(among(tx.db(), merge::Column::Winner, ids.clone())).add(among(
        tx.db(),
        merge::Column::Loser,
        ids.clone(),
    ));
    for row in merge::Entity::find().filter(merges).filter(merge::Column::UndoneAt.is_null()).all(tx.db()).await? {
        kept.extend([row.winner, row.loser]);
    }
    let conflicts = Condition::any().add(among(tx.db(), conflict::Column::MemberA, ids.clone())).add(among(
        tx.db(),
        conflict::Column::MemberB,
        ids,
    ));
    let conflicts = conflict::Entity::find().filter(conflicts).all(tx.db()).await?;
    for row in conflicts.iter().filter(|row| row.decided_by.is_some()) {
        kept.extend([row.member_a, row.member_b]);
    }
    let gone: BTreeSet<MemberId> = standing.difference(&kept).copied().collect();
    let settled = conflicts.iter().filter(|row| gone.contains(&row.member_a) || gone.contains(&row.member_b));
    let settled: Vec<_> = settled.map(|row| row.id).collect();
    if !settled.is_empty() {
        conflict::Entity::delete_many().filter(conflict::Column::Id.is_in(settled)).exec(tx.db()).await?;
    }
    if !gone.is_empty() {
        let rows = among(tx.db(), member::Column::Id, gone.iter().copied());
        member::Entity::delete_many().filter(rows).exec(tx.db()).await?;
    }
    for member in &gone {
        tx.emit(&MemberWithdrawn { member: *member })?;
    }
    let kept = members.iter().copied().filter(|member| kept.contains(member)).collect();
    Ok(Withdrawn { gone, kept })
}

#[derive(FromQueryResult)]
struct Named {
    owner: MemberId,
}

/// Which of these members rows of a table name.
async fn owners(tx: &Tx, table: &'static str, owner: &'static str, ids: &[MemberId]) -> Result<Vec<MemberId>> {
    let mut rows = Query::select();
    rows.expr_as(Expr::col(owner), Alias::new("owner")).distinct().from(table);
    rows.and_where(any_of(tx.db(), Expr::col(owner), ids.iter().copied()));
    let rows = Named::find_by_statement(tx.backend().build(&rows)).all(tx.db()).await?;
    Ok(rows.into_iter().map(|row| row.owner).collect())
}
