//! A ledger as anybody would keep it by hand: lots in a list, and who has each.

use chrono::{DateTime, TimeDelta, Utc};
use entity::types::MergeId;

/// How many people there are.
pub const MEMBERS: usize = 3;

/// The end of the day in Shanghai so many days later.
pub fn day_end(now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    let local = now.naive_utc() + TimeDelta::hours(8);
    ((local.date() + TimeDelta::days(days + 1)).and_time(chrono::NaiveTime::MIN) - TimeDelta::hours(8)).and_utc()
}

/// A lot.
#[derive(Clone, Debug)]
pub struct Lot {
    pub owner: usize,
    pub earned: i64,
    pub left: i64,
    pub from: Option<DateTime<Utc>>,
    pub end: Option<DateTime<Utc>>,
    pub cancelled: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub lots: Vec<Lot>,
    /// From which lots what was spent came, and how much of it came back.
    pub spends: Vec<(Vec<(usize, i64)>, i64)>,
    /// Of each merge: who won, who lost, and the loser's lots.
    pub merges: Vec<(MergeId, usize, usize, Vec<usize>)>,
    pub names: Vec<usize>,
}

impl Model {
    pub fn new() -> Self {
        Self { names: (0..MEMBERS).collect(), ..Self::default() }
    }

    /// What is over is gone.
    pub fn at(&mut self, now: DateTime<Utc>) {
        for lot in self.lots.iter_mut().filter(|lot| lot.end.is_some_and(|end| end <= now)) {
            lot.left = 0;
        }
    }

    pub fn is_open(lot: &Lot, now: DateTime<Utc>) -> bool {
        lot.from.is_some_and(|from| from <= now)
    }

    /// Lots of a member that are not empty, as they are spent.
    pub fn of(&self, who: usize) -> Vec<usize> {
        let mut theirs: Vec<usize> =
            (0..self.lots.len()).filter(|place| self.lots[*place].owner == who && self.lots[*place].left > 0).collect();
        theirs.sort_by_key(|place| (self.lots[*place].end.unwrap_or(DateTime::<Utc>::MAX_UTC), *place));
        theirs
    }

    pub fn has(&self, who: usize, now: DateTime<Utc>) -> (i64, i64) {
        self.of(who).into_iter().fold((0, 0), |(open, pending), place| {
            let lot = &self.lots[place];
            if Self::is_open(lot, now) { (open + lot.left, pending) } else { (open, pending + lot.left) }
        })
    }

    /// Takes from what is open, as much as there is.
    pub fn take(&mut self, who: usize, mut points: i64, now: DateTime<Utc>) -> Vec<(usize, i64)> {
        let mut taken = Vec::new();
        for place in self.of(who) {
            let lot = &mut self.lots[place];
            let part = points.min(lot.left);
            if Self::is_open(lot, now) && part > 0 {
                lot.left -= part;
                points -= part;
                taken.push((place, part));
            }
        }
        taken
    }
}
