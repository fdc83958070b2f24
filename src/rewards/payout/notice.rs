//! Notifications of WeChat are hints: compared with what we know, and only ever forward (pay sheet section 9, rule 13).

use entity::{
    rewards::{
        payout::{Column, Entity, Model, State},
        payout_event::Cause,
    },
    types::MerchantKey,
};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use super::{answer::Told, note, settle, state::is_final, step};
use crate::{
    error::{Code, Error, Result},
    infra::{
        db::Tx,
        news::{Need, News},
    },
    rewards::stop::{self, Scope},
};

/// A notification that was verified and decrypted.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Whose key it was verified and decrypted with.
    pub merchant: MerchantKey,
    /// Our number.
    pub out_no: String,
    /// What it says.
    pub told: Told,
}

/// What became of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noticed {
    /// It led on.
    Taken,
    /// It was known.
    Known,
    /// No payout of ours has this number.
    Stranger,
    /// It contradicts what we know: nothing has changed but that the merchant stops.
    Contradiction,
}

/// Takes a notification in. It can come at any time, as often as it likes and in any order.
///
/// # Errors
/// When the database does not answer; the notification is to be taken in again then.
pub async fn noticed(tx: &Tx, notice: &Notice) -> Result<Noticed> {
    let same = Column::Merchant.eq(notice.merchant.clone()).and(Column::OutNo.eq(&notice.out_no));
    let found = Entity::find().filter(same).one(tx.db()).await?;
    let outcome = match found {
        Some(row) => of_ours(tx, &row, &notice.told).await?,
        None => Noticed::Stranger,
    };
    metrics::counter!("payout_notices_total", "outcome" => match outcome {
        Noticed::Taken => "taken",
        Noticed::Known => "known",
        Noticed::Stranger => "stranger",
        Noticed::Contradiction => "contradiction",
    })
    .increment(1);
    Ok(outcome)
}

async fn of_ours(tx: &Tx, row: &Model, told: &Told) -> Result<Noticed> {
    let to = told.stage.state();
    let strange = !settle::is_about(row, told) || row.state == State::Created;
    if strange || is_final(row.state) && to != row.state && is_final(to) {
        let why = "a notification contradicts what is known of a payout";
        stop::put(tx, &Scope::Merchant(row.merchant.clone()), stop::Cause::Mismatch, why, None, None).await?;
        tx.tell(News::Need(Need::Review));
        step::still(row).col_expr(Column::Review, Expr::value("contradiction")).exec(tx.db()).await?;
        note(tx, row, row.state, (Cause::Notice, &told.code), None).await?;
        tracing::error!(payout = %row.id, why, "a payout and WeChat do not agree");
        return Ok(Noticed::Contradiction);
    }
    if row.state == to || is_final(row.state) || !super::state::may(row.state, to) {
        return Ok(Noticed::Known);
    }
    // Whoever has taken a step meanwhile may have taken this one: the notification is looked at anew then.
    let taken = settle::heard(tx, row, Cause::Notice, told, None).await?;
    taken.then_some(Noticed::Taken).ok_or_else(|| Error::new(Code::Unavailable).detail("the payout was just changed"))
}
