//! Whatever payouts there are and whatever happens to the bills: the cases name exactly the damage, and what they name
//! together is what bills and books differ by.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use entity::{
    jobs::job,
    rewards::{
        bill_line,
        payout::{self, State as Stood},
        reconciliation::{self, State as DayState},
        reconciliation_case::{self, Kind},
        stop,
    },
};
use huilian::{
    infra::{calendar::start_of, clock::Time},
    wechat::pay::bill::{Direction, Movement},
};
use proptest::{
    prelude::{Just, Strategy, prop},
    prop_oneof,
    test_runner::{Config, TestRunner},
};
use sea_orm::EntityTrait;

use super::{Stands, days, line, named, next_morning, number, out, put_one, statements::Statements, today};
use crate::support::TestApp;

/// What became of a payout, with hours from the morning on which it was sent.
#[derive(Clone, Copy, Debug)]
enum Course {
    Paid(i64),
    Returned(i64),
    PartlyReturned(i64),
    /// Taken back before anything moved.
    NeverMoved(i64),
    /// WeChat set it aside and gave it back.
    Rejected(i64),
    Waiting,
}

/// What is wrong with the lines of a payout.
#[derive(Clone, Copy, Debug)]
enum Damage {
    None,
    DropFirst,
    DropLast,
    More(u32),
    Repeat,
    BackAlthoughPaid,
}

#[derive(Clone, Debug)]
struct Payout {
    hour: i64,
    amount: u32,
    course: Course,
    damage: Damage,
}

fn plays() -> impl Strategy<Value = (Vec<Payout>, Vec<u32>, Vec<u32>)> {
    let hours = 1..40_i64;
    let course = prop_oneof![
        4 => (0..30_i64).prop_map(Course::Paid),
        3 => hours.clone().prop_map(Course::Returned),
        1 => hours.clone().prop_map(Course::PartlyReturned),
        1 => hours.clone().prop_map(Course::NeverMoved),
        1 => hours.prop_map(Course::Rejected),
        1 => Just(Course::Waiting),
    ];
    let damage = prop_oneof![
        5 => Just(Damage::None),
        1 => Just(Damage::DropFirst),
        1 => Just(Damage::DropLast),
        1 => (1..500_u32).prop_map(Damage::More),
        1 => Just(Damage::Repeat),
        1 => Just(Damage::BackAlthoughPaid),
    ];
    let payout = (0..40_i64, 10..5_000_u32, course, damage).prop_map(|(hour, amount, course, damage)| Payout {
        hour,
        amount,
        course,
        damage,
    });
    let strangers = prop::collection::vec(1..9_000_u32, 0..3);
    (prop::collection::vec(payout, 1..14), strangers.clone(), strangers)
}

/// Kind, what is here, what is there: by number and the day's number.
type Named = (Kind, [i64; 2], [i64; 2]);

/// Plays it; gives what the test expects: the cases, and books less bills.
async fn play(
    app: &TestApp,
    bills: &Statements,
    payouts: &[Payout],
    unknown: &[u32],
    other: &[u32],
) -> (BTreeMap<(String, Kind), Named>, i64) {
    let begin = start_of(today(app)) + TimeDelta::hours(11);
    // Nothing is asked for before the first payout.
    let first = begin + TimeDelta::hours(payouts.iter().map(|payout| payout.hour).min().unwrap_or(0));
    let mut expected = BTreeMap::new();
    let mut difference = 0;
    for Payout { hour, amount, course, damage } in payouts {
        let (sent, amount, fen) = (begin + TimeDelta::hours(*hour), *amount, i64::from(*amount));
        let end = |hours: i64| sent + TimeDelta::hours(hours);
        let part = amount / 3;
        let stands = match course {
            Course::Paid(hours) => Stands { sent_at: sent, ..Stands::paid(end(*hours), amount) },
            Course::Returned(hours) | Course::NeverMoved(hours) => Stands::returned(sent, amount, end(*hours)),
            Course::PartlyReturned(hours) => Stands { refunded: part, ..Stands::returned(sent, amount, end(*hours)) },
            Course::Rejected(hours) => Stands { state: Stood::Rejected, ..Stands::returned(sent, amount, end(*hours)) },
            Course::Waiting => Stands::open(Stood::WaitingUser, sent, amount),
        };
        let number = put_one(app, stands).await;
        let went = |amount: u32, at: Time| line(&number, Direction::Out, amount, at);
        let came = |amount: u32, at: Time| line(&number, Direction::In, amount, at);
        let mut lines = match course {
            Course::Paid(_) | Course::Waiting => vec![went(amount, sent)],
            Course::Returned(hours) | Course::Rejected(hours) => vec![went(amount, sent), came(amount, end(*hours))],
            Course::PartlyReturned(hours) => vec![went(amount, sent), came(part, end(*hours))],
            Course::NeverMoved(_) => vec![],
        };
        let before = net(&lines);
        let finding: Option<Named> = match (damage, course) {
            (Damage::None, _) | (_, Course::NeverMoved(_)) => None,
            // Before its end, and when both or none of it moved, nothing can be missing.
            (Damage::DropFirst | Damage::DropLast, Course::Waiting) => None,
            (Damage::DropFirst, Course::Rejected(_)) => {
                lines.remove(0);
                Some((Kind::Refund, [0, 0], [0, fen]))
            }
            (Damage::DropFirst, _) => {
                lines.remove(0);
                Some((Kind::MissingThere, [fen, 0], [0, 0]))
            }
            (Damage::DropLast, Course::Rejected(_)) => {
                lines.pop();
                Some((Kind::State, [0, 0], [fen, 0]))
            }
            (Damage::DropLast, _) => {
                let gone = lines.pop().expect("a line");
                let gone_fen = gone.amount.get();
                let pair = if gone.direction == Direction::Out { [gone_fen, 0] } else { [0, gone_fen] };
                Some((Kind::MissingThere, pair, [0, 0]))
            }
            // The pair of a payout that WeChat did not pay is only held against itself.
            (Damage::More(more), Course::Rejected(_)) => {
                let last = lines.last_mut().expect("a line");
                last.amount = (amount + more).into();
                Some((Kind::Amount, [0, fen], [0, fen + i64::from(*more)]))
            }
            (Damage::More(more), _) => {
                lines[0].amount = (amount + more).into();
                Some((Kind::Amount, [fen, 0], [fen + i64::from(*more), 0]))
            }
            (Damage::Repeat, _) => {
                lines.push(lines[0].clone());
                Some((Kind::Twice, [0, 0], [fen, 0]))
            }
            (Damage::BackAlthoughPaid, Course::Paid(_)) => {
                lines.push(came(amount, sent));
                Some((Kind::Refund, [0, 0], [0, fen]))
            }
            (Damage::BackAlthoughPaid, _) => None,
        };
        difference += before - net(&lines);
        if let Some(named) = finding {
            expected.insert((number.clone(), named.0), named);
        }
        bills.book(lines);
    }
    for amount in unknown {
        let (number, fen) = (number(app), i64::from(*amount));
        bills.book([out(&number, *amount, first)]);
        difference -= fen;
        expected.insert((number, Kind::MissingHere), (Kind::MissingHere, [0, 0], [fen, 0]));
    }
    bills.book(other.iter().map(|amount| Movement { own_number: "别的生意".to_owned(), ..out("X", *amount, first) }));
    (expected, difference)
}

/// What went out less what came back.
fn net(lines: &[Movement]) -> i64 {
    let signed =
        |line: &Movement| if line.direction == Direction::Out { line.amount.get() } else { -line.amount.get() };
    lines.iter().map(signed).sum()
}

async fn forget(app: &TestApp, bills: &Statements) {
    let db = app.app.db.read();
    payout::Entity::delete_many().exec(db).await.expect("rows");
    bill_line::Entity::delete_many().exec(db).await.expect("rows");
    reconciliation::Entity::delete_many().exec(db).await.expect("rows");
    reconciliation_case::Entity::delete_many().exec(db).await.expect("rows");
    stop::Entity::delete_many().exec(db).await.expect("rows");
    job::Entity::delete_many().exec(db).await.expect("rows");
    bills.record().bills.clear();
}

async fn check(app: &TestApp, bills: &Statements, payouts: &[Payout], unknown: &[u32], other: &[u32]) {
    forget(app, bills).await;
    let (expected, difference) = play(app, bills, payouts, unknown, other).await;
    // Long enough for every end, and for a day without a bill to be believed.
    for _ in 0..7 {
        next_morning(app).await;
    }
    let found = super::cases(app).await;
    let names: BTreeMap<_, _> = found.iter().map(|case| ((case.number.clone(), case.kind), named(case))).collect();
    assert_eq!(names, expected);
    let fen = |case: &reconciliation_case::Model| {
        case.here_out.get() - case.here_in.get() - (case.there_out.get() - case.there_in.get())
    };
    assert_eq!(found.iter().map(fen).sum::<i64>(), difference, "what is named is what is different");
    let days = days(app).await;
    let sides = |row: &reconciliation::Model| {
        row.here_out.get() - row.here_in.get() - (row.there_out.get() - row.there_in.get())
    };
    assert_eq!(days.iter().map(sides).sum::<i64>(), difference);
    for row in &days {
        let of_day: i64 = found.iter().filter(|case| case.day == row.day).map(fen).sum();
        let any = found.iter().any(|case| case.day == row.day);
        assert_eq!((sides(row), row.state == DayState::Different), (of_day, any), "{row:?}");
        assert!(matches!(row.state, DayState::Different | DayState::Balanced), "{row:?}");
    }
    assert_eq!(days.iter().map(|row| row.other_count).sum::<i64>(), i64::try_from(other.len()).expect("a number"));
    assert_eq!(app.rows::<stop::Entity>().await.is_empty(), expected.is_empty());
}

#[test]
fn whatever_is_damaged_is_named_and_nothing_else() {
    let system = actix_web::rt::System::new();
    let bills = Statements::default();
    let app = system.block_on(TestApp::start(|settings| {
        settings.bills = Some(std::sync::Arc::new(bills.clone()));
        settings.leave_jobs = true;
    }));
    system.block_on(app.run_jobs());
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&plays(), |(payouts, unknown, other)| {
        system.block_on(check(&app, &bills, &payouts, &unknown, &other));
        Ok(())
    });
    system.block_on(app.finish());
    checked.expect("every fen is named");
}
