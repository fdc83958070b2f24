//! Two members made one, and two again.
//!
//! A merge is one transaction. It walks the list of what belongs to a member and writes every row that it changes into
//! its journal; the loser stays as another name of the winner. [`undo`](undo::undo) replays the journal backwards, and
//! says what could not go back.

pub mod journal;
mod preview;
mod single;
mod split;
mod undo;

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    identity::{
        member,
        merge::{ActiveModel, Cause, Column, Entity, Model},
    },
    types::{ConflictId, IdentityId, MemberId, MergeId, StaffId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
};

pub use self::{
    preview::{Preview, Surviving, preview, surviving},
    single::{OnePerMember, combine},
    split::{Split, split},
    undo::{Report, take_back, undo},
};
use super::{
    belonging::{Belongings, Combined, Decision, OnMerge, Pair},
    events::MemberMerged,
    store,
};
use crate::{
    error::{Code, Error, Result},
    http::page::{Cursor, PageQuery},
    infra::db::Tx,
};

/// Who is to become one, and why.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who survives.
    pub winner: MemberId,
    /// Who becomes another name of the winner.
    pub loser: MemberId,
    /// Why the winner survives, in a word such as `older`.
    pub survives: &'static str,
    /// Who wants it.
    pub cause: Cause,
    /// Why, in words.
    pub reason: String,
    /// The identity that joins them, when it is a rule.
    pub joined_by: Option<IdentityId>,
    /// The conflict that is decided by it.
    pub conflict: Option<ConflictId>,
    /// The member of staff who wants it.
    pub staff: Option<StaffId>,
}

/// Makes two members one.
///
/// # Errors
/// [`Code::SameMember`]; [`Code::NotFound`] when one of them does not exist or is nobody any more; [`Code::Conflict`]
/// when one of them is only another name of somebody.
pub async fn merge(tx: &Tx, order: &Order) -> Result<Model> {
    let Order { winner, loser, .. } = *order;
    if winner == loser {
        return Err(Error::new(Code::SameMember));
    }
    let both = store::lock(tx, &BTreeSet::from([winner, loser])).await?;
    if both.len() < 2 || both.iter().any(|row| row.state == member::State::Erased) {
        return Err(Error::new(Code::NotFound));
    }
    if both.iter().any(|row| row.state != member::State::Active) {
        return Err(Error::new(Code::Conflict).detail("one of them has been merged already"));
    }
    let pair = Pair { merge: tx.id(), winner, loser };
    let (mut moved, mut decisions) = (BTreeMap::new(), vec![survives(order)]);
    for line in tx.handed::<Belongings>()?.0 {
        let combined = match line.on_merge {
            OnMerge::Stay => continue,
            OnMerge::Move { id, owner } => {
                let rows = journal::Rows { table: line.table, id, owner }.take(tx, &pair).await?;
                Combined { rows, decisions: Vec::new() }
            }
            OnMerge::Combine { merge, .. } => merge(tx, &pair).await?,
        };
        if combined.rows > 0 {
            moved.insert(line.table, combined.rows);
        }
        decisions.extend(combined.decisions);
    }
    let row = ActiveModel {
        id: Set(pair.merge),
        winner: Set(winner),
        loser: Set(loser),
        cause: Set(order.cause),
        reason: Set(order.reason.clone()),
        joined_by: Set(order.joined_by),
        conflict_id: Set(order.conflict),
        staff_id: Set(order.staff),
        decisions: Set(serde_json::to_value(&decisions)?),
        moved: Set(serde_json::to_value(&moved)?),
        at: Set(tx.now()),
        undone_at: Set(None),
        undone_by: Set(None),
        undo_report: Set(None),
    };
    let row = Entity::insert(row).exec_with_returning(tx.db()).await?;
    tx.emit(&MemberMerged { merge: pair.merge, winner, loser })?;
    Ok(row)
}

fn survives(order: &Order) -> Decision {
    Decision {
        table: "member".to_owned(),
        field: "id".to_owned(),
        chosen: super::belonging::Chosen::Winner,
        why: order.survives.to_owned(),
    }
}

/// The merge of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn get(db: &impl ConnectionTrait, id: MergeId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Merges after this one, not undone, in which its winner took part.
async fn later(db: &impl ConnectionTrait, this: &Model) -> Result<Vec<Model>> {
    let took_part = Column::Winner.eq(this.winner).or(Column::Loser.eq(this.winner));
    let rows = Entity::find().filter(took_part).filter(Column::Id.gt(this.id)).filter(Column::UndoneAt.is_null());
    Ok(rows.all(db).await?)
}

/// Merges, of one member or of all, the latest first.
pub(super) async fn list(db: &impl ConnectionTrait, member: Option<MemberId>, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find();
    if let Some(member) = member {
        rows = rows.filter(Column::Winner.eq(member).or(Column::Loser.eq(member)));
    }
    if let Some(Cursor { at, id }) = page.after()? {
        let same_moment = Column::At.eq(at).and(Column::Id.lt(MergeId::from(id)));
        rows = rows.filter(Column::At.lt(at).or(same_moment));
    }
    Ok(rows.order_by_desc(Column::At).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}
