//! Taking back what nobody has taken yet (pay sheet section 4.5).

use entity::{
    rewards::{
        payout::{Column, Model, Provider, State},
        payout_event::Cause,
    },
    types::PayoutId,
};
use sea_orm::sea_query::Expr;

use super::{Look, note, step};
use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
};

/// Takes a payout back: at once when it was not handed over yet, else as soon as WeChat says so. It is at its end only
/// when WeChat has said that it is.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when it is at its end, on its way back, or a red packet that was handed over.
pub async fn cancel(tx: &Tx, id: PayoutId) -> Result<Model> {
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
    let marked = step::still(&row)
        .col_expr(Column::Cancel, Expr::value(true))
        .col_expr(Column::NextAt, Expr::value(tx.now()))
        .exec(tx.db())
        .await?;
    if marked.rows_affected == 0 {
        return Err(Error::new(Code::Conflict));
    }
    note(tx, &row, row.state, Cause::Staff, "cancel").await?;
    tx.enqueue(Look { payout: id })?;
    super::get(tx.db(), id).await
}
