//! The caps of one grant: those of its campaign, and ours below WeChat's (pay sheet sections 2.2 and 9, rule 8). They
//! are taken in one order everywhere, so that two units of work do not wait for each other in a circle.

use entity::types::MemberId;

use super::{campaign::Campaign, counter::Cap, decision::Why, stop::Scope};
use crate::infra::{calendar::day_of, clock::Time};

/// What one person is paid by one merchant in a day at most: ten times, 1,000 yuan.
const PAYEE_DAY: (i64, i64) = (10, 100_000);
/// What a merchant pays in a day at most: 1,000,000 yuan.
const MERCHANT_DAY: i64 = 100_000_000;

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

/// The other caps of a grant to a member.
pub(super) fn others(campaign: &Campaign, member: MemberId, now: Time) -> Vec<Cap> {
    let (terms, scope) = (&campaign.terms, campaign.row.id.to_string());
    let day = day_of(now).to_string();
    let cap = |member, scope: &str, span: &str, count: Option<u32>, why| Cap {
        member,
        scope: scope.to_owned(),
        span: span.to_owned(),
        count: count.map(i64::from),
        amount: None,
        why,
    };
    let mut caps = vec![cap(None, &scope, &day, terms.caps.per_day, Why::Day)];
    if let Some(most) = terms.guard.per_minute {
        let minute = now.format("%Y-%m-%dT%H:%M").to_string();
        caps.push(cap(None, &scope, &minute, Some(most), Why::Rate));
    }
    caps.push(cap(Some(member), &scope, &day, terms.caps.per_person_day, Why::PersonDay));
    caps.push(cap(Some(member), &scope, EVER, terms.caps.per_person, Why::Person));
    if let Some(route) = terms.gives.route() {
        let merchant = Scope::Merchant(route.merchant.clone()).key();
        let (count, amount) = PAYEE_DAY;
        let (count, amount) = (Some(count), Some(amount));
        let (scope, span) = (merchant.clone(), day.clone());
        caps.push(Cap { member: Some(member), scope, span, count, amount, why: Why::PayeeDay });
        let (amount, why) = (Some(MERCHANT_DAY), Why::MerchantDay);
        caps.push(Cap { member: None, scope: merchant, span: day, count: None, amount, why });
    }
    caps
}

/// The caps that a grant gives back where the campaign lets people have it again: what a minute has seen, or a day of
/// WeChat, stays seen.
pub(super) fn own(campaign: &Campaign, member: MemberId, at: Time) -> Vec<Cap> {
    let mut caps = others(campaign, member, at);
    caps.retain(|cap| !matches!(cap.why, Why::Rate | Why::PayeeDay | Why::MerchantDay));
    caps
}
