//! The journal of identities.

use entity::{
    identity::{
        identity::Model as Identity,
        identity_link::{ActiveModel, Column, Entity, Model, Why},
    },
    types::{MemberId, MergeId, StaffId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{error::Result, infra::db::Tx};

/// Why identities changed, and who wanted it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reason {
    pub(super) why: Why,
    pub(super) merge: Option<MergeId>,
    pub(super) staff: Option<StaffId>,
}

impl Reason {
    /// By the rules.
    pub(super) fn rule(why: Why) -> Self {
        Self { why, merge: None, staff: None }
    }

    /// By a member of staff.
    pub(super) fn staff(why: Why, staff: StaffId) -> Self {
        Self { why, merge: None, staff: Some(staff) }
    }
}

/// Notes what became of identities: where each was, where it is now.
pub(super) async fn note(
    tx: &Tx,
    reason: Reason,
    changes: impl IntoIterator<Item = (&Identity, Option<MemberId>, Option<MemberId>)>,
) -> Result<()> {
    let rows: Vec<ActiveModel> = changes
        .into_iter()
        .map(|(row, from, to)| ActiveModel {
            id: Set(tx.id()),
            identity_id: Set(row.id),
            from_member: Set(from),
            to_member: Set(to),
            why: Set(reason.why),
            source: Set(row.source),
            strength: Set(row.strength),
            merge_id: Set(reason.merge),
            staff_id: Set(reason.staff),
            at: Set(tx.now()),
        })
        .collect();
    for insert in tx.inserts(rows)? {
        tx.db().execute(&insert).await?;
    }
    Ok(())
}

/// How many lines of the journal are shown at once.
const SHOWN: u64 = 100;

/// What came to a member and what left, the newest first.
pub(super) async fn of(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<Model>> {
    let here = Column::ToMember.eq(member).or(Column::FromMember.eq(member));
    Ok(Entity::find().filter(here).order_by_desc(Column::Id).limit(SHOWN).all(db).await?)
}
