//! A plain re-computation: what each invitation should be worth, from the list of what happened and from nothing of the
//! product.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use huilian::infra::clock::Time;

/// Days from the touch to registering, hours that it has to hold, and hours within which leaving ends it.
const WINDOW: TimeDelta = TimeDelta::days(7);
const HOLDS: TimeDelta = TimeDelta::hours(24);
const SOON: TimeDelta = TimeDelta::hours(24);
/// What one purchase has to be worth, in fen.
const WORTH: i64 = 1_000;

/// A purchase and who has it.
#[derive(Clone, Debug)]
pub struct Order {
    pub holder: usize,
    pub at: Time,
    pub fen: i64,
    pub back: Vec<(Time, i64)>,
}

/// Everything that happened. People are numbers; the first of them invite.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// When somebody became a member, and when they did so as it was told.
    pub members: BTreeMap<usize, (Time, Time)>,
    /// Who touched whose code when, in the order in which it was told.
    pub touches: Vec<(usize, usize, Time)>,
    /// Who followed or left when, in the order in which it was told.
    pub follows: Vec<(usize, Time, bool)>,
    pub orders: Vec<Order>,
    /// Winner, loser, and the purchases that moved.
    pub merges: Vec<(usize, usize, Vec<usize>)>,
    /// Whether the last touch decides, and whether buying is asked for instead of following.
    pub last: bool,
    pub buys: bool,
}

impl World {
    /// Who somebody is today.
    pub fn today(&self, person: usize) -> usize {
        self.merges.iter().fold(person, |who, (winner, loser, _)| if who == *loser { *winner } else { who })
    }

    pub fn merge(&mut self, winner: usize, loser: usize) {
        let moved: Vec<usize> = (0..self.orders.len()).filter(|at| self.orders[*at].holder == loser).collect();
        for at in &moved {
            self.orders[*at].holder = winner;
        }
        self.merges.push((winner, loser, moved));
    }

    pub fn part(&mut self) -> Option<usize> {
        let (_, loser, moved) = self.merges.pop()?;
        for at in moved {
            self.orders[at].holder = loser;
        }
        Some(loser)
    }

    /// Who invited somebody so that it counts at a moment.
    pub fn invited_by(&self, person: usize, now: Time) -> Option<usize> {
        let mine = |who: &usize| self.today(*who) == person;
        let met = self.members.iter().filter(|(who, _)| mine(who)).map(|(_, times)| *times);
        let (made, shown) = met.reduce(|one, other| (one.0.min(other.0), one.1.min(other.1)))?;
        let mut follows: Vec<(Time, bool)> =
            self.follows.iter().filter(|(who, ..)| mine(who)).map(|(_, at, follows)| (*at, *follows)).collect();
        follows.sort_by_key(|(at, _)| *at);
        let first_follow = follows.iter().find(|(_, follows)| *follows).map(|(at, _)| *at);
        let orders: Vec<&Order> = self.orders.iter().filter(|order| order.holder == person).collect();
        let first_order = orders.iter().map(|order| order.at).min();
        let known = [Some(made), first_follow, first_order].into_iter().flatten().min()?;
        let registered = [Some(shown), first_follow].into_iter().flatten().min()?;

        let mut touches: Vec<(usize, Time)> =
            self.touches.iter().filter(|(who, ..)| mine(who)).map(|(_, inviter, at)| (*inviter, *at)).collect();
        touches.sort_by_key(|(_, at)| *at);
        if known < touches.first()?.1 {
            return None;
        }
        if self.last {
            touches.reverse();
        }
        let in_time = |at: Time| at <= registered && registered - at <= WINDOW;
        let (inviter, touched) = touches
            .into_iter()
            .map(|(who, at)| (self.today(who), at))
            .find(|(who, at)| *who != person && in_time(*at))?;

        if self.buys {
            let good = |order: &&Order, at: Time| {
                let back: i64 = order.back.iter().filter(|(when, _)| *when <= at).map(|(_, fen)| fen).sum();
                order.at >= touched && order.at <= at && order.fen - back >= WORTH
            };
            let holds = |at: Time| at >= registered && orders.iter().any(|order| good(order, at));
            return (ripe(&self.moments(now), now, holds) && holds(now)).then_some(inviter);
        }
        let first = follows.iter().find(|(at, follows)| *follows && *at >= touched).map(|(at, _)| *at);
        if let Some(first) = first
            && follows.iter().any(|(at, follows)| !follows && *at >= first && *at < first + SOON && *at <= now)
        {
            return None;
        }
        let follows_at =
            |at: Time| follows.iter().rev().find(|(when, _)| *when <= at).is_some_and(|(_, follows)| *follows);
        ripe(&self.moments(now), now, |at| at >= registered && at >= touched && follows_at(at)).then_some(inviter)
    }

    /// Every moment at which anything changes, until now.
    fn moments(&self, now: Time) -> Vec<Time> {
        let mut moments: Vec<Time> = self.follows.iter().map(|(_, at, _)| *at).collect();
        moments.extend(self.members.values().flat_map(|(made, shown)| [*made, *shown]));
        moments.extend(self.touches.iter().map(|(.., at)| *at));
        for order in &self.orders {
            moments.push(order.at);
            moments.extend(order.back.iter().map(|(at, _)| *at));
        }
        moments.retain(|at| *at <= now);
        moments.sort_unstable();
        moments.dedup();
        moments
    }
}

/// Whether something held for long enough without a break.
fn ripe(moments: &[Time], now: Time, holds: impl Fn(Time) -> bool) -> bool {
    let mut since = None;
    for at in moments {
        match (since, holds(*at)) {
            (None, true) => since = Some(*at),
            (Some(from), false) => {
                if *at - from >= HOLDS {
                    return true;
                }
                since = None;
            }
            _ => {}
        }
    }
    since.is_some_and(|from| now - from >= HOLDS)
}
