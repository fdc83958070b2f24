//! Payouts: money on its way to a person, under one number of our own that never changes.
//!
//! A payout is fixed and reserved in one transaction; only after it has committed may the job [`PayOut`] call WeChat, and only
//! after `submitting` has committed, too. What comes of a call is told, refused or unknown; unknown never frees money and
//! never makes another number. Whoever finds `submitting` knows that a call was cut off, and asks before anything else. A
//! new number is a new row in the place of one that WeChat has ended for good, and there is only one such row.

pub mod answer;
mod cancel;
mod notice;
mod pay;
pub mod provider;
mod red_packet;
mod replace;
mod settle;
pub mod state;
mod step;
mod sweep;
mod timing;
mod transfer;

use entity::{
    rewards::{
        grant,
        payout::{Column, Entity, Model, Provider, State},
        payout_event::{self, Cause},
    },
    types::{AccountKey, CampaignId, Fen, GrantId, MemberId, OpenId, PayoutId, StaffId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use self::provider::Order;
pub use self::{
    cancel::{cancel, take_back},
    notice::{Notice, Noticed, noticed},
    pay::{Look, PayContext, PayOut},
    replace::{close, replace},
    sweep::{Remind, Sweep},
    transfer::notice as transfer_notice,
};
use super::{campaign::Campaign, grant::Because, terms::Route};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    infra::{
        calendar::day_of,
        db::{Tx, count_up_to},
    },
};

/// The field for which packages are sealed.
pub(super) const SEAL: &str = "payout.package";

/// Puts money on its way. It was reserved in this unit of work or before.
pub(super) async fn create(
    tx: &Tx,
    campaign: &Campaign,
    grant: &grant::Model,
    (account, open_id): (AccountKey, OpenId),
) -> Result<PayoutId> {
    let Route { provider, merchant, .. } =
        campaign.terms.gives.route().ok_or_else(|| Error::internal("there is nothing to pay"))?;
    let order = Order {
        out_no: number(tx),
        merchant: merchant.clone(),
        account,
        open_id,
        amount: Fen::try_from(grant.amount)?,
        gives: campaign.terms.gives.clone(),
    };
    insert(tx, provider, grant, order, None).await
}

/// A number that WeChat takes in all ways: 28 letters and digits.
fn number(tx: &Tx) -> String {
    let id: PayoutId = tx.id();
    format!("HL{}", id.to_string().trim_start_matches("pyt_"))
}

async fn insert(
    tx: &Tx,
    provider: Provider,
    grant: &grant::Model,
    order: Order,
    replaces: Option<PayoutId>,
) -> Result<PayoutId> {
    let row = Model {
        id: tx.id(),
        grant_id: grant.id,
        campaign_id: grant.campaign_id,
        member_id: grant.member_id,
        provider,
        merchant: order.merchant.clone(),
        account: order.account.clone(),
        open_id: order.open_id.clone(),
        out_no: order.out_no.clone(),
        amount: order.amount,
        request: serde_json::to_value(&order)?,
        state: State::Created,
        attempts: 0,
        asked: 0,
        code: None,
        provider_no: None,
        package: None,
        refunded: Fen::ZERO,
        sent_at: None,
        expires_at: None,
        next_at: Some(tx.now()),
        cancel: false,
        review: None,
        replaces_id: replaces,
        created_at: tx.now(),
        biz_day: day_of(tx.now()),
        settled_at: None,
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    tx.enqueue(PayOut { payout: row.id })?;
    Ok(row.id)
}

/// The payout of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: PayoutId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// The payouts of a grant, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of_grant(db: &impl ConnectionTrait, grant: GrantId) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::GrantId.eq(grant)).order_by_desc(Column::Id).all(db).await?)
}

/// The payout that stands for a grant now: the one in whose place there is no other.
///
/// # Errors
/// When the database does not answer.
pub async fn standing(db: &impl ConnectionTrait, grant: GrantId) -> Result<Option<Model>> {
    let rows = of_grant(db, grant).await?;
    let replaced: Vec<_> = rows.iter().filter_map(|row| row.replaces_id).collect();
    Ok(rows.into_iter().find(|row| !replaced.contains(&row.id)))
}

/// The steps of a payout, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn steps(db: &impl ConnectionTrait, id: PayoutId) -> Result<Vec<payout_event::Model>> {
    use payout_event::Column;
    let steps = payout_event::Entity::find().filter(Column::PayoutId.eq(id));
    Ok(steps.order_by_asc(Column::Id).all(db).await?)
}

/// Which payouts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only those of this member.
    pub member: Option<MemberId>,
    /// Only those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those that staff have to look into.
    pub review: bool,
}

/// Payouts, the latest first.
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
    if filter.review {
        rows = rows.filter(Column::Review.is_not_null());
    }
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// Payouts that staff have to look into, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn to_review(db: &impl ConnectionTrait, most: u64) -> Result<u64> {
    // Every word is more than none: so the index finds those that have one.
    count_up_to(db, Entity::find().filter(Expr::cust("review > ''")), most).await
}

/// Who acts on a payout besides WeChat and the payout itself, and why.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// A member of staff, with their reason for the record.
    Staff(StaffId, &'a str),
    /// A rule that takes back what it gave.
    Rule(&'a Because),
}

impl By<'_> {
    fn cause(&self) -> Cause {
        match self {
            Self::Staff(..) => Cause::Staff,
            Self::Rule(_) => Cause::Rule,
        }
    }

    fn staff(&self) -> Option<StaffId> {
        match self {
            Self::Staff(staff, _) => Some(*staff),
            Self::Rule(_) => None,
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::Staff(_, reason) => (*reason).to_owned(),
            Self::Rule(because) => format!("{}: {}", because.rule, because.what),
        }
    }
}

/// Writes down a step: where it leads, what made it, in a word, and who wanted it.
async fn note(tx: &Tx, row: &Model, to: State, (cause, code): (Cause, &str), by: Option<By<'_>>) -> Result<()> {
    let step = payout_event::ActiveModel {
        id: Set(tx.id()),
        payout_id: Set(row.id),
        from_state: Set(row.state),
        to_state: Set(to),
        cause: Set(cause),
        code: Set(code.chars().take(80).collect()),
        attempt: Set(row.attempts),
        at: Set(tx.now()),
        staff_id: Set(by.and_then(|by| by.staff())),
        reason: Set(by.map(|by| by.reason())),
    };
    payout_event::Entity::insert(step).exec_without_returning(tx.db()).await?;
    Ok(())
}
