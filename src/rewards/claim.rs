//! Claiming: what was promised goes out when the person asks for it, once; what nobody asks for lapses.

use entity::{
    rewards::{
        budget_entry::Movement,
        grant::{Model, State},
    },
    types::{GrantId, MemberId},
};

use super::{
    block,
    budget::{self, Entry},
    campaign,
    decision::Why,
    give, grant,
};
use crate::{
    error::{Code, Error, Result},
    identity,
    infra::db::Tx,
};

/// Why somebody cannot claim now, for them to read.
fn not_now(why: Why) -> Error {
    Error::new(Code::Conflict).detail(format!("{} / {}", why.zh(), why.en()))
}

/// Somebody claims what was promised to them. Claiming again changes nothing.
///
/// # Errors
/// [`Code::NotFound`], also for somebody else's; [`Code::Conflict`] when its time is over, the campaign is held, or they
/// are.
pub async fn claim(tx: &Tx, member: MemberId, id: GrantId) -> Result<Model> {
    let row = grant::get(tx.db(), id).await?;
    if row.member_id != member || row.state == State::Refused {
        return Err(Error::new(Code::NotFound));
    }
    match row.state {
        State::Claimable => {}
        State::Paying | State::Given => return Ok(row),
        State::Refused | State::Returned | State::Lapsed => return Err(not_now(Why::Over)),
    }
    if row.claim_until.is_some_and(|until| until <= tx.now()) {
        return Err(not_now(Why::Over));
    }
    let campaign = campaign::get(tx.db(), row.campaign_id).await?;
    if !campaign::rules::is_open(campaign.row.state) {
        return Err(not_now(Why::NotRunning));
    }
    if block::of(tx.db(), member).await?.is_some() {
        return Err(not_now(Why::Blocked));
    }
    let route = campaign.terms.gives.route().ok_or_else(|| Error::internal("only money is claimed"))?;
    let open_ids = identity::open_ids(tx.db(), member).await?;
    let payee = open_ids.into_iter().find(|(account, _)| account == route.account);
    if payee.is_none() {
        return Err(not_now(Why::NoPayee));
    }
    if !grant::change(tx, id, State::Claimable, State::Paying).await? {
        // They have claimed it in the same moment, or were too late by that moment.
        let row = grant::get(tx.db(), id).await?;
        return if matches!(row.state, State::Paying | State::Given) { Ok(row) } else { Err(not_now(Why::Over)) };
    }
    give::give(tx, &campaign, &row, payee).await?;
    grant::get(tx.db(), id).await
}

/// Takes back what was promised and nobody has claimed: its time is over, or a rule changed its mind.
pub(super) async fn lapse(tx: &Tx, row: &Model) -> Result<bool> {
    if !grant::change(tx, row.id, State::Claimable, State::Lapsed).await? {
        return Ok(false);
    }
    let entry = Entry {
        campaign: row.campaign_id,
        movement: Movement::Release,
        amount: row.amount,
        key: format!("{}:lapse", row.id),
        grant: Some(row.id),
        payout: None,
    };
    budget::must(tx, entry).await?;
    let campaign = campaign::get(tx.db(), row.campaign_id).await?;
    grant::reopen(tx, &campaign, row).await?;
    Ok(true)
}
