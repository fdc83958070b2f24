//! What staff decide about invitations that are held, and what the people concerned say to it.

use entity::{
    referral::{
        alert as alert_row, appeal,
        invitation::{Model as Referral, State},
        review::{Column, Decision, Entity, Model},
    },
    types::{MemberId, ReferralAlertId, ReferralId, StaffId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, TryInsertResult,
    sea_query::OnConflict,
};

use super::{guard::alert, jobs::Review, rules::log, store};
use crate::{
    error::{Code, Error, Result},
    identity::names,
    infra::db::Tx,
};

/// What staff decided about an invitation, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn reviews(db: &impl ConnectionTrait, referral: ReferralId) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::ReferralId.eq(referral));
    Ok(rows.order_by_asc(Column::Id).all(db).await?)
}

/// The same, as decisions need it.
pub(super) async fn as_log(db: &impl ConnectionTrait, referral: ReferralId) -> Result<Vec<log::Review>> {
    let rows = reviews(db, referral).await?;
    Ok(rows.into_iter().map(|row| log::Review { decision: row.decision, at: row.at }).collect())
}

/// Staff release an invitation that is held, or reject one whatever it is; a rejected one can be released, too.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::AlreadyDecided`] when this was decided last; [`Code::Conflict`] when there is nothing to
/// release, or nothing left to reject.
pub async fn decide(tx: &Tx, id: ReferralId, decision: Decision, staff: StaffId, reason: &str) -> Result<Referral> {
    let row = store::get(tx.db(), id).await?;
    let last = reviews(tx.db(), id).await?.last().map(|review| review.decision);
    if last == Some(decision) && row.state != State::Held {
        return Err(Error::new(Code::AlreadyDecided));
    }
    let possible = match decision {
        Decision::Release => row.state == State::Held || last == Some(Decision::Reject),
        Decision::Reject => !matches!(row.state, State::Refused | State::Reversed),
    };
    if !possible {
        return Err(Error::new(Code::Conflict).detail("this is not possible in the present state of the invitation"));
    }
    note(tx, &row, decision, staff, reason).await?;
    Ok(row)
}

async fn note(tx: &Tx, row: &Referral, decision: Decision, staff: StaffId, reason: &str) -> Result<()> {
    let review =
        Model { id: tx.id(), referral_id: row.id, decision, reason: reason.to_owned(), staff_id: staff, at: tx.now() };
    Entity::insert(review.into_active_model()).exec_without_returning(tx.db()).await?;
    tx.enqueue(Review::of(row.program_id, row.invitee))
}

/// Staff decide about everything that an alert holds. What comes of the same kind later is held only after a rejection.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::AlreadyDecided`].
pub async fn decide_all(
    tx: &Tx,
    id: ReferralAlertId,
    decision: Decision,
    staff: StaffId,
    reason: &str,
) -> Result<alert_row::Model> {
    let state = match decision {
        Decision::Release => alert_row::State::Released,
        Decision::Reject => alert_row::State::Rejected,
    };
    let decided = alert::decide(tx, id, state, staff, reason).await?;
    for referral in alert::referrals(tx.db(), id).await? {
        let row = store::get(tx.db(), referral).await?;
        if row.state == State::Held {
            note(tx, &row, decision, staff, reason).await?;
        }
    }
    Ok(decided)
}

/// The inviter or the invited person says why an invitation should not be held; once for each time that it is.
///
/// # Errors
/// [`Code::NotFound`], also for whom it does not concern; [`Code::Conflict`] when it is not held; [`Code::AlreadyDecided`]
/// when they have said it before.
pub async fn appeal(tx: &Tx, member: MemberId, id: ReferralId, words: &str) -> Result<Referral> {
    let row = store::get(tx.db(), id).await?;
    let theirs = names(tx.db(), member).await?;
    if !theirs.contains(&row.invitee) && !row.inviter.is_some_and(|inviter| theirs.contains(&inviter)) {
        return Err(Error::new(Code::NotFound));
    }
    let not_held = || Error::new(Code::Conflict).detail("该邀请未被核实 / The invitation is not held");
    let held_at = row.held_at.filter(|_| row.state == State::Held).ok_or_else(not_held)?;
    let appeal =
        appeal::Model { id: tx.id(), referral_id: id, held_at, by: member, words: words.to_owned(), at: tx.now() };
    let unless_known =
        OnConflict::columns([appeal::Column::ReferralId, appeal::Column::HeldAt]).do_nothing().to_owned();
    let insert = appeal::Entity::insert(appeal.into_active_model()).on_conflict(unless_known).try_insert();
    match insert.exec_without_returning(tx.db()).await? {
        TryInsertResult::Inserted(1) => Ok(row),
        _ => Err(Error::new(Code::AlreadyDecided).detail("已提交过申诉 / There is an appeal already")),
    }
}

/// What was said about these invitations, the latest last.
///
/// # Errors
/// When the database does not answer.
pub async fn appeals(db: &impl ConnectionTrait, referrals: &[ReferralId]) -> Result<Vec<appeal::Model>> {
    let rows = appeal::Entity::find().filter(appeal::Column::ReferralId.is_in(referrals.iter().copied()));
    Ok(rows.order_by_asc(appeal::Column::At).order_by_asc(appeal::Column::Id).all(db).await?)
}
