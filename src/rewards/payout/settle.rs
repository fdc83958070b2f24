//! What follows from an answer. An answer only ever leads forward; what does not fit stops, and staff look.

use chrono::TimeDelta;
use entity::{
    rewards::{
        payout::{Column, Model, State},
        payout_event::Cause,
    },
    types::Fen,
};
use sea_orm::sea_query::Expr;

use super::{
    SEAL,
    answer::{Answer, Kind, Told},
    state::{Stage, is_final, may},
    step::{self, Step},
    timing,
};
use crate::{
    error::{Error, Result},
    identity::current,
    infra::{calendar::next_midnight, clock::Time, db::Tx, secret::Vault},
    rewards::{
        block,
        stop::{self, Scope},
    },
};

/// What is kept when WeChat does not know a number.
pub(super) const NOT_FOUND: &str = "not_found";

/// What WeChat was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To pay.
    Send,
    /// How far it is.
    HowFar,
    /// To give it back.
    Cancel,
}

impl Asked {
    fn cause(self) -> Cause {
        match self {
            Self::Send => Cause::Answer,
            Self::HowFar => Cause::Query,
            Self::Cancel => Cause::Cancel,
        }
    }
}

/// Takes an answer in, and says when the payout is to be looked at again; `None` when it is at its end.
pub(super) async fn settle(tx: &Tx, vault: &Vault, row: &Model, asked: Asked, answer: &Answer) -> Result<Option<Time>> {
    let now = tx.now();
    let soon = now + timing::back_off(row.asked.saturating_add(row.attempts));
    let kept = match answer {
        Answer::Told(told) => heard(tx, row, asked.cause(), told, seal(vault, told)?).await?,
        Answer::Refused { kind, code } => refused(tx, row, asked, *kind, code).await?,
        Answer::Unknown { code } => unknown(tx, row, asked, code, soon).await?,
        Answer::Processing => unknown(tx, row, asked, "processing", now + TimeDelta::minutes(20)).await?,
        Answer::NotFound => not_found(tx, row, soon).await?,
    };
    if kept {
        let row = super::get(tx.db(), row.id).await?;
        return Ok(row.next_at);
    }
    // Somebody else has taken a step meanwhile, such as a notification: look again.
    let row = super::get(tx.db(), row.id).await?;
    Ok((!is_final(row.state)).then_some(now + timing::back_off(1)))
}

/// Takes in how far WeChat says it is. False when somebody else has taken a step meanwhile.
pub(super) async fn heard(tx: &Tx, row: &Model, cause: Cause, told: &Told, package: Option<String>) -> Result<bool> {
    if !is_about(row, told) {
        return mismatch(tx, row, "WeChat speaks of another amount or person").await;
    }
    let to = told.stage.state();
    let now = tx.now();
    if to == row.state || told.stage == Stage::Working && row.state != State::Submitting {
        return waits(tx, row, told, package).await;
    }
    if !may(row.state, to) {
        // Late news of what was before.
        return step::wait(tx, row, &told.code, now + timing::next_question(step::waited(row, now)), None).await;
    }
    let refunded = match told.stage {
        Stage::Returned => told.refunded.unwrap_or(row.amount),
        Stage::Rejected => row.amount,
        Stage::Working | Stage::Waiting | Stage::Returning | Stage::Paid => Fen::ZERO,
    };
    if refunded > row.amount {
        return mismatch(tx, row, "WeChat gives back more than was paid").await;
    }
    if cause == Cause::Answer && matches!(told.stage, Stage::Returned | Stage::Rejected) {
        // The answer speaks of the request; that the number is at its end, only a question tells.
        let step = Step { to: State::Unknown, cause, code: &told.code, next_at: Some(now), back: None, by: None };
        return step::take(tx, row, step, |update| update).await;
    }
    let next_at = match told.stage {
        Stage::Working => Some(now + TimeDelta::seconds(20)),
        Stage::Waiting => Some(now + timing::next_question(TimeDelta::zero())),
        Stage::Returning => Some(now + TimeDelta::minutes(2)),
        Stage::Paid | Stage::Returned | Stage::Rejected => None,
    };
    let provider_no = told.provider_no.clone().or(row.provider_no.clone());
    let nothing: Option<String> = None;
    let back = (told.stage == Stage::Returned && refunded < row.amount).then_some(refunded);
    let step = Step { to, cause, code: &told.code, next_at, back, by: None };
    step::take(tx, row, step, |update| {
        let mut update = update
            .col_expr(Column::ProviderNo, Expr::value(provider_no))
            .col_expr(Column::Refunded, Expr::value(refunded))
            .col_expr(Column::Review, Expr::value(nothing));
        if package.is_some() {
            update = update.col_expr(Column::Package, Expr::value(package));
        }
        update
    })
    .await
}

/// It is as far as it was.
async fn waits(tx: &Tx, row: &Model, told: &Told, package: Option<String>) -> Result<bool> {
    let now = tx.now();
    let waited = step::waited(row, now);
    let late = (waited > timing::LAST_CALL).then_some("window_closing");
    let next = match row.state {
        State::Returning => now + timing::back_off(row.asked.saturating_add(2)).min(TimeDelta::hours(6)),
        State::Unknown => now + timing::back_off(row.asked.saturating_add(2)),
        _ => now + timing::next_question(waited),
    };
    if package.is_some() {
        let update = step::still(row).col_expr(Column::Package, Expr::value(package));
        if update.exec(tx.db()).await?.rows_affected == 0 {
            return Ok(false);
        }
    }
    step::wait(tx, row, &told.code, next, late).await
}

fn seal(vault: &Vault, told: &Told) -> Result<Option<String>> {
    let package = told.package.as_deref().filter(|_| matches!(told.stage, Stage::Working | Stage::Waiting));
    package.map(|package| vault.seal(SEAL, package).map_err(Error::internal)).transpose()
}

/// Whether WeChat speaks of what we asked about (pay sheet section 9, rule 13).
pub(super) fn is_about(row: &Model, told: &Told) -> bool {
    let forgotten = row.open_id.as_str() == crate::rewards::FORGOTTEN;
    told.amount.is_none_or(|amount| amount == row.amount)
        && told.open_id.as_ref().is_none_or(|open_id| forgotten || *open_id == row.open_id)
}

/// Something is wrong that nobody but a person can judge: nothing of the merchant is paid until they have.
async fn mismatch(tx: &Tx, row: &Model, why: &str) -> Result<bool> {
    stop::put(tx, &Scope::Merchant(row.merchant.clone()), stop::Cause::Mismatch, why, None, None).await?;
    tracing::error!(payout = %row.id, why, "a payout and WeChat do not agree");
    let next = tx.now() + TimeDelta::hours(1);
    if row.state == State::Submitting {
        let step = Step {
            to: State::Unknown,
            cause: Cause::Answer,
            code: "mismatch",
            next_at: Some(next),
            back: None,
            by: None,
        };
        return step::take(tx, row, step, |update| update.col_expr(Column::Review, Expr::value("mismatch"))).await;
    }
    step::wait(tx, row, "mismatch", next, Some("mismatch")).await
}

/// WeChat did not do it this time. The money stays reserved: only asking tells whether the number exists.
async fn refused(tx: &Tx, row: &Model, asked: Asked, kind: Kind, code: &str) -> Result<bool> {
    let now = tx.now();
    let circuit = async |until: Time| {
        let scope = Scope::Merchant(row.merchant.clone());
        stop::put(tx, &scope, stop::Cause::Circuit, code, Some(until), None).await.map(|()| until)
    };
    let next = match kind {
        Kind::NotEnough => circuit(now + TimeDelta::minutes(10)).await?,
        Kind::Merchant => circuit(now + TimeDelta::hours(1)).await?,
        Kind::MerchantDayCap => circuit(next_midnight(now)).await?,
        Kind::UserDayCap => next_midnight(now),
        Kind::Rate => now + timing::back_off(row.attempts.saturating_add(row.asked)).max(TimeDelta::seconds(2)),
        Kind::Risk => {
            if asked == Asked::Send && current(tx.db(), row.member_id).await?.is_some() {
                block::block(tx, row.member_id, code, None).await?;
            }
            now + TimeDelta::minutes(20)
        }
        Kind::Mismatch => return mismatch(tx, row, "the number is known with other content").await,
        Kind::Never | Kind::Ask => now + TimeDelta::seconds(20),
    };
    let review = kind.review().filter(|_| asked == Asked::Send);
    if row.state == State::Submitting {
        let step = Step { to: State::Unknown, cause: asked.cause(), code, next_at: Some(next), back: None, by: None };
        return step::take(tx, row, step, |update| match review {
            Some(review) => update.col_expr(Column::Review, Expr::value(review)),
            None => update,
        })
        .await;
    }
    step::wait(tx, row, code, next, review).await
}

/// Nobody knows: it stays as it is, and is asked about.
async fn unknown(tx: &Tx, row: &Model, asked: Asked, code: &str, next: Time) -> Result<bool> {
    if row.state == State::Submitting {
        let step = Step { to: State::Unknown, cause: asked.cause(), code, next_at: Some(next), back: None, by: None };
        return step::take(tx, row, step, |update| update).await;
    }
    step::wait(tx, row, code, next, None).await
}

/// WeChat does not know the number, perhaps not yet. It is handed over again as long as that is allowed; then staff look.
async fn not_found(tx: &Tx, row: &Model, soon: Time) -> Result<bool> {
    let age = row.sent_at.map_or(TimeDelta::zero(), |sent| tx.now() - sent);
    let lost = (age > timing::NEVER_LANDED).then_some("never_landed").filter(|_| row.review.is_none());
    if matches!(row.state, State::WaitingUser | State::Returning) {
        // It was there before: this is no news.
        return step::wait(tx, row, NOT_FOUND, tx.now() + TimeDelta::hours(1), None).await;
    }
    step::wait(tx, row, NOT_FOUND, soon, lost).await
}
