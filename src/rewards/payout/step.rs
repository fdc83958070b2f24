//! Going from one state to the next: a compare-and-set on state and attempt, with its entries in the budget, what it means
//! for the grant, and its line in the record, all in one unit of work.

use chrono::TimeDelta;
use entity::{
    rewards::{
        budget_entry::Movement,
        grant::State as GrantState,
        payout::{Column, Entity, Model, State},
        payout_event::Cause,
    },
    types::Fen,
};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, UpdateMany, sea_query::Expr};

use super::{
    By, Remind, note,
    state::{is_final, may},
    timing,
};
use crate::{
    error::{Error, Result},
    infra::{
        clock::Time,
        db::Tx,
        news::{Need, News},
    },
    rewards::{
        budget::{self, Entry},
        campaign,
        events::{PayoutArrived, PayoutPaid, PayoutRejected, PayoutReturned},
        grant,
    },
};

/// A row that is still as it was read.
pub(super) fn still(row: &Model) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(row.state))
        .filter(Column::Attempts.eq(row.attempts))
}

/// One step.
pub(super) struct Step<'a> {
    pub(super) to: State,
    pub(super) cause: Cause,
    pub(super) code: &'a str,
    /// When it is looked at again; none when it is final.
    pub(super) next_at: Option<Time>,
    /// How much came back, when not all of it.
    pub(super) back: Option<Fen>,
    /// Who wants it, where that is neither WeChat nor the payout itself.
    pub(super) by: Option<By<'a>>,
}

/// Takes a step. False when somebody else has taken one meanwhile; then nothing has changed.
///
/// # Errors
/// When the step is not lawful, or the books do not have what it moves: nothing of the unit of work may stand then.
pub(super) async fn take(
    tx: &Tx,
    row: &Model,
    step: Step<'_>,
    set: impl FnOnce(UpdateMany<Entity>) -> UpdateMany<Entity>,
) -> Result<bool> {
    let Step { to, cause, code, next_at, back, by } = step;
    if !may(row.state, to) {
        return Err(Error::internal(format!("a payout cannot go from {:?} to {to:?}", row.state)));
    }
    let over = is_final(to);
    let mut update = set(still(row))
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::Code, Expr::value(code))
        .col_expr(Column::Asked, Expr::value(0))
        .col_expr(Column::NextAt, Expr::value(next_at.filter(|_| !over)))
        .col_expr(Column::SettledAt, Expr::value(over.then_some(tx.now())));
    let arrives = to == State::WaitingUser;
    let until = tx.now() + timing::TO_TAKE;
    if arrives {
        update = update.col_expr(Column::ExpiresAt, Expr::value(until));
    }
    if over {
        let nothing: Option<String> = None;
        update = update.col_expr(Column::Package, Expr::value(nothing));
    }
    if update.exec(tx.db()).await?.rows_affected == 0 {
        return Ok(false);
    }
    if row.review.is_some() || to == State::Unknown {
        tx.tell(News::Need(Need::Review));
    }
    note(tx, row, to, (cause, code), by).await?;
    for movement in budget::movements(row.state, to) {
        match back.filter(|_| *movement == Movement::Return) {
            // What did not come back is with somebody.
            Some(back) => {
                move_money(tx, row, Movement::Return, back).await?;
                move_money(tx, row, Movement::Receive, row.amount.checked_sub(back)?).await?;
            }
            None => move_money(tx, row, *movement, row.amount).await?,
        }
    }
    metrics::counter!("payout_steps_total", "to" => label(to)).increment(1);
    let (member, campaign, grant, payout) = (row.member_id, row.campaign_id, row.grant_id, row.id);
    match to {
        State::WaitingUser => {
            tx.emit(&PayoutArrived { member, campaign, grant, payout, until })?;
            tx.enqueue(Remind { payout, at: until - timing::REMINDER })?;
        }
        State::Paid => {
            grant::change(tx, grant, GrantState::Paying, GrantState::Given).await?;
            tx.emit(&PayoutPaid { member, campaign, grant, payout })?;
        }
        State::Returned => {
            give_up(tx, row, back.is_none()).await?;
            tx.emit(&PayoutReturned { member, campaign, grant, payout })?;
        }
        State::Rejected => {
            give_up(tx, row, true).await?;
            tx.emit(&PayoutRejected { member, campaign, grant, payout })?;
        }
        State::Created | State::Submitting | State::Unknown | State::Returning => {}
    }
    Ok(true)
}

async fn move_money(tx: &Tx, row: &Model, movement: Movement, amount: Fen) -> Result<()> {
    let entry = Entry {
        campaign: row.campaign_id,
        movement,
        amount: amount.get(),
        key: format!("{}:{}", row.id, movement.to_value()),
        grant: Some(row.grant_id),
        payout: Some(row.id),
    };
    budget::must(tx, entry).await
}

/// The person does not have it: what it held is free again.
async fn give_up(tx: &Tx, row: &Model, entirely: bool) -> Result<()> {
    if grant::change(tx, row.grant_id, GrantState::Paying, GrantState::Returned).await? && entirely {
        let campaign = campaign::get(tx.db(), row.campaign_id).await?;
        let given = grant::get(tx.db(), row.grant_id).await?;
        grant::reopen(tx, &campaign, &given).await?;
    }
    Ok(())
}

/// Puts off the next look, counts the question and keeps what was heard, without a step.
pub(super) async fn wait(tx: &Tx, row: &Model, code: &str, next_at: Time, review: Option<&str>) -> Result<bool> {
    let mut update = still(row)
        .col_expr(Column::Asked, Expr::value(row.asked.saturating_add(1)))
        .col_expr(Column::Code, Expr::value(code.chars().take(80).collect::<String>()))
        .col_expr(Column::NextAt, Expr::value(next_at));
    if let Some(review) = review {
        tx.tell(News::Need(Need::Review));
        update = update.col_expr(Column::Review, Expr::value(review));
    }
    Ok(update.exec(tx.db()).await?.rows_affected == 1)
}

fn label(state: State) -> &'static str {
    match state {
        State::Created => "created",
        State::Submitting => "submitting",
        State::Unknown => "unknown",
        State::WaitingUser => "waiting_user",
        State::Returning => "returning",
        State::Paid => "paid",
        State::Returned => "returned",
        State::Rejected => "rejected",
    }
}

/// How long a payout has waited for its person.
pub(super) fn waited(row: &Model, now: Time) -> TimeDelta {
    let since = row.expires_at.map(|end| end - timing::TO_TAKE).or(row.sent_at).unwrap_or(row.created_at);
    now - since
}
