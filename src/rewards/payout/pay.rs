//! The job that takes a payout to its end, one step in a run. It is the only one that calls WeChat for it.

use chrono::TimeDelta;
use entity::{
    rewards::{
        payout::{Column, Model, Provider, State},
        payout_event::Cause,
    },
    types::PayoutId,
};
use sea_orm::sea_query::Expr;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    answer::Answer,
    provider::{Number, Order, Providers},
    settle::{self, Asked},
    state::is_final,
    step::{self, Step},
    timing,
};
use crate::{
    error::{Code, Error, Result},
    infra::{
        clock::Time,
        config::Rewards,
        db::{Db, Tx},
        secret::Vault,
    },
    jobs::{Failure, Job, RetryPlan},
    rewards::{counter::Cap, decision::Why, stop},
};

/// How soon a payout that is held by a brake without an end looks again.
const HELD: TimeDelta = TimeDelta::minutes(10);

/// Takes one payout to its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PayOut {
    /// The payout.
    pub payout: PayoutId,
}

/// What [`PayOut`] needs.
#[derive(Clone)]
pub struct PayContext {
    /// The database.
    pub db: Db,
    /// The ways in which money leaves.
    pub providers: Providers,
    /// The keys for what is secret of a payout.
    pub vault: Vault,
    /// Our own limits.
    pub limits: Rewards,
}

/// Whose turn it is.
enum Turn {
    /// Nothing can happen any more.
    Over,
    /// Not before then.
    Wait(Time, &'static str),
    /// WeChat is called, with the payout as it is committed now.
    Call(Box<Model>, Asked),
}

impl Job for PayOut {
    const KIND: &'static str = "rewards.pay";
    // Only a database that is away makes it fail.
    const RETRY: RetryPlan = RetryPlan { attempts: 30, ..RetryPlan::DEFAULT };
    type Context = PayContext;

    fn order_key(&self) -> Option<String> {
        Some(format!("payout:{}", self.payout))
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("payout:{}", self.payout))
    }

    async fn run(self, context: PayContext) -> Result<(), Failure> {
        match go_on(&context, self.payout).await? {
            Some((until, why)) => Err(Failure::Defer { until, why: Error::new(Code::Unavailable).detail(why) }),
            None => Ok(()),
        }
    }
}

/// Looks at a payout out of turn. What waits for it meanwhile looks again in its own time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Look {
    /// The payout.
    pub payout: PayoutId,
}

impl Job for Look {
    const KIND: &'static str = "rewards.look";
    type Context = PayContext;

    async fn run(self, context: PayContext) -> Result<(), Failure> {
        // What waits for the payout may wait for long: what comes of this look is followed from here.
        PayOut { payout: self.payout }.run(context).await
    }
}

/// Takes a payout one step on, and says when it is to be looked at again, and why; `None` when it is at its end.
async fn go_on(context: &PayContext, id: PayoutId) -> Result<Option<(Time, &'static str)>> {
    let turn = context.db.tx(async |tx: &Tx| begin(tx, context, id).await).await?;
    let (row, asked) = match turn {
        Turn::Over => return Ok(None),
        Turn::Wait(until, why) => return Ok(Some((until, why))),
        Turn::Call(row, asked) => (row, asked),
    };
    let number = Number { merchant: &row.merchant, out_no: &row.out_no, request: &row.request };
    let provider = context.providers.of(row.provider);
    let answer = match asked {
        Asked::Send => provider.send(number).await,
        Asked::HowFar => provider.ask(number).await,
        Asked::Cancel => match provider.cancel(number) {
            Some(answer) => answer.await,
            None => provider.ask(number).await,
        },
    };
    count(&answer);
    let next = context.db.tx(async |tx: &Tx| settle::settle(tx, &context.vault, &row, asked, &answer).await).await?;
    Ok(next.map(|until| (until, "the payout is not at its end")))
}

fn count(answer: &Answer) {
    let outcome = match answer {
        Answer::Told(_) => "told",
        Answer::Refused { .. } => "refused",
        Answer::Unknown { .. } | Answer::Processing => "unknown",
        Answer::NotFound => "not_found",
    };
    metrics::counter!("payout_calls_total", "outcome" => outcome).increment(1);
}

/// Decides whose turn it is, and commits it before WeChat hears of it.
async fn begin(tx: &Tx, context: &PayContext, id: PayoutId) -> Result<Turn> {
    let row = super::get(tx.db(), id).await?;
    if is_final(row.state) {
        return Ok(Turn::Over);
    }
    if let Some(next) = row.next_at.filter(|next| *next > tx.now()) {
        return Ok(Turn::Wait(next, "it is not its time"));
    }
    match row.state {
        State::Created => first(tx, context, row).await,
        State::Submitting => {
            tracing::warn!(payout = %id, "a call to WeChat was cut off; asking what came of it");
            let step = Step {
                to: State::Unknown,
                cause: Cause::Order,
                code: "cut_off",
                next_at: Some(tx.now()),
                back: None,
                by: None,
            };
            step::take(tx, &row, step, |update| update).await?;
            Ok(Turn::Call(Box::new(super::get(tx.db(), id).await?), Asked::HowFar))
        }
        State::Unknown if may_repeat(&row, tx.now()) => again(tx, row).await,
        State::WaitingUser if row.cancel => Ok(Turn::Call(Box::new(row), Asked::Cancel)),
        State::WaitingUser if lacks_package(&row, tx.now()) => {
            // What the person's client needs was lost with an answer; only the same request brings it again.
            let held = stop::holding(tx.db(), &row.merchant, row.campaign_id, tx.now()).await?.is_some();
            Ok(Turn::Call(Box::new(row), if held { Asked::HowFar } else { Asked::Send }))
        }
        State::Unknown | State::WaitingUser | State::Returning => Ok(Turn::Call(Box::new(row), Asked::HowFar)),
        State::Paid | State::Returned | State::Rejected => Ok(Turn::Over),
    }
}

/// Whether the same number is to be handed over once more: WeChat does not know it, and nothing speaks against it.
fn may_repeat(row: &Model, now: Time) -> bool {
    let fresh = row.sent_at.is_none_or(|sent| now - sent < timing::may_repeat_for(row.provider));
    let whole = row.request != Value::Object(serde_json::Map::default());
    row.code.as_deref() == Some(settle::NOT_FOUND) && row.review.is_none() && !row.cancel && fresh && whole
}

/// Whether the person cannot take it because the first answer was lost (pay sheet section 4.4).
fn lacks_package(row: &Model, now: Time) -> bool {
    let fresh = row.sent_at.is_some_and(|sent| now - sent < timing::may_repeat_for(row.provider));
    let whole = row.request != Value::Object(serde_json::Map::default());
    row.provider != Provider::RedPacket && row.package.is_none() && row.review.is_none() && fresh && whole
}

/// Fixes the request and hands it over for the first time.
async fn first(tx: &Tx, context: &PayContext, row: Model) -> Result<Turn> {
    let ended = async |code: &str| {
        let step = Step { to: State::Rejected, cause: Cause::Order, code, next_at: None, back: None, by: None };
        step::take(tx, &row, step, |update| update).await.map(|_| Turn::Over)
    };
    if row.cancel {
        return ended("cancelled").await;
    }
    let Ok(order) = serde_json::from_value::<Order>(row.request.clone()) else {
        return ended("forgotten").await;
    };
    if let Some(wait) = held(tx, &row).await? {
        return Ok(wait);
    }
    let request = match context.providers.of(row.provider).freeze(&order) {
        Ok(request) => request,
        // Nothing was sent, and never will be.
        Err(error) => {
            tracing::error!(payout = %row.id, %error, "a payout cannot be asked of WeChat");
            return ended("invalid").await;
        }
    };
    let hour = tx.now().format("%Y-%m-%dT%H").to_string();
    let amount = Some(context.limits.hour_fen.get());
    let all = Cap { member: None, scope: "all".to_owned(), span: hour, count: None, amount, why: Why::Rate };
    if all.take(tx, row.amount.get()).await?.is_none() {
        let next = tx.now() + TimeDelta::minutes(60 - i64::from(chrono::Timelike::minute(&tx.now())));
        return put_off(tx, &row, "hour_reached", next).await;
    }
    hand_over(tx, row, Some(request)).await
}

/// Hands the same number over once more.
async fn again(tx: &Tx, row: Model) -> Result<Turn> {
    if let Some(wait) = held(tx, &row).await? {
        return Ok(wait);
    }
    hand_over(tx, row, None).await
}

/// Writes down that WeChat is called now; the call comes after the commit.
async fn hand_over(tx: &Tx, row: Model, request: Option<Value>) -> Result<Turn> {
    let attempts = row.attempts.saturating_add(1);
    let step = Step {
        to: State::Submitting,
        cause: Cause::Order,
        code: "sending",
        next_at: Some(tx.now()),
        back: None,
        by: None,
    };
    let (sent_at, now) = (row.sent_at, tx.now());
    let taken = step::take(tx, &row, step, |update| {
        let update = update
            .col_expr(Column::Attempts, Expr::value(attempts))
            .col_expr(Column::SentAt, Expr::value(sent_at.unwrap_or(now)));
        match request {
            Some(request) => update.col_expr(Column::Request, Expr::value(request)),
            None => update,
        }
    });
    if !taken.await? {
        return Ok(Turn::Wait(now + timing::back_off(1), "somebody else has taken a step"));
    }
    let row = super::get(tx.db(), row.id).await?;
    Ok(Turn::Call(Box::new(row), Asked::Send))
}

/// Looks at the brakes, right before a call.
async fn held(tx: &Tx, row: &Model) -> Result<Option<Turn>> {
    let Some(brake) = stop::holding(tx.db(), &row.merchant, row.campaign_id, tx.now()).await? else { return Ok(None) };
    let next = brake.until.unwrap_or(tx.now() + HELD);
    put_off(tx, row, "stopped", next).await.map(Some)
}

async fn put_off(tx: &Tx, row: &Model, code: &'static str, next: Time) -> Result<Turn> {
    // A payout that is to be handed over again keeps the word that says so.
    let keep = row.state == State::Unknown;
    let mut update = step::still(row).col_expr(Column::NextAt, Expr::value(next));
    if !keep {
        update = update.col_expr(Column::Code, Expr::value(code));
    }
    update.exec(tx.db()).await?;
    Ok(Turn::Wait(next, code))
}
