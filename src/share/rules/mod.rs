//! What the visits of one person are worth: a pure function of what is known of them and of the campaign.

pub mod log;
#[cfg(test)]
mod tests;
mod why;

use std::{collections::BTreeSet, ops::Range};

use chrono::TimeDelta;
use entity::{
    share::{campaign::State as CampaignState, visit::State},
    types::{MemberId, TouchId},
};
use serde_json::{Value, json};

use self::log::{Campaign, Log, Open, Version};
pub use self::why::Why;
use crate::infra::clock::Time;

/// Within how long after opening somebody has to have stayed long enough.
pub const WITHIN: TimeDelta = TimeDelta::days(1);
/// How far the clocks of clients may be behind ours.
const BEHIND: TimeDelta = TimeDelta::minutes(1);

/// What a visit to one page is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The page.
    pub page: String,
    /// The key of the link that decided.
    pub key: Option<String>,
    /// The touch that decided.
    pub touch: Option<TouchId>,
    /// Whom it is credited to.
    pub sharer: Option<MemberId>,
    /// Whose visitor the sharer was.
    pub second: Option<MemberId>,
    /// The version of the rules that decided.
    pub rules: i32,
    /// How far it is; counted is as far as this function goes.
    pub state: State,
    /// Why.
    pub why: Why,
    /// The values that led to it.
    pub seen: Value,
    /// When it was opened.
    pub opened_at: Option<Time>,
    /// When it had been looked at for long enough.
    pub counted_at: Option<Time>,
    /// When they registered because of it.
    pub registered_at: Option<Time>,
    /// When they first bought something because of it.
    pub purchased_at: Option<Time>,
    /// What they bought because of it, in fen.
    pub value_fen: i64,
    /// When time alone may change it.
    pub due_at: Option<Time>,
}

impl Standing {
    /// There is nothing left of it.
    pub fn nothing(page: &str, rules: i32, why: Why, earned: bool) -> Self {
        Self {
            page: page.to_owned(),
            key: None,
            touch: None,
            sharer: None,
            second: None,
            rules,
            state: if earned { State::Reversed } else { State::Refused },
            why,
            seen: json!({}),
            opened_at: None,
            counted_at: None,
            registered_at: None,
            purchased_at: None,
            value_fen: 0,
            due_at: None,
        }
    }

    fn of(open: &Open, version: &Version, why: Why, state: State) -> Self {
        Self {
            key: Some(open.key.clone()),
            touch: Some(open.id),
            sharer: open.sharer,
            second: open.second,
            state,
            opened_at: Some(open.at),
            ..Self::nothing(&open.page, version.number, why, false)
        }
    }

    /// Whether it counts for whoever shared.
    pub fn counts(&self) -> bool {
        self.counted_at.is_some()
    }
}

/// Why an opened page does not count, or the rules by which it does.
fn against<'a>(log: &Log, campaign: &'a Campaign, open: &Open) -> Result<&'a Version, Why> {
    match open.sharer {
        None => return Err(Why::SharerGone),
        Some(sharer) if sharer == log.visitor => return Err(Why::Own),
        Some(_) if open.own_device => return Err(Why::OwnDevice),
        Some(_) => {}
    }
    match campaign.state_at(open.at) {
        CampaignState::Draft => return Err(Why::NotStarted),
        CampaignState::Paused => return Err(Why::WasPaused),
        CampaignState::Ended => return Err(Why::Over),
        CampaignState::Running if open.at < campaign.starts_at => return Err(Why::NotStarted),
        CampaignState::Running if open.at >= campaign.ends_at => return Err(Why::Over),
        CampaignState::Running => {}
    }
    let version = campaign.version_at(open.at).ok_or(Why::NotNamed)?;
    version.rules.page(&open.page).map(|_| version).ok_or(Why::NotNamed)
}

/// What every page that somebody opened by a link is worth, page by page.
pub fn stand(log: &Log, campaign: &Campaign, now: Time) -> Vec<Standing> {
    let pages: BTreeSet<&str> = log.opens.iter().map(|open| open.page.as_str()).collect();
    let mut standings: Vec<Standing> = pages.into_iter().map(|page| of_page(log, campaign, page, now)).collect();
    credit(log, campaign, &mut standings);
    standings
}

/// The first who shared the page and with whom they stayed long enough.
fn of_page(log: &Log, campaign: &Campaign, page: &str, now: Time) -> Standing {
    let mut opens: Vec<&Open> = log.opens.iter().filter(|open| open.page == page).collect();
    opens.sort_by_key(|open| (open.at, open.id));
    let earned = log.earned.contains(page);
    let (mut possible, mut refused): (Vec<(&Open, &Version)>, Option<Why>) = (Vec::new(), None);
    for open in opens {
        match against(log, campaign, open) {
            Ok(version) => possible.push((open, version)),
            Err(why) => drop(refused.get_or_insert(why)),
        }
    }
    let mut short = None;
    for (place, (open, version)) in possible.iter().enumerate() {
        let mut later = possible.iter().skip(place + 1).map(|(next, _)| next);
        let other = later.find(|next| next.key != open.key).map(|next| next.at);
        let end = other.map_or(open.at + WITHIN, |other| other.min(open.at + WITHIN));
        let begins = if place == 0 { open.at - BEHIND } else { open.at };
        let (reached, millis) = stayed(log, open, version, begins..end);
        let seen = json!({ "stayed_ms": millis, "wanted_ms": i64::from(version.rules.dwell_seconds) * 1000 });
        if let Some(at) = reached {
            let found = Standing::of(open, version, Why::Counts, State::Counted);
            return Standing { counted_at: Some(at), seen, ..found };
        }
        let waits = now < open.at + WITHIN;
        let (state, why) = match (waits, earned) {
            (true, _) => (State::Seen, Why::Waiting),
            (false, true) => (State::Reversed, Why::TooShort),
            (false, false) => (State::Refused, Why::TooShort),
        };
        let due_at = waits.then_some(open.at + WITHIN);
        // Whoever came last may still be waited for.
        short = Some(Standing { seen, due_at, ..Standing::of(open, version, why, state) });
    }
    short.unwrap_or_else(|| {
        let rules = campaign.versions.last().map_or(0, |version| version.number);
        Standing::nothing(page, rules, refused.unwrap_or(Why::NoVisit), earned)
    })
}

/// When somebody had stayed long enough after opening a page, and for how long they stayed in all.
fn stayed(log: &Log, open: &Open, version: &Version, within: Range<Time>) -> (Option<Time>, i64) {
    let wanted = i64::from(version.rules.dwell_seconds) * 1000;
    let mut dwells: Vec<_> = log.dwells.iter().filter(|dwell| dwell.page == open.page).collect();
    dwells.retain(|dwell| within.contains(&dwell.at));
    dwells.sort_by_key(|dwell| (dwell.at, dwell.millis));
    let (mut sum, mut reached) = (0_i64, (wanted == 0).then_some(open.at));
    for dwell in dwells {
        sum = sum.saturating_add(dwell.millis);
        if sum >= wanted && reached.is_none() {
            reached = Some(dwell.at.max(open.at));
        }
    }
    (reached, sum)
}

/// Credits registering and buying to the first visit that counts and from which they can have come.
fn credit(log: &Log, campaign: &Campaign, standings: &mut [Standing]) {
    let mut counted: Vec<&mut Standing> = standings.iter_mut().filter(|found| found.counts()).collect();
    counted.sort_by_key(|found| (found.opened_at, found.touch));
    let began = |touch: Option<TouchId>| log.opens.iter().find(|open| Some(open.id) == touch).map(|open| open.began_at);
    let mut registered = log.registered_at;
    let mut purchases = log.purchases.clone();
    purchases.sort_by_key(|bought| bought.at);
    let first = purchases.first().copied();
    for found in counted {
        let (Some(opened), Some(version)) = (found.opened_at, campaign.version(found.rules)) else { continue };
        let until = opened + TimeDelta::days(version.rules.window_days.into());
        let begins = began(found.touch).unwrap_or(opened);
        if let Some(at) = registered.filter(|at| (begins..=until).contains(at)) {
            (found.registered_at, registered) = (Some(at), None);
        }
        let within = |at: Time| (opened..=until).contains(&at);
        let (mine, others): (Vec<_>, Vec<_>) = purchases.into_iter().partition(|bought| within(bought.at));
        purchases = others;
        found.value_fen = mine.iter().fold(0_i64, |sum, bought| sum.saturating_add(bought.net));
        let kept = |bought: &log::Purchase| within(bought.at) && bought.net >= version.rules.purchase_fen;
        found.purchased_at = first.filter(|first| kept(first) && mine.contains(first)).map(|first| first.at);
    }
}
