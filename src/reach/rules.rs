//! Pure decisions: whether somebody is told something now, later or not at all, and by which way.
//!
//! First come the rules of the brand and of the person: time, consent, caps, quiet hours. Then the ways of the message in
//! their order, as far as WeChat would take it now.

use chrono::{Days, NaiveTime};
use entity::{
    reach::{
        delivery::Channel,
        message::{Purpose, State},
    },
    types::{AccountKey, OpenId},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::wording::Way;
use crate::{
    infra::{
        calendar::{Day, day_of, shanghai, start_of, time_of_day},
        clock::Time,
        config::Reach,
    },
    wechat::account::Kind,
};

/// Why a member is not told something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NotTold)]
pub enum Why {
    /// Its time is over.
    Expired,
    /// The member has not said yes, or has said no.
    NoConsent,
    /// The member has had as much as one person gets in a day or a week.
    Capped,
    /// The member did nothing to all that came before.
    Fatigued,
    /// It would have to be said in quiet hours.
    Quiet,
    /// WeChat takes nothing for them now: no window, no permit, no account that they follow.
    NoChannel,
    /// Nothing says how it is worded.
    NoText,
}

impl Why {
    /// The stable word that is kept with the message.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::NoConsent => "no_consent",
            Self::Capped => "capped",
            Self::Fatigued => "fatigued",
            Self::Quiet => "quiet",
            Self::NoChannel => "no_channel",
            Self::NoText => "no_text",
        }
    }

    /// How a message ends by it.
    pub fn state(self) -> State {
        match self {
            Self::Expired => State::Expired,
            Self::NoConsent | Self::Capped | Self::Fatigued | Self::Quiet => State::Suppressed,
            Self::NoChannel | Self::NoText => State::Refused,
        }
    }
}

/// What the rules of the brand and of the person look at.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The moment.
    pub now: Time,
    /// Why the member is told.
    pub purpose: Purpose,
    /// When it has lost its sense.
    pub expires_at: Time,
    /// Whether the member allows this purpose.
    pub allowed: bool,
    /// What they were sent before.
    pub sent: Sent,
}

/// Marketing messages that a member was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MarketingSent)]
pub struct Sent {
    /// Today in Asia/Shanghai.
    pub day: u32,
    /// Today and on the six days before.
    pub week: u32,
    /// Since they last did something at one of the accounts.
    pub unanswered: u32,
}

/// What the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be said now.
    Now,
    /// Not before this moment.
    Later(Time),
    /// Never.
    Never(Why),
}

/// Whether it may be said now, whatever the ways are.
pub fn admit(asked: &Asked, limits: &Reach) -> Verdict {
    let Asked { now, purpose, expires_at, allowed, sent } = *asked;
    if now >= expires_at {
        return Verdict::Never(Why::Expired);
    }
    if !allowed {
        return Verdict::Never(Why::NoConsent);
    }
    if purpose == Purpose::Marketing {
        if sent.day >= limits.marketing_per_day || sent.week >= limits.marketing_per_week {
            return Verdict::Never(Why::Capped);
        }
        if limits.marketing_unanswered > 0 && sent.unanswered >= limits.marketing_unanswered {
            return Verdict::Never(Why::Fatigued);
        }
    }
    match quiet_until(now, limits) {
        None => Verdict::Now,
        Some(morning) if morning < expires_at => Verdict::Later(morning),
        Some(_) if purpose == Purpose::Transactional && limits.quiet_deadlines => Verdict::Now,
        Some(_) => Verdict::Never(Why::Quiet),
    }
}

/// When quiet hours end that hold at `now`.
pub fn quiet_until(now: Time, limits: &Reach) -> Option<Time> {
    let (from, to, time) = (limits.quiet_from, limits.quiet_to, time_of_day(now));
    let today = day_of(now);
    if from <= to {
        (from <= time && time < to).then(|| at(today, to))
    } else if time < to {
        Some(at(today, to))
    } else if time >= from {
        Some(at(today.checked_add_days(Days::new(1)).unwrap_or(today), to))
    } else {
        None
    }
}

fn at(day: Day, time: NaiveTime) -> Time {
    let local = day.and_time(time).and_local_timezone(shanghai());
    local.single().map_or_else(|| start_of(day), |at| at.to_utc())
}

/// What stands between a member and one account now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The account.
    pub account: AccountKey,
    /// Official account or mini program.
    pub kind: Kind,
    /// The member there.
    pub open_id: OpenId,
    /// Whether they follow, or have left; `None` where nobody follows, or WeChat never said.
    pub follows: Option<bool>,
    /// Messages left in open windows.
    pub left: u32,
    /// When they last opened one.
    pub acted_at: Option<Time>,
    /// Permits by template.
    pub permits: Vec<Permit>,
}

/// A permit of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// The template.
    pub template_id: String,
    /// Messages that may still be sent.
    pub available: u32,
}

/// One way to one account: what a try is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// By which of WeChat's ways.
    pub channel: Channel,
    /// From which account.
    pub account: AccountKey,
    /// The member there.
    pub open_id: OpenId,
    /// The template, where it takes one.
    pub template_id: Option<String>,
}

/// A way that was tried and certainly did not send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Which.
    pub route: Route,
    /// When it may be tried again; never without it.
    pub again_at: Option<Time>,
}

/// How a message can go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// This way is the cheapest that WeChat takes now.
    Go(&'a Way, Route),
    /// Ways that did not send may be tried again then.
    Later(Time),
    /// There is none.
    None,
}

/// The cheapest way that WeChat takes now, but for those that were tried.
pub fn next<'a>(ways: &'a [Way], contacts: &[Contact], tried: &[Tried], now: Time) -> Next<'a> {
    let mut later = None;
    for way in ways {
        for route in routes(way, contacts) {
            let before: Vec<_> = tried.iter().filter(|tried| tried.route == route).collect();
            if before.iter().any(|tried| tried.again_at.is_none()) {
                continue;
            }
            match before.iter().filter_map(|tried| tried.again_at).max() {
                Some(again) if again > now => later = Some(later.map_or(again, |known: Time| known.min(again))),
                _ => return Next::Go(way, route),
            }
        }
    }
    later.map_or(Next::None, Next::Later)
}

/// The accounts at which a way is open now, those where the member was last at the front.
fn routes<'a>(way: &'a Way, contacts: &'a [Contact]) -> impl Iterator<Item = Route> + 'a {
    let mut open: Vec<&Contact> = contacts.iter().filter(|contact| is_open(way, contact)).collect();
    open.sort_by_key(|contact| std::cmp::Reverse(contact.acted_at));
    open.into_iter().map(|contact| {
        let (channel, template_id) = match way {
            Way::Window => (Channel::Custom, None),
            Way::Subscription { template, .. } => (Channel::Subscription, Some(template.id.clone())),
            Way::Template(template) => (Channel::Template, Some(template.id.clone())),
        };
        Route { channel, account: contact.account.clone(), open_id: contact.open_id.clone(), template_id }
    })
}

fn is_open(way: &Way, contact: &Contact) -> bool {
    // Who has left an official account is left alone there.
    let stays = contact.follows != Some(false);
    match way {
        Way::Window => stays && contact.left > 0,
        Way::Subscription { template, .. } => {
            let permitted = |permit: &Permit| permit.template_id == template.id && permit.available > 0;
            stays && contact.account == template.account && contact.permits.iter().any(permitted)
        }
        Way::Template(template) => contact.account == template.account && contact.follows == Some(true),
    }
}

#[cfg(test)]
mod tests;
