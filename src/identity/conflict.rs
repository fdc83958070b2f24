//! Conflicts: evidence that contradicts what is known. Nothing is changed by it; staff decide.
//!
//! A decision to keep two members apart holds for all evidence between them, and for the members they become.

use entity::{
    identity::{
        conflict::{ActiveModel, Column, Entity, Kind, Model, State},
        identity::Source,
    },
    types::{ConflictId, MemberId, StaffId},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    TryInsertResult,
    sea_query::{Expr, OnConflict},
};

use super::{claim::Claim, events::MemberConflict, store};
use crate::{
    error::{Code, Error, Result},
    http::page::{Cursor, PageQuery},
    infra::{
        db::{Tx, count_up_to},
        news::{Need, News},
    },
};

/// The conflict of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn get(db: &impl ConnectionTrait, id: ConflictId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Conflicts in one state, the newest first.
pub(super) async fn list(db: &impl ConnectionTrait, state: State, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(Column::State.eq(state));
    if let Some(Cursor { at, id }) = page.after()? {
        let same_moment = Column::CreatedAt.eq(at).and(Column::Id.lt(ConflictId::from(id)));
        rows = rows.filter(Column::CreatedAt.lt(at).or(same_moment));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// Conflicts between two members, by whatever names they had.
pub(super) async fn between(db: &impl ConnectionTrait, a: MemberId, b: MemberId) -> Result<Vec<Model>> {
    let (of_a, of_b) = (store::names(db, a).await?, store::names(db, b).await?);
    let there = |one: &[MemberId], other: &[MemberId]| {
        Condition::all()
            .add(Column::MemberA.is_in(one.iter().copied()))
            .add(Column::MemberB.is_in(other.iter().copied()))
    };
    let either = Condition::any().add(there(&of_a, &of_b)).add(there(&of_b, &of_a));
    Ok(Entity::find().filter(either).all(db).await?)
}

/// Evidence that contradicts.
pub(super) struct Found<'a> {
    pub(super) kind: Kind,
    /// Who came with it.
    pub(super) claimant: MemberId,
    /// Whom it would join; the claimant again when it contradicts only what that one holds.
    pub(super) holder: MemberId,
    pub(super) claim: &'a Claim,
    pub(super) source: Source,
}

/// The decision of staff that these two are different people, if there is one; it counts that it was needed again.
pub(super) async fn kept_apart(tx: &Tx, a: MemberId, b: MemberId) -> Result<Option<ConflictId>> {
    let known = between(tx.db(), a, b).await?;
    let Some(row) = known.iter().find(|row| row.state == State::KeptApart) else { return Ok(None) };
    seen_again(tx, row.id).await?;
    Ok(Some(row.id))
}

/// Puts a contradiction before staff, once: what is known already is only counted.
pub(super) async fn record(tx: &Tx, found: &Found<'_>) -> Result<ConflictId> {
    let known = between(tx.db(), found.claimant, found.holder).await?;
    let same = known.iter().find(|row| {
        (row.kind, row.claim_key.as_str()) == (found.kind, found.claim.key.as_str())
            && matches!(row.state, State::Open | State::KeptApart)
    });
    if let Some(row) = same {
        seen_again(tx, row.id).await?;
        return Ok(row.id);
    }
    let row = ActiveModel {
        id: Set(tx.id()),
        kind: Set(found.kind),
        member_a: Set(found.claimant),
        member_b: Set(found.holder),
        claim_kind: Set(Some(found.claim.kind)),
        claim_realm: Set(found.claim.realm.clone()),
        claim_key: Set(found.claim.key.clone()),
        claim_sealed: Set(found.claim.sealed.clone()),
        source: Set(found.source),
        state: Set(State::Open),
        decided_by: Set(None),
        decided_at: Set(None),
        note: Set(None),
        created_at: Set(tx.now()),
        last_seen: Set(tx.now()),
        times_seen: Set(1),
    };
    let id = write(tx, row).await?;
    tx.emit(&MemberConflict { conflict: id, kind: found.kind, member: found.claimant, other: found.holder })?;
    Ok(id)
}

/// Notes that staff took two members apart, so that the same evidence does not join them again.
pub(super) async fn separate(tx: &Tx, a: MemberId, b: MemberId, staff: StaffId, note: Option<&str>) -> Result<()> {
    let row = ActiveModel {
        id: Set(tx.id()),
        kind: Set(Kind::Separated),
        member_a: Set(a),
        member_b: Set(b),
        claim_kind: Set(None),
        claim_realm: Set(String::new()),
        claim_key: Set(String::new()),
        claim_sealed: Set(None),
        source: Set(Source::Staff),
        state: Set(State::KeptApart),
        decided_by: Set(Some(staff)),
        decided_at: Set(Some(tx.now())),
        note: Set(note.map(str::to_owned)),
        created_at: Set(tx.now()),
        last_seen: Set(tx.now()),
        times_seen: Set(1),
    };
    write(tx, row).await?;
    Ok(())
}

/// Writes a conflict; one that was decided otherwise before is opened, or separated, anew.
async fn write(tx: &Tx, row: ActiveModel) -> Result<ConflictId> {
    let same = Condition::all()
        .add(Column::MemberA.eq(*row.member_a.as_ref()))
        .add(Column::MemberB.eq(*row.member_b.as_ref()))
        .add(Column::Kind.eq(*row.kind.as_ref()))
        .add(Column::ClaimKey.eq(row.claim_key.as_ref().as_str()));
    tx.tell(News::Need(Need::Conflicts));
    let (id, state) = (*row.id.as_ref(), *row.state.as_ref());
    let (staff, at, note) = (*row.decided_by.as_ref(), *row.decided_at.as_ref(), row.note.as_ref().clone());
    let place = [Column::MemberA, Column::MemberB, Column::Kind, Column::ClaimKey];
    let unless_known = OnConflict::columns(place).do_nothing().to_owned();
    let written = Entity::insert(row).on_conflict(unless_known).try_insert().exec_without_returning(tx.db()).await?;
    if matches!(written, TryInsertResult::Inserted(1)) {
        return Ok(id);
    }
    let known = Entity::find().filter(same).one(tx.db()).await?.ok_or_else(|| Error::new(Code::Conflict))?;
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::DecidedBy, Expr::value(staff))
        .col_expr(Column::DecidedAt, Expr::value(at))
        .col_expr(Column::Note, Expr::value(note))
        .filter(Column::Id.eq(known.id))
        .exec(tx.db())
        .await?;
    seen_again(tx, known.id).await?;
    Ok(known.id)
}

async fn seen_again(tx: &Tx, id: ConflictId) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LastSeen, Expr::value(tx.now()))
        .col_expr(Column::TimesSeen, Expr::col(Column::TimesSeen).add(1))
        .filter(Column::Id.eq(id))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Conflicts that nobody has decided, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn undecided(db: &impl ConnectionTrait, most: u64) -> Result<u64> {
    count_up_to(db, Entity::find().filter(Column::State.eq(State::Open)), most).await
}
