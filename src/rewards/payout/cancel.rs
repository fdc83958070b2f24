//! Taking back what nobody has taken yet (pay sheet section 4.5).

use entity::{
    rewards::{
        payout::{Column, Model, Provider, State},
        payout_event::Cause,
    },
    types::{GrantId, PayoutId},
};
use sea_orm::sea_query::Expr;

use super::{
    By, Look, note, standing,
    step::{self, Step},
};
use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
    rewards::grant::Because,
};

/// Takes a payout back: at once when it was not handed over yet, else as soon as WeChat says so. It is at its end only
/// when WeChat has said that it is.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when it is at its end, on its way back, or a red packet that was handed over.
pub async fn cancel(tx: &Tx, id: PayoutId, by: By<'_>) -> Result<Model> {
    let row = super::get(tx.db(), id).await?;
    let impossible = |why: &'static str| Err(Error::new(Code::Conflict).detail(why));
    match (row.state, row.provider) {
        (State::Paid | State::Returned | State::Rejected, _) => return impossible("it is at its end"),
        (State::Returning, _) => return impossible("it is on its way back"),
        (State::Created, _) | (_, Provider::Transfer) => {}
        (State::Submitting | State::Unknown | State::WaitingUser, Provider::RedPacket | Provider::MiniRedPacket) => {
            return impossible("WeChat gives red packets back by itself after 24 hours, and not before");
        }
    }
    if !want_back(tx, &row, by).await? {
        return Err(Error::new(Code::Conflict));
    }
    super::get(tx.db(), id).await
}

/// Takes back the payout that stands for a grant, because a rule wants what it gave back: one that was not handed over
/// yet is at its end now; of WeChat it is asked back where WeChat has a way to, and in no case handed over again. False
/// when somebody else has taken a step meanwhile; then nothing has changed.
///
/// # Errors
/// When the database does not answer, or no payout stands for the grant.
pub async fn take_back(tx: &Tx, grant: GrantId, because: &Because) -> Result<bool> {
    let row = standing(tx.db(), grant).await?.ok_or_else(|| Error::internal("a grant is being paid by nothing"))?;
    let by = By::Rule(because);
    match row.state {
        State::Created => {
            let (to, cause, code) = (State::Rejected, Cause::Rule, "taken_back");
            let step = Step { to, cause, code, next_at: None, back: None, by: Some(by) };
            step::take(tx, &row, step, |update| update).await
        }
        State::Submitting | State::Unknown | State::WaitingUser if !row.cancel => want_back(tx, &row, by).await,
        State::Submitting | State::Unknown | State::WaitingUser => Ok(true),
        State::Returning | State::Paid | State::Returned | State::Rejected => Ok(true),
    }
}

/// Writes down that a payout is wanted back, and has it looked at. False when somebody else has taken a step meanwhile.
async fn want_back(tx: &Tx, row: &Model, by: By<'_>) -> Result<bool> {
    let marked = step::still(row)
        .col_expr(Column::Cancel, Expr::value(true))
        .col_expr(Column::NextAt, Expr::value(tx.now()))
        .exec(tx.db())
        .await?;
    if marked.rows_affected == 0 {
        return Ok(false);
    }
    note(tx, row, row.state, (by.cause(), "cancel"), Some(by)).await?;
    tx.enqueue(Look { payout: row.id })?;
    Ok(true)
}
