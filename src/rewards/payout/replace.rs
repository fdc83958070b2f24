//! What staff do when WeChat has ended a payout, or has never heard of it (pay sheet section 9, rules 5 and 6).

use entity::{
    rewards::{
        budget_entry::Movement,
        grant::State as GrantState,
        payout::{Column, Entity, Model, State},
        payout_event::Cause,
    },
    types::PayoutId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    By, insert, note, number,
    provider::Order,
    settle::NOT_FOUND,
    step::{self, Step},
    timing,
};
use crate::{
    error::{Code, Error, Result},
    identity::open_ids,
    infra::db::Tx,
    rewards::{
        block,
        budget::{self, Entry},
        campaign, grant, limits, share,
    },
};

/// Pays anew what WeChat has ended for good: another number, in the place of the former one. The payee is looked up anew,
/// and the budget has to have it.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when it is not at its end, was paid, was replaced before, the person is held
/// back, or the campaign has nothing left for it.
pub async fn replace(tx: &Tx, id: PayoutId, by: By<'_>) -> Result<Model> {
    let conflict = |why: &'static str| Error::new(Code::Conflict).detail(why);
    let row = super::get(tx.db(), id).await?;
    if !matches!(row.state, State::Returned | State::Rejected) || !row.refunded.is_zero() && row.refunded != row.amount
    {
        return Err(conflict("WeChat has not ended it without paying"));
    }
    if Entity::find().filter(Column::ReplacesId.eq(id)).one(tx.db()).await?.is_some() {
        return Err(conflict("it was replaced before"));
    }
    if block::of(tx.db(), row.member_id).await?.is_some() {
        return Err(conflict("the member is held back"));
    }
    let campaign = campaign::get(tx.db(), row.campaign_id).await?;
    if !campaign::rules::is_open(campaign.row.state) {
        return Err(conflict("the campaign is not running"));
    }
    let payee = open_ids(tx.db(), row.member_id).await?.into_iter().find(|(account, _)| *account == row.account);
    let (account, open_id) = payee.ok_or_else(|| conflict("nobody is known who can be paid"))?;
    if !grant::change(tx, row.grant_id, GrantState::Returned, GrantState::Paying).await? {
        return Err(conflict("the grant is not open"));
    }
    let given = grant::get(tx.db(), row.grant_id).await?;
    if given.taken_back.is_some() {
        return Err(conflict("it was taken back"));
    }
    // Its share went back, and is free money only together with it.
    if let Some(share) = given.share
        && !share::take_again(tx, row.campaign_id, share, given.id).await?
    {
        return Err(conflict("somebody else has had it since"));
    }
    if campaign.terms.again {
        let later = || conflict("somebody else has had it since");
        limits::total(&campaign).take(tx, 0).await?.ok_or_else(later)?;
        for cap in limits::own(&campaign, row.member_id, given.created_at) {
            cap.take(tx, given.amount).await?.ok_or_else(later)?;
        }
    }
    let entry = Entry {
        campaign: row.campaign_id,
        movement: Movement::Reserve,
        amount: row.amount.get(),
        key: format!("{id}:replace"),
        grant: Some(row.grant_id),
        payout: None,
    };
    if !budget::book(tx, entry).await? {
        return Err(conflict("the budget is used up"));
    }
    let gives = campaign.terms.gives.clone();
    let order =
        Order { out_no: number(tx), merchant: row.merchant.clone(), account, open_id, amount: row.amount, gives };
    let fresh = insert(tx, row.provider, &given, order, Some(id)).await?;
    let fresh = super::get(tx.db(), fresh).await?;
    note(tx, &fresh, fresh.state, (by.cause(), "replace"), Some(by)).await?;
    Ok(fresh)
}

/// Staff have made sure that WeChat never had it: by its bill, as it does not know the number for two days.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when WeChat knows it, or has not been asked for long enough.
pub async fn close(tx: &Tx, id: PayoutId, by: By<'_>) -> Result<Model> {
    let row = super::get(tx.db(), id).await?;
    let age = row.sent_at.map(|sent| tx.now() - sent);
    let lost = row.state == State::Unknown && row.code.as_deref() == Some(NOT_FOUND);
    if !lost || age.is_none_or(|age| age < timing::NEVER_LANDED) {
        return Err(Error::new(Code::Conflict).detail("WeChat may still have it"));
    }
    let step = Step {
        to: State::Rejected,
        cause: Cause::Staff,
        code: "never_landed",
        next_at: None,
        back: None,
        by: Some(by),
    };
    if !step::take(tx, &row, step, |update| update).await? {
        return Err(Error::new(Code::Conflict));
    }
    super::get(tx.db(), id).await
}
