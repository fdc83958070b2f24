//! Amounts by chance: drawn once and kept, or split beforehand to the last fen.

use super::terms::Amount;
use crate::infra::random::Random;

/// A number from `min` to `max`, each as likely as any other.
fn between(random: &Random, min: i64, max: i64) -> i64 {
    let span = usize::try_from(max.saturating_sub(min)).unwrap_or(0).saturating_add(1);
    min.saturating_add(i64::try_from(random.below(span)).unwrap_or(0)).min(max)
}

/// How much somebody gets; `None` where a share is taken, or the rule that asks has to say it.
pub(super) fn draw(amount: &Amount, random: &Random) -> Option<i64> {
    match *amount {
        Amount::Fixed { amount } => Some(amount),
        Amount::Random { min, max } => Some(between(random, min, max)),
        Amount::Lucky { .. } | Amount::Asked { .. } => None,
    }
}

/// Splits `total` into shares of `min` to `max`, which add up to it exactly; empty when that cannot be.
///
/// Each share is drawn around the mean of what is left, so that early and late ones are alike; then they are shuffled.
pub fn split(total: i64, shares: u32, (min, max): (i64, i64), random: &Random) -> Vec<i64> {
    let mut left = total;
    let mut split = Vec::new();
    for after in (0..i64::from(shares)).rev() {
        // What the others can take at most and must have at least.
        let low = min.max(left.saturating_sub(max.saturating_mul(after)));
        let high = max.min(left.saturating_sub(min.saturating_mul(after)));
        if low > high {
            return Vec::new();
        }
        let twice_the_mean = left.saturating_mul(2) / (after + 1);
        let high = high.min(twice_the_mean.saturating_sub(min)).max(low);
        let share = if after == 0 { left } else { between(random, low, high) };
        split.push(share);
        left -= share;
    }
    for end in (1..split.len()).rev() {
        split.swap(end, random.below(end + 1));
    }
    split
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shares_add_up_exactly_and_keep_their_sizes(
            seed in any::<u64>(), shares in 1..200_u32, min in 1..500_i64, spread in 0..5_000_i64, part in 0..=1000_i64,
        ) {
            let max = min + spread;
            let (least, most) = (min * i64::from(shares), max * i64::from(shares));
            let total = least + (most - least) * part / 1000;
            let split = split(total, shares, (min, max), &Random::seeded(seed));
            prop_assert_eq!(split.len(), usize::try_from(shares).unwrap());
            prop_assert_eq!(split.iter().sum::<i64>(), total);
            prop_assert!(split.iter().all(|share| (min..=max).contains(share)), "{:?}", split);
        }

        #[test]
        fn what_is_drawn_lies_within(seed in any::<u64>(), min in 1..1_000_i64, spread in 0..1_000_i64) {
            let random = Random::seeded(seed);
            let drawn = draw(&Amount::Random { min, max: min + spread }, &random).unwrap();
            prop_assert!((min..=min + spread).contains(&drawn));
        }
    }

    #[test]
    fn what_cannot_be_split_is_not() {
        let random = Random::seeded(1);
        assert_eq!(split(9, 10, (1, 5), &random), Vec::<i64>::new());
        assert_eq!(split(51, 10, (1, 5), &random), Vec::<i64>::new());
        assert_eq!(split(10, 10, (1, 5), &random), vec![1; 10]);
        assert_eq!(split(50, 10, (1, 5), &random), vec![5; 10]);
    }

    #[test]
    fn shares_differ() {
        let split = split(10_000, 100, (1, 1_000), &Random::seeded(7));
        let first: i64 = split.iter().take(50).sum();
        assert!((3_000..7_000).contains(&first), "{first}");
        assert!(split.iter().collect::<std::collections::BTreeSet<_>>().len() > 20);
    }
}
