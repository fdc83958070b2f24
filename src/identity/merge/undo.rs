//! Undoing a merge.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    identity::{
        member,
        merge::{Column, Entity},
    },
    types::{MergeId, StaffId},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{get, journal, later};
use crate::{
    error::{Code, Error, Result},
    identity::{
        belonging::{Belongings, OnMerge, Pair, Stuck},
        conflict,
        events::MemberUnmerged,
        store,
    },
    infra::db::Tx,
};

/// What undoing a merge did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = UndoReport)]
pub struct Report {
    /// Rows that are as they were, by table.
    pub returned: BTreeMap<String, u64>,
    /// Rows that could not go back, by table and reason.
    pub stuck: Vec<Stuck>,
    /// Rows made since, which stay with the winner, by table.
    pub stayed: BTreeMap<String, u64>,
}

/// Makes the loser of a merge a member of their own again, with everything that they brought and nobody has changed
/// since. The two stay apart from then on, whatever evidence comes, until staff merge them again.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::AlreadyUndone`]; [`Code::MergedFurther`] when the winner was merged again since, with the
/// latest of these merges in the detail.
pub async fn undo(tx: &Tx, id: MergeId, staff: StaffId, note: Option<&str>) -> Result<Report> {
    let report = take_back(tx, id, staff).await?;
    let this = get(tx.db(), id).await?;
    conflict::separate(tx, this.winner, this.loser, staff, note).await?;
    Ok(report)
}

/// The same, when the evidence that joined the two goes, too: nothing keeps them apart but that.
///
/// # Errors
/// As [`undo`].
pub async fn take_back(tx: &Tx, id: MergeId, staff: StaffId) -> Result<Report> {
    let this = get(tx.db(), id).await?;
    let pair = Pair { merge: id, winner: this.winner, loser: this.loser };
    let both = store::lock(tx, &BTreeSet::from([pair.winner, pair.loser])).await?;
    if both.iter().any(|row| row.state == member::State::Erased) {
        return Err(Error::new(Code::NotFound));
    }
    if let Some(last) = later(tx.db(), &this).await?.iter().map(|merge| merge.id).max() {
        return Err(Error::new(Code::MergedFurther).detail(format!("undo {last} first")));
    }
    let undone = Entity::update_many()
        .col_expr(Column::UndoneAt, Expr::value(tx.now()))
        .col_expr(Column::UndoneBy, Expr::value(staff))
        .filter(Column::Id.eq(id))
        .filter(Column::UndoneAt.is_null());
    if undone.exec(tx.db()).await?.rows_affected == 0 {
        return Err(Error::new(Code::AlreadyUndone));
    }
    let mut report = Report::default();
    for line in tx.handed::<Belongings>()?.0.iter().rev() {
        let separated = match line.on_merge {
            OnMerge::Stay => continue,
            OnMerge::Move { id, owner } => journal::Rows { table: line.table, id, owner }.give_back(tx, &pair).await?,
            OnMerge::Combine { undo, .. } => undo(tx, &pair).await?,
        };
        let add = |counts: &mut BTreeMap<String, u64>, rows| {
            if rows > 0 {
                counts.insert(line.table.to_owned(), rows);
            }
        };
        add(&mut report.returned, separated.returned);
        add(&mut report.stayed, separated.stayed);
        report.stuck.extend(separated.stuck);
    }
    Entity::update_many()
        .col_expr(Column::UndoReport, Expr::value(serde_json::to_value(&report)?))
        .filter(Column::Id.eq(id))
        .exec(tx.db())
        .await?;
    tx.emit(&MemberUnmerged { merge: id, winner: pair.winner, loser: pair.loser })?;
    Ok(report)
}
