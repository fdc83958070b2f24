//! Chance, in the words in which a crowd is described.

use super::{DAY, HOUR, MINUTES};
use crate::infra::random::Random;

/// A source of chance.
pub(super) struct Dice(pub(super) Random);

impl Dice {
    /// Whether something that so many of a hundred do happens.
    pub(super) fn percent(&self, of_a_hundred: usize) -> bool {
        self.0.below(100) < of_a_hundred
    }

    /// Whether something that so many of a thousand do happens.
    pub(super) fn per_mille(&self, of_a_thousand: usize) -> bool {
        self.0.below(1_000) < of_a_thousand
    }

    /// A number from the first until, and with, the last.
    pub(super) fn within(&self, first: usize, last: usize) -> usize {
        first + self.0.below(last.saturating_sub(first) + 1)
    }

    /// The same for minutes.
    pub(super) fn minutes(&self, first: i64, last: i64) -> i64 {
        let span = usize::try_from(last - first).unwrap_or(0);
        first + i64::try_from(self.within(0, span)).unwrap_or(0)
    }

    /// A number that nobody else has.
    pub(super) fn fresh(&self) -> u64 {
        u64::from_be_bytes(self.0.bytes())
    }

    /// One of these.
    pub(super) fn one<'a, T>(&self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.0.below(of.len()))
    }

    /// One of these, each as likely as its weight says.
    pub(super) fn weighted<T: Copy>(&self, of: &[(usize, T)], other: T) -> T {
        let sum = of.iter().map(|(weight, _)| weight).sum();
        let mut left = self.0.below(sum);
        for (weight, one) in of {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return *one,
            }
        }
        other
    }

    /// A minute of the month at which people are awake: most come at noon and in the evening.
    pub(super) fn awake(&self) -> i64 {
        let hour = self.weighted(
            &[(2, 0), (8, 7), (12, 9), (12, 11), (18, 12), (10, 14), (10, 16), (14, 18), (22, 20), (14, 22)],
            12,
        );
        let day = self.minutes(0, MINUTES / DAY - 1);
        day * DAY + hour * HOUR + self.minutes(0, 2 * HOUR - 1)
    }

    /// So many minutes later, within the month: half of the time within the first tenth.
    pub(super) fn soon(&self, after: i64, within: i64) -> i64 {
        let span = if self.percent(50) { within / 10 } else { within };
        (after + self.minutes(0, span.max(1))).min(MINUTES - 1)
    }
}
