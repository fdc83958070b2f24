//! Giving: decided once for each cause, with every rule and value that led to it, in the unit of work of whoever asks.

mod decide;
mod store;

use chrono::TimeDelta;
use entity::{
    rewards::grant::{Column, Entity, Model, State},
    types::{CampaignId, GrantId, MemberId},
};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use self::decide::{Found, decide};
pub use self::store::{Filter, get, given_between, list};
pub(super) use self::store::{change, unclaimed};
use super::{
    campaign::{self, Campaign},
    decision::{Decision, Why},
    eligibility::Payee,
    events::Granted as GrantedEvent,
    give, limits, share,
};
use crate::{
    error::{Code, Error, Result},
    identity::{current, own},
    infra::{calendar::day_of, db::Tx},
};

/// What a rule asks for.
#[derive(Clone, Debug)]
pub struct Grant {
    /// For whom.
    pub member: MemberId,
    /// By which campaign.
    pub campaign: CampaignId,
    /// How much, where the campaign leaves that to the rule; in its unit.
    pub amount: Option<i64>,
    /// The cause, said once: whoever asks again with it gets the first answer. 1 to 200 characters.
    pub key: String,
    /// Why.
    pub because: Because,
}

/// Why a rule asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = GrantCause)]
pub struct Because {
    /// The rule, in a word such as `referral`.
    pub rule: String,
    /// What happened, by its id or in words.
    pub what: String,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The grant.
    pub id: GrantId,
    /// What became of it.
    pub state: State,
    /// How it was decided.
    pub why: Why,
    /// How much; 0 when it was refused.
    pub amount: i64,
}

impl Granted {
    fn of(row: &Model) -> Result<Self> {
        let why = Why::of(&row.code).ok_or_else(|| Error::internal("a grant without a decision"))?;
        Ok(Self { id: row.id, state: row.state, why, amount: row.amount })
    }
}

/// The only way in which a rule gives anything. Refusing is an answer, too, and is kept with its reasons.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member or campaign; [`Code::Conflict`] when the key came with another member
/// or campaign before; [`Code::Invalid`] for a key that is none.
pub async fn grant(tx: &Tx, grant: &Grant) -> Result<Granted> {
    if grant.key.is_empty() || grant.key.chars().count() > 200 {
        return Err(Error::invalid("key", "must have 1 to 200 characters"));
    }
    let member = own(tx, grant.member).await?;
    if let Some(known) = store::by_key(tx.db(), &grant.key).await? {
        return same(tx, grant, member, &known).await;
    }
    let campaign = campaign::get(tx.db(), grant.campaign).await?;
    let row = Model {
        id: tx.id(),
        key: grant.key.clone(),
        campaign_id: grant.campaign,
        member_id: member,
        state: State::Refused,
        code: String::new(),
        amount: 0,
        share: None,
        because: serde_json::to_value(&grant.because)?,
        decision: json!([]),
        claim_until: None,
        created_at: tx.now(),
        biz_day: day_of(tx.now()),
        settled_at: None,
        came_back: 0,
        taken_back: None,
    };
    // Whoever comes second with the same key waits here for the first.
    let unless_known = OnConflict::column(Column::Key).do_nothing().to_owned();
    let insert = Entity::insert(row.clone().into_active_model()).on_conflict(unless_known).try_insert();
    if !matches!(insert.exec_without_returning(tx.db()).await?, TryInsertResult::Inserted(1)) {
        let known = store::by_key(tx.db(), &grant.key).await?.ok_or_else(|| Error::new(Code::Unavailable))?;
        return same(tx, grant, member, &known).await;
    }
    let mut decision = Decision::default();
    let decided = decide(tx, &campaign, &row, grant.amount, &mut decision).await?;
    let row = match decided {
        Ok(Found { amount, share, payee }) => {
            let row = Model { code: Why::Given.as_str().to_owned(), amount, share, ..row };
            tx.emit(&GrantedEvent { member, campaign: row.campaign_id, grant: row.id, amount })?;
            promise(tx, &campaign, row, payee).await?
        }
        Err(why) => {
            metrics::counter!("rewards_refused_total", "why" => why.as_str()).increment(1);
            Model { code: why.as_str().to_owned(), settled_at: Some(tx.now()), ..row }
        }
    };
    Entity::update_many()
        .col_expr(Column::State, Expr::value(row.state))
        .col_expr(Column::Code, Expr::value(row.code.clone()))
        .col_expr(Column::Amount, Expr::value(row.amount))
        .col_expr(Column::Share, Expr::value(row.share))
        .col_expr(Column::Decision, Expr::value(serde_json::to_value(&decision.checks)?))
        .col_expr(Column::ClaimUntil, Expr::value(row.claim_until))
        .col_expr(Column::SettledAt, Expr::value(row.settled_at))
        .filter(Column::Id.eq(row.id))
        .exec(tx.db())
        .await?;
    Granted::of(&row)
}

/// The answer to a key that came before.
async fn same(tx: &Tx, grant: &Grant, member: MemberId, known: &Model) -> Result<Granted> {
    let whose = current(tx.db(), known.member_id).await?;
    if known.campaign_id == grant.campaign && whose == Some(member) {
        return Granted::of(known);
    }
    Err(Error::new(Code::Conflict).detail("the key of the grant belongs to another member or campaign"))
}

/// Gives what was decided: at once, by a payout, or when the person claims it.
async fn promise(tx: &Tx, campaign: &Campaign, row: Model, payee: Payee) -> Result<Model> {
    if let Some(claim) = &campaign.terms.claim {
        let until = tx.now() + TimeDelta::hours(claim.hours.into());
        return Ok(Model { state: State::Claimable, claim_until: Some(until), ..row });
    }
    give::give(tx, campaign, &row, payee).await.map(|state| Model {
        state,
        settled_at: (state == State::Given).then_some(tx.now()),
        ..row
    })
}

/// Lets others have what a grant held: its share, and where the campaign says so its place among the caps.
pub(super) async fn reopen(tx: &Tx, campaign: &Campaign, row: &Model) -> Result<()> {
    share::give_back(tx, row.campaign_id, row.id).await?;
    if campaign.terms.again {
        limits::total(campaign).give_back(tx, 0).await?;
        for cap in limits::own(campaign, row.member_id, row.created_at) {
            cap.give_back(tx, row.amount).await?;
        }
    }
    Ok(())
}
