//! Who may have it: the state of the campaign, and what is known of the member.

use chrono::TimeDelta;
use entity::{
    rewards::campaign::State,
    types::{AccountKey, MemberId, OpenId},
};
use serde_json::{Value, json};

use super::{
    block,
    campaign::Campaign,
    decision::{Decision, Why},
};
use crate::{
    error::Result,
    identity::{self, followers},
    infra::db::Tx,
    members,
};

/// In which account the person is paid, and who they are there.
pub(super) type Payee = Option<(AccountKey, OpenId)>;

/// Looks at the campaign.
pub(super) fn campaign(decision: &mut Decision, campaign: &Campaign, tx: &Tx) -> Result<(), Why> {
    let row = &campaign.row;
    decision.look(Why::NotRunning, row.state == State::Running, json!(row.state), json!(State::Running))?;
    decision.look(Why::NotStarted, tx.now() >= row.starts_at, json!(tx.now()), json!(row.starts_at))?;
    decision.look(Why::Over, tx.now() < row.ends_at, json!(tx.now()), json!(row.ends_at))
}

/// Looks at the member. The payee comes from what WeChat says of them, never from a request.
pub(super) async fn member(
    decision: &mut Decision,
    campaign: &Campaign,
    tx: &Tx,
    member: MemberId,
) -> Result<Result<Payee, Why>> {
    let db = tx.db();
    let wanted = &campaign.terms.eligibility;
    let blocked = block::of(db, member).await?.map(|block| block.code);
    if let Err(why) = decision.look(Why::Blocked, blocked.is_none(), json!(blocked), Value::Null) {
        return Ok(Err(why));
    }
    if let Some(days) = wanted.member_for_days {
        let joined = members::profile::get(db, member).await?.joined_at;
        let latest = tx.now() - TimeDelta::days(days.into());
        if let Err(why) = decision.look(Why::TooNew, joined <= latest, json!(joined), json!(latest)) {
            return Ok(Err(why));
        }
    }
    if wanted.phone {
        let checked = identity::has_checked_phone(db, member).await?;
        if let Err(why) = decision.look(Why::NoPhone, checked, checked, true) {
            return Ok(Err(why));
        }
    }
    let route = campaign.terms.gives.route();
    if wanted.follows.is_none() && route.is_none() {
        return Ok(Ok(None));
    }
    let open_ids = identity::open_ids(db, member).await?;
    let at = |account: &AccountKey| open_ids.iter().find(|(known, _)| known == account);
    if let Some(account) = &wanted.follows {
        let follows = match at(account) {
            Some((account, open_id)) => followers::follows(db, account, open_id).await?,
            None => false,
        };
        if let Err(why) = decision.look(Why::NotFollowing, follows, follows, json!(account)) {
            return Ok(Err(why));
        }
    }
    let Some(route) = route else { return Ok(Ok(None)) };
    let payee = at(route.account).cloned();
    Ok(decision.look(Why::NoPayee, payee.is_some(), payee.is_some(), json!(route.account)).map(|()| payee))
}
