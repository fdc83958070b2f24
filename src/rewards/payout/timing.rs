//! When a payout is looked at again (pay sheet sections 2.5 and 9, rules 3, 5 and 12).

use chrono::TimeDelta;
use entity::rewards::payout::Provider;

/// How long the person has to take it.
pub(super) const TO_TAKE: TimeDelta = TimeDelta::hours(24);
/// How long before its end the person is reminded.
pub(super) const REMINDER: TimeDelta = TimeDelta::hours(4);
/// How long nothing may be found until staff have to look whether it was ever there.
pub(super) const NEVER_LANDED: TimeDelta = TimeDelta::hours(48);
/// When WeChat soon stops to answer questions about it.
pub(super) const LAST_CALL: TimeDelta = TimeDelta::days(28);

/// The delay before the same number is asked about, or handed over, once more: longer with each time.
pub(super) fn back_off(times: i32) -> TimeDelta {
    match times {
        ..=1 => TimeDelta::seconds(5),
        2 => TimeDelta::seconds(30),
        3 => TimeDelta::minutes(2),
        4 => TimeDelta::minutes(10),
        5 => TimeDelta::minutes(20),
        6..=30 => TimeDelta::hours(1),
        _ => TimeDelta::hours(6),
    }
}

/// For how long after the first call the same number may be handed over again.
pub(super) fn may_repeat_for(provider: Provider) -> TimeDelta {
    match provider {
        // "Too old to be sent again" after 24 hours at the earliest.
        Provider::Transfer => TimeDelta::hours(20),
        Provider::RedPacket | Provider::MiniRedPacket => TimeDelta::hours(48),
    }
}

/// The delay until a payout that waits for its person is asked about, by how long it has waited already.
pub(super) fn next_question(waited: TimeDelta) -> TimeDelta {
    let moments = [
        TimeDelta::seconds(20),
        TimeDelta::minutes(2),
        TimeDelta::minutes(10),
        TimeDelta::minutes(20),
        TimeDelta::hours(1),
        TimeDelta::hours(6),
        TimeDelta::hours(24) + TimeDelta::minutes(10),
    ];
    moments
        .into_iter()
        .map(|moment| moment - waited)
        .find(|wait| *wait >= TimeDelta::seconds(1))
        .unwrap_or(TimeDelta::hours(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_become_rarer_and_one_comes_just_after_the_end() {
        let mut waited = TimeDelta::zero();
        let mut moments = Vec::new();
        while waited < TimeDelta::hours(40) {
            waited += next_question(waited);
            moments.push(waited.num_seconds());
        }
        assert_eq!(moments, [20, 120, 600, 1_200, 3_600, 21_600, 87_000, 108_600, 130_200, 151_800]);
        assert!((1..100).map(back_off).is_sorted());
        assert!(back_off(0) >= TimeDelta::seconds(1));
    }
}
