//! Giving: decided once for each cause, with every rule and value that led to it, in the unit of work of whoever asks.

use chrono::TimeDelta;
use entity::{
    rewards::{
        budget_entry::Movement,
        campaign::State as CampaignState,
        grant::{Column, Entity, Model, State},
    },
    types::{CampaignId, GrantId, MemberId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, TryInsertResult,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    amount,
    budget::{self, Entry},
    campaign::{self, Campaign},
    counter::Cap,
    decision::{Decision, Why},
    eligibility::{self, Payee},
    events::Granted as GrantedEvent,
    give, limits, share,
    terms::Amount,
};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
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
    if let Some(known) = by_key(tx.db(), &grant.key).await? {
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
    };
    // Whoever comes second with the same key waits here for the first.
    let unless_known = OnConflict::column(Column::Key).do_nothing().to_owned();
    let insert = Entity::insert(row.clone().into_active_model()).on_conflict(unless_known).try_insert();
    if !matches!(insert.exec_without_returning(tx.db()).await?, TryInsertResult::Inserted(1)) {
        let known = by_key(tx.db(), &grant.key).await?.ok_or_else(|| Error::new(Code::Unavailable))?;
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

/// What was found for somebody who may have it.
struct Found {
    amount: i64,
    share: Option<i32>,
    payee: Payee,
}

/// Looks at every rule until one is not met. What was counted by then is taken back.
async fn decide(
    tx: &Tx,
    campaign: &Campaign,
    row: &Model,
    asked: Option<i64>,
    decision: &mut Decision,
) -> Result<Result<Found, Why>> {
    if let Err(why) = eligibility::campaign(decision, campaign, tx) {
        return Ok(Err(why));
    }
    let payee = match eligibility::member(decision, campaign, tx, row.member_id).await? {
        Ok(payee) => payee,
        Err(why) => return Ok(Err(why)),
    };
    // Most of those who come too late are told so without waiting for anybody.
    let (least, most) = campaign.terms.amount.range();
    let free = budget::get(tx.db(), row.campaign_id).await?.map_or(0, |account| budget::free(&account));
    if free < least {
        return Ok(decision.look(Why::Budget, false, free, least).and(Err(Why::Budget)));
    }
    if let Amount::Asked { .. } = campaign.terms.amount {
        let within = asked.is_some_and(|asked| (1..=most).contains(&asked));
        if let Err(why) = decision.look(Why::Amount, within, json!(asked), most) {
            return Ok(Err(why));
        }
    }
    let total = limits::total(campaign);
    let Some(stand) = total.take(tx, 0).await? else {
        return Ok(decision.look(total.why, false, json!(total.count), json!(total.count)).and(Err(total.why)));
    };
    if total.count.is_some() {
        let _ = decision.look(total.why, true, stand.count, json!(total.count));
    }
    let mut taken = vec![(total, 0)];
    let found = count(tx, campaign, row, asked, decision, &mut taken).await?;
    match found {
        Ok((amount, share)) => Ok(Ok(Found { amount, share, payee })),
        Err(why) => {
            for (cap, amount) in taken.iter().rev() {
                cap.give_back(tx, *amount).await?;
            }
            share::give_back(tx, row.campaign_id, row.id).await?;
            if why == Why::Rate {
                campaign::stop(tx, row.campaign_id, "rate").await?;
            }
            Ok(Err(why))
        }
    }
}

/// Draws the amount, counts it against every cap and reserves it.
async fn count(
    tx: &Tx,
    campaign: &Campaign,
    row: &Model,
    asked: Option<i64>,
    decision: &mut Decision,
    taken: &mut Vec<(Cap, i64)>,
) -> Result<Result<(i64, Option<i32>), Why>> {
    let (amount, share) = match amount::draw(&campaign.terms.amount, tx.random()).or(asked) {
        Some(amount) => (amount, None),
        None => match share::take(tx, row.campaign_id, row.id).await? {
            Some(share) => (share.amount, Some(share.number)),
            None => return Ok(decision.look(Why::Total, false, 0, 1).and(Err(Why::Total))),
        },
    };
    for cap in limits::others(campaign, row.member_id, tx.now()) {
        let wanted = json!({ "count": cap.count, "amount": cap.amount });
        match cap.take(tx, amount).await? {
            Some(stand) => {
                if cap.count.is_some() || cap.amount.is_some() {
                    let seen = json!({ "count": stand.count, "amount": stand.amount });
                    let _ = decision.look(cap.why, true, seen, wanted);
                }
                taken.push((cap, amount));
            }
            None => return Ok(decision.look(cap.why, false, json!({ "amount": amount }), wanted).and(Err(cap.why))),
        }
    }
    let entry = Entry {
        campaign: row.campaign_id,
        movement: if campaign.terms.gives.route().is_some() { Movement::Reserve } else { Movement::Give },
        amount,
        key: format!("{}:promise", row.id),
        grant: Some(row.id),
        payout: None,
    };
    let there = budget::book(tx, entry).await?;
    Ok(decision.look(Why::Budget, there, amount, amount).map(|()| (amount, share)))
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

async fn by_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Key.eq(key)).one(db).await?)
}

/// The grant of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: GrantId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Which grants.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only those of this member.
    pub member: Option<MemberId>,
    /// Only those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Only those in this state.
    pub state: Option<State>,
    /// None that were refused.
    pub without_refused: bool,
}

/// Grants, the latest first.
///
/// # Errors
/// When the cursor is not ours, or the database does not answer.
pub async fn list(db: &impl ConnectionTrait, filter: Filter, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find();
    if let Some(member) = filter.member {
        rows = rows.filter(Column::MemberId.eq(member));
    }
    if let Some(campaign) = filter.campaign {
        rows = rows.filter(Column::CampaignId.eq(campaign));
    }
    if let Some(state) = filter.state {
        rows = rows.filter(Column::State.eq(state));
    }
    if filter.without_refused {
        rows = rows.filter(Column::State.ne(State::Refused));
    }
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// Takes a grant from one state to another, if it is still in the first.
pub(super) async fn change(tx: &Tx, id: GrantId, from: State, to: State) -> Result<bool> {
    let settled = matches!(to, State::Given | State::Returned | State::Lapsed | State::Refused);
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::SettledAt, Expr::value(settled.then_some(tx.now())))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(from))
        .exec(tx.db())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Grants that nobody has claimed in time.
pub(super) async fn unclaimed(tx: &Tx, limit: u64) -> Result<Vec<Model>> {
    let late = Entity::find().filter(Column::State.eq(State::Claimable)).filter(Column::ClaimUntil.lte(tx.now()));
    Ok(late.order_by_asc(Column::ClaimUntil).limit(limit).all(tx.db()).await?)
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

/// Whether somebody can claim from this campaign now.
pub(super) fn is_open(state: CampaignState) -> bool {
    matches!(state, CampaignState::Running | CampaignState::Ended)
}
