//! The caps of one grant: those of its campaign, and ours below WeChat's (pay sheet sections 2.2 and 9, rule 8). They
//! are taken in one order everywhere, so that two units of work do not wait for each other in a circle.

use entity::types::MemberId;

use super::{campaign::Campaign, counter::Cap, decision::Why, stop::Scope};
use crate::infra::{calendar::day_of, clock::Time, config::Rewards};

const EVER: &str = "all";

/// Counts all of a campaign; whoever has raised it is alone with the campaign until the unit of work ends.
pub(super) fn total(campaign: &Campaign) -> Cap {
    let count = campaign.terms.caps.total.map(i64::from);
    Cap {
        member: None,
        scope: campaign.row.id.to_string(),
        span: EVER.to_owned(),
        count,
        amount: None,
        why: Why::Total,
    }
}

/// The other caps of a grant to a member: those of the campaign, then ours of its merchant.
pub(super) fn others(campaign: &Campaign, member: MemberId, now: Time, ours: &Rewards) -> Vec<Cap> {
    let mut caps = of_campaign(campaign, member, now);
    if let Some(route) = campaign.terms.gives.route() {
        let (scope, span) = (Scope::Merchant(route.merchant.clone()).key(), day_of(now).to_string());
        let payee = Cap {
            member: Some(member),
            scope: scope.clone(),
            span: span.clone(),
            count: Some(ours.payee_day_count.into()),
            amount: Some(ours.payee_day_fen.get()),
            why: Why::PayeeDay,
        };
        let (amount, why) = (Some(ours.merchant_day_fen.get()), Why::MerchantDay);
        caps.extend([payee, Cap { member: None, scope, span, count: None, amount, why }]);
    }
    caps
}

fn of_campaign(campaign: &Campaign, member: MemberId, now: Time) -> Vec<Cap> {
    let (terms, scope) = (&campaign.terms, campaign.row.id.to_string());
    let day = day_of(now).to_string();
    let cap = |member, span: &str, count: Option<u32>, why| Cap {
        member,
        scope: scope.clone(),
        span: span.to_owned(),
        count: count.map(i64::from),
        amount: None,
        why,
    };
    let mut caps = vec![cap(None, &day, terms.caps.per_day, Why::Day)];
    if let Some(most) = terms.guard.per_minute {
        caps.push(cap(None, &now.format("%Y-%m-%dT%H:%M").to_string(), Some(most), Why::Rate));
    }
    caps.push(cap(Some(member), &day, terms.caps.per_person_day, Why::PersonDay));
    caps.push(cap(Some(member), EVER, terms.caps.per_person, Why::Person));
    caps
}

/// The caps that a grant gives back where the campaign lets people have it again: what a minute has seen, or a day of
/// WeChat, stays seen.
pub(super) fn own(campaign: &Campaign, member: MemberId, at: Time) -> Vec<Cap> {
    let mut caps = of_campaign(campaign, member, at);
    caps.retain(|cap| cap.why != Why::Rate);
    caps
}
