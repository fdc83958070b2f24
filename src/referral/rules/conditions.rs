//! What the invited person has to do, as spans of time in which it is done.

use chrono::TimeDelta;
use entity::types::AccountKey;

use super::log::{Log, Purchase, Touch};
use crate::{infra::clock::Time, referral::terms::Rules};

/// A span of time: from a moment on, until another one or without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Time,
    pub(super) until: Option<Time>,
}

impl Span {
    fn since(from: Time) -> Self {
        Self { from, until: None }
    }

    pub(super) fn has(self, at: Time) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    fn and(self, other: Self) -> Option<Self> {
        let until = match (self.until, other.until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let from = self.from.max(other.from);
        until.is_none_or(|until| from < until).then_some(Self { from, until })
    }

    fn later(self, by: TimeDelta) -> Option<Self> {
        let from = self.from + by;
        self.until.is_none_or(|until| from < until).then_some(Self { from, ..self })
    }
}

/// Both at once; spans of each are apart and in order.
fn both(one: &[Span], other: &[Span]) -> Vec<Span> {
    let mut spans: Vec<Span> = one.iter().flat_map(|one| other.iter().filter_map(|other| one.and(*other))).collect();
    spans.sort_by_key(|span| span.from);
    spans
}

/// Any of them, put together where they meet.
fn any(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| span.from);
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if last.until.is_none_or(|until| span.from <= until) => {
                last.until = last.until.and_then(|one| span.until.map(|other| one.max(other)));
            }
            _ => joined.push(span),
        }
    }
    joined
}

/// While they follow an account, from a moment on.
pub(super) fn following(log: &Log, account: &AccountKey, from: Time) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut open: Option<Time> = None;
    for event in log.follows.iter().filter(|event| event.account == *account) {
        match (open, event.follows) {
            (None, true) => open = Some(event.at),
            (Some(since), false) => {
                spans.push(Span { from: since, until: Some(event.at) });
                open = None;
            }
            (Some(_), true) | (None, false) => {}
        }
    }
    spans.extend(open.map(Span::since));
    both(&spans, &[Span::since(from)])
}

/// While a purchase is worth so much.
fn worth(purchase: &Purchase, fen: i64) -> Option<Span> {
    let mut left = purchase.fen;
    if left < fen {
        return None;
    }
    for (at, back) in &purchase.refunds {
        left = left.saturating_sub(*back);
        if left < fen {
            let span = Span { from: purchase.at, until: Some(*at) };
            return (purchase.at < *at).then_some(span);
        }
    }
    Some(Span::since(purchase.at))
}

/// While they have something that is worth so much, bought after the touch.
pub(super) fn bought(log: &Log, touch: &Touch, fen: i64) -> Vec<Span> {
    let after = log.purchases.iter().filter(|purchase| purchase.at >= touch.began_at);
    any(after.filter_map(|purchase| worth(purchase, fen)).collect())
}

/// While everything is done that the rules ask for.
pub(super) fn all(log: &Log, rules: &Rules, touch: &Touch, joined: Time) -> Vec<Span> {
    let wanted = &rules.qualification;
    let mut spans = vec![Span::since(joined)];
    let follows = wanted.follow.as_ref().map(|account| following(log, account, touch.began_at));
    if let Some(days) = wanted.stayed_days {
        let stays = follows.as_deref().unwrap_or(&spans).iter();
        let stayed: Vec<Span> = stays.filter_map(|span| span.later(TimeDelta::days(days.into()))).collect();
        spans = both(&spans, &stayed);
    }
    if let Some(follows) = follows {
        spans = both(&spans, &follows);
    }
    if wanted.phone {
        let phone: Vec<Span> = log.phone_at.map(Span::since).into_iter().collect();
        spans = both(&spans, &phone);
    }
    if let Some(fen) = wanted.purchase_fen {
        spans = both(&spans, &bought(log, touch, fen));
    }
    spans
}

/// When they left so soon that it ends the invitation.
pub(super) fn left_early(log: &Log, rules: &Rules, touch: &Touch) -> Option<Time> {
    let days = TimeDelta::days(rules.leave_days?.into());
    let concerns = |account: &AccountKey| rules.qualification.follow.as_ref().is_none_or(|follow| follow == account);
    let leaves = log.follows.iter().filter(|event| !event.follows && concerns(&event.account));
    leaves
        .filter(|leave| {
            let mut before = log.follows.iter().filter(|event| event.follows && event.account == leave.account);
            let first = before.find(|event| event.at >= touch.began_at);
            first.is_some_and(|first| leave.at >= first.at && leave.at < first.at + days)
        })
        .map(|leave| leave.at)
        .min()
}
