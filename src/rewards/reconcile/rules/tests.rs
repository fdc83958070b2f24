//! Every way in which a payout and its lines can agree, or not.

use entity::types::PayoutId;
use uuid::Uuid;

use super::*;

const DAYS: [&str; 4] = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"];

fn day(at: usize) -> Day {
    DAYS[at].parse().unwrap()
}

fn fen(amount: u32) -> Fen {
    amount.into()
}

/// Sent at noon of the second day; at its end so many days later, at noon as well.
fn ours(state: State, refunded: u32, ended: Option<usize>) -> Ours {
    let noon = |at: usize| format!("{}T04:00:00Z", DAYS[at]).parse().unwrap();
    Ours {
        id: PayoutId::from(Uuid::nil()),
        state,
        amount: fen(100),
        refunded: fen(refunded),
        sent_at: (state != State::Created).then(|| noon(1)),
        settled_at: ended.map(noon),
    }
}

fn out(at: usize, amount: u32) -> Line {
    Line { day: day(at), line: 0, direction: Direction::Out, amount: fen(amount) }
}

fn back(at: usize, amount: u32) -> Line {
    Line { day: day(at), line: 1, direction: Direction::In, amount: fen(amount) }
}

/// What is found with every bill up to the last day: day, kind, what is here, what is there.
fn found(ours: Option<&Ours>, lines: &[Line]) -> Vec<(usize, Kind, [i64; 2], [i64; 2])> {
    found_through(3, ours, lines)
}

fn found_through(through: usize, ours: Option<&Ours>, lines: &[Line]) -> Vec<(usize, Kind, [i64; 2], [i64; 2])> {
    let horizon = Horizon { through: day(through), gaps: BTreeSet::new() };
    let judged = judge(ours, lines, &horizon).unwrap();
    assert!(!judged.undecided);
    let pair = |flow: Flow| [flow.out.get(), flow.back.get()];
    let place = |wanted: Day| DAYS.iter().position(|day| *day == wanted.to_string()).unwrap();
    judged
        .findings
        .into_iter()
        .map(|((day, kind), finding)| (place(day), kind, pair(finding.here), pair(finding.there)))
        .collect()
}

#[test]
fn what_agrees_is_no_case_on_whatever_day_it_is_booked() {
    use State::{Paid, Rejected, Returned, Returning, Submitting, Unknown, WaitingUser};
    for (state, refunded, ended, lines) in [
        (Paid, 0, Some(1), vec![out(1, 100)]),
        (Paid, 0, Some(2), vec![out(1, 100)]),
        // Over midnight, either way.
        (Paid, 0, Some(1), vec![out(2, 100)]),
        (Returned, 100, Some(2), vec![out(1, 100), back(2, 100)]),
        (Returned, 100, Some(2), vec![out(1, 100), back(3, 100)]),
        // Taken back before anything moved.
        (Returned, 100, Some(2), vec![]),
        (Returned, 40, Some(2), vec![out(1, 100), back(2, 40)]),
        (Returned, 0, Some(2), vec![out(1, 100)]),
        (Rejected, 100, Some(2), vec![]),
        (Rejected, 100, Some(2), vec![out(1, 100), back(2, 100)]),
        (WaitingUser, 0, None, vec![]),
        (WaitingUser, 0, None, vec![out(1, 100)]),
        (Returning, 0, None, vec![out(1, 100), back(2, 100)]),
        (Submitting, 0, None, vec![out(1, 100)]),
        (Unknown, 0, None, vec![out(1, 100), back(2, 40)]),
    ] {
        assert_eq!(found(Some(&ours(state, refunded, ended)), &lines), [], "{state:?} {lines:?}");
    }
    assert_eq!(found(Some(&ours(State::Created, 0, None)), &[]), []);
}

#[test]
fn every_difference_names_its_fen_on_its_day() {
    use Kind::{Amount, MissingHere, MissingThere, Refund, State as Moved, Twice};
    use State::{Created, Paid, Rejected, Returned, WaitingUser};
    type Case = (Option<Ours>, Vec<Line>, Vec<(usize, Kind, [i64; 2], [i64; 2])>);
    let cases: Vec<Case> = vec![
        (Some(ours(Paid, 0, Some(1))), vec![], vec![(1, MissingThere, [100, 0], [0, 0])]),
        (Some(ours(Returned, 100, Some(2))), vec![out(1, 100)], vec![(2, MissingThere, [0, 100], [0, 0])]),
        (Some(ours(Returned, 100, Some(2))), vec![back(2, 100)], vec![(2, MissingThere, [100, 0], [0, 0])]),
        (Some(ours(Returned, 40, Some(2))), vec![], vec![(2, MissingThere, [100, 40], [0, 0])]),
        (
            None,
            vec![out(1, 70), back(2, 70)],
            vec![(1, MissingHere, [0, 0], [70, 0]), (2, MissingHere, [0, 0], [0, 70])],
        ),
        (Some(ours(Paid, 0, Some(1))), vec![out(1, 120)], vec![(1, Amount, [100, 0], [120, 0])]),
        (Some(ours(WaitingUser, 0, None)), vec![out(1, 99)], vec![(1, Amount, [100, 0], [99, 0])]),
        (Some(ours(WaitingUser, 0, None)), vec![out(1, 100), back(2, 101)], vec![(2, Amount, [0, 100], [0, 101])]),
        (Some(ours(Returned, 100, Some(2))), vec![out(1, 100), back(2, 90)], vec![(2, Amount, [0, 100], [0, 90])]),
        (Some(ours(Paid, 0, Some(1))), vec![out(1, 100), back(2, 100)], vec![(2, Refund, [0, 0], [0, 100])]),
        (Some(ours(Rejected, 100, Some(1))), vec![back(2, 100)], vec![(2, Refund, [0, 0], [0, 100])]),
        (Some(ours(Created, 0, None)), vec![out(2, 100)], vec![(2, Moved, [0, 0], [100, 0])]),
        // WeChat says that it was not paid, and the money is gone, before its end or after it.
        (Some(ours(Rejected, 100, Some(2))), vec![out(1, 100)], vec![(1, Moved, [0, 0], [100, 0])]),
        (Some(ours(Rejected, 100, Some(2))), vec![out(3, 100)], vec![(3, Moved, [0, 0], [100, 0])]),
        (Some(ours(Paid, 0, Some(1))), vec![out(1, 100), out(2, 100)], vec![(2, Twice, [0, 0], [100, 0])]),
        // The one that fits is the one that is meant, wherever it stands.
        (Some(ours(Paid, 0, Some(1))), vec![out(1, 7), out(2, 100)], vec![(1, Twice, [0, 0], [7, 0])]),
    ];
    for (ours, lines, expected) in cases {
        assert_eq!(found(ours.as_ref(), &lines), expected, "{ours:?} {lines:?}");
    }
}

#[test]
fn nothing_is_missing_before_its_day_is_over() {
    let late = ours(State::Paid, 0, Some(2));
    assert_eq!(found_through(1, Some(&late), &[]), []);
    assert_eq!(found_through(2, Some(&late), &[]).len(), 1);
    // Heard a moment before midnight: WeChat's clock may have been beyond it.
    let settled_at = Some("2026-11-21T15:55:00Z".parse().unwrap());
    let edge = Ours { settled_at, ..ours(State::Paid, 0, None) };
    assert_eq!(found_through(1, Some(&edge), &[]), []);
    assert_eq!(found_through(2, Some(&edge), &[]), [(2, Kind::MissingThere, [100, 0], [0, 0])]);
}

#[test]
fn what_may_stand_in_a_bill_that_is_not_known_is_not_decided() {
    let paid = ours(State::Paid, 0, Some(2));
    let judged = |gap: usize| {
        let horizon = Horizon { through: day(3), gaps: BTreeSet::from([day(gap)]) };
        judge(Some(&paid), &[], &horizon).unwrap()
    };
    for gap in [1, 2] {
        assert_eq!((judged(gap).undecided, judged(gap).findings.len()), (true, 0), "{gap}");
    }
    for gap in [0, 3] {
        assert_eq!((judged(gap).undecided, judged(gap).findings.len()), (false, 1), "{gap}");
    }
}

#[test]
fn only_numbers_of_payouts_are_ours() {
    assert!(is_ours("HL06gzqn7n01rvnb8hvp20m4nfy0"));
    for other in ["", "T1", "HL1", "1900001109202611210000000001", "HL06gzqn7n01rvnb8hvp20m4nf_0"] {
        assert!(!is_ours(other), "{other}");
    }
}
