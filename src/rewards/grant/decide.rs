//! The decision: every rule in turn until one is not met, then the amount, the caps and the budget.

use entity::rewards::{budget_entry::Movement, grant::Model};
use serde_json::json;

use crate::{
    error::Result,
    infra::db::Tx,
    rewards::{
        amount,
        budget::{self, Entry},
        campaign::{self, Campaign},
        counter::Cap,
        decision::{Decision, Why},
        eligibility::{self, Payee},
        limits, share,
        terms::Amount,
    },
};

/// What was found for somebody who may have it.
pub(super) struct Found {
    pub(super) amount: i64,
    pub(super) share: Option<i32>,
    pub(super) payee: Payee,
}

/// Looks at every rule until one is not met. What was counted by then is taken back.
pub(super) async fn decide(
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
        let (least, _) = campaign.terms.gives.limits();
        let within = asked.is_some_and(|asked| (least..=most).contains(&asked));
        if let Err(why) = decision.look(Why::Amount, within, json!(asked), json!([least, most])) {
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
    for cap in limits::others(campaign, row.member_id, tx.now(), tx.handed()?) {
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
