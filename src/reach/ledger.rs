//! What may be said to a member now: account by account the windows and permits, what the rules of the day leave, and by
//! which way each named message would go.

use chrono::{DateTime, Utc};
use entity::{
    reach::{
        delivery::Channel,
        message::Purpose,
        permit::{self, Answer},
        window::Trigger,
    },
    types::{AccountKey, MemberId},
};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    rules::{self, Next, Sent, Verdict, Why},
    standing::{self, Place},
    wording::Wordings,
};
use crate::{
    error::Result,
    infra::{calendar::end_of_day_after, clock::Time, config::Reach},
    wechat::account::{Accounts, Kind},
};

/// What may be said to a member.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReachLedger)]
pub struct Ledger {
    /// Who it is today.
    pub member: MemberId,
    /// The moment for which it holds.
    pub at: DateTime<Utc>,
    /// When the quiet hours end that hold now.
    pub quiet_until: Option<DateTime<Utc>>,
    /// Whether what follows from something of theirs may be said.
    pub transactional: Standing,
    /// Whether offers and news may be said.
    pub marketing: Standing,
    /// Marketing messages that they were sent.
    pub marketing_sent: Sent,
    /// The most of them.
    pub marketing_most: Most,
    /// Their accounts.
    pub accounts: Vec<Entry>,
    /// By which way each named message would go now.
    pub messages: Vec<Named>,
}

/// What the rules say of one purpose.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReachStanding)]
pub struct Standing {
    /// Whether it may be said now.
    pub now: bool,
    /// From when on, if it has to wait.
    pub from: Option<DateTime<Utc>>,
    /// Why it may not be said.
    pub why: Option<Why>,
}

/// The most marketing messages that one member gets.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = MarketingMost)]
pub struct Most {
    /// In a day.
    pub day: u32,
    /// In seven days.
    pub week: u32,
    /// Without them doing anything; 0 = no such limit.
    pub unanswered: u32,
}

/// One account of a member.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReachAccount)]
pub struct Entry {
    /// The account.
    pub account: AccountKey,
    /// Official account or mini program.
    pub kind: Kind,
    /// The last characters of their OpenID.
    pub person: String,
    /// Whether they follow, or have left; null where nobody follows.
    pub follows: Option<bool>,
    /// Open windows.
    pub windows: Vec<Window>,
    /// What they answered for each template, and what is left of it.
    pub permits: Vec<Permit>,
}

/// An open window.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReachWindow)]
pub struct Window {
    /// By what it was opened.
    pub trigger: Trigger,
    /// Until when.
    pub closes_at: DateTime<Utc>,
    /// Whole minutes until then.
    pub minutes: i64,
    /// Messages left.
    pub left: i32,
}

/// A permit.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReachPermit)]
pub struct Permit {
    /// The template.
    pub template_id: String,
    /// Messages left.
    pub available: i32,
    /// What they answered last.
    pub answer: Answer,
    /// When.
    pub answered_at: DateTime<Utc>,
}

/// A named message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReachMessage)]
pub struct Named {
    /// Its name.
    pub kind: String,
    /// The cheapest way that WeChat takes now; null when there is none.
    pub way: Option<Way>,
}

/// A way to one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReachWay)]
pub struct Way {
    /// How.
    pub channel: Channel,
    /// The account.
    pub account: AccountKey,
}

/// What may be said to a member who stands, at `now`.
///
/// # Errors
/// When the database does not answer.
pub async fn ledger(
    db: &impl ConnectionTrait,
    (accounts, wordings, limits): (&Accounts, &Wordings, &Reach),
    member: MemberId,
    now: Time,
) -> Result<Ledger> {
    let places = standing::places(db, accounts, member).await?;
    // Something that makes sense for a while yet.
    let later = end_of_day_after(now, 7);
    let transactional = standing::asked(db, member, (Purpose::Transactional, later), &places, now).await?;
    let marketing = standing::asked(db, member, (Purpose::Marketing, later), &places, now).await?;
    let contacts: Vec<_> = places.iter().map(|place| place.contact(now)).collect();
    let way = |wording: &super::wording::Wording| match rules::next(&wording.ways, &contacts, &[], now) {
        Next::Go(_, route) => Some(Way { channel: route.channel, account: route.account }),
        Next::Later(_) | Next::None => None,
    };
    Ok(Ledger {
        member,
        at: now,
        quiet_until: rules::quiet_until(now, limits),
        transactional: rules::admit(&transactional, limits).into(),
        marketing_sent: marketing.sent,
        marketing: rules::admit(&marketing, limits).into(),
        marketing_most: Most {
            day: limits.marketing_per_day,
            week: limits.marketing_per_week,
            unanswered: limits.marketing_unanswered,
        },
        messages: wordings.iter().map(|(kind, wording)| Named { kind: kind.to_owned(), way: way(wording) }).collect(),
        accounts: places.iter().map(|place| entry(place, now)).collect(),
    })
}

impl From<Verdict> for Standing {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Now => Self { now: true, from: None, why: None },
            Verdict::Later(from) => Self { now: false, from: Some(from), why: Some(Why::Quiet) },
            Verdict::Never(why) => Self { now: false, from: None, why: Some(why) },
        }
    }
}

fn entry(place: &Place, now: Time) -> Entry {
    let mut windows: Vec<Window> = place
        .open(now)
        .map(|window| Window {
            trigger: window.trigger,
            closes_at: window.closes_at,
            minutes: (window.closes_at - now).num_minutes(),
            left: window.allowed - window.used,
        })
        .collect();
    windows.sort_by_key(|window| window.closes_at);
    let permits = place.permits.iter().map(|row| {
        let permit::Model { template_id, available, answer, answered_at, .. } = row.clone();
        Permit { template_id, available, answer, answered_at }
    });
    Entry {
        account: place.account.clone(),
        kind: place.kind,
        person: format!("{:?}", place.open_id),
        follows: place.follows,
        windows,
        permits: permits.collect(),
    }
}
