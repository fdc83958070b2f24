//! What a campaign would cost, before anybody approves it.

use serde::Serialize;
use utoipa::ToSchema;

use super::rules::needs_second;
use crate::{
    infra::config::Rewards,
    rewards::terms::{Amount, Terms},
};

/// What a campaign can cost. Amounts are fen, or points where points are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignPreview)]
pub struct Preview {
    /// How many grants the budget is surely enough for.
    pub grants_at_least: i64,
    /// How many there can be.
    pub grants_at_most: i64,
    /// The mean of one.
    pub each: i64,
    /// What it costs if everything is given that can be.
    pub cost_at_most: i64,
    /// What one person can get in all; none when there is no end to it but the budget.
    pub one_person_at_most: Option<i64>,
    /// What a day can cost; none when there is no end to it but the budget.
    pub one_day_at_most: Option<i64>,
    /// On how many days it gives something.
    pub days: i64,
    /// Whether a second person has to approve it.
    pub second_person: bool,
}

/// What these terms can cost.
pub fn preview(terms: &Terms, limits: &Rewards) -> Preview {
    let (min, max) = terms.amount.range();
    let (min, max) = (min.max(1), max.max(1));
    let cap = terms.caps.total.map_or(i64::MAX, i64::from);
    let shares = match terms.amount {
        Amount::Lucky { shares, .. } => i64::from(shares),
        Amount::Fixed { .. } | Amount::Random { .. } | Amount::Asked { .. } => i64::MAX,
    };
    let grants_at_most = (terms.budget / min).min(cap).min(shares);
    let most = |count: Option<u32>| count.map(|count| max.saturating_mul(count.into()).min(terms.budget));
    let each = match terms.amount {
        Amount::Lucky { shares, .. } => terms.budget / i64::from(shares.max(1)),
        Amount::Fixed { .. } | Amount::Random { .. } | Amount::Asked { .. } => min.saturating_add(max) / 2,
    };
    let hours = (terms.ends_at - terms.starts_at).num_hours();
    Preview {
        grants_at_least: (terms.budget / max).min(grants_at_most),
        grants_at_most,
        each,
        cost_at_most: max.saturating_mul(grants_at_most).min(terms.budget),
        one_person_at_most: most(terms.caps.per_person),
        one_day_at_most: most(terms.caps.per_day),
        days: hours / 24 + 1,
        second_person: needs_second(terms, limits),
    }
}
