//! What agrees, and every way in which it may not.

use chrono::TimeDelta;
use entity::rewards::{
    payout::State as Stood,
    reconciliation::State as DayState,
    reconciliation_case::{Kind, State},
    stop,
};

use super::{Stands, back, books, cases, day, named, next_morning, number, out, put, put_one, sides, today};
use crate::support::TestApp;

async fn stopped(app: &TestApp) -> bool {
    let brakes = app.rows::<stop::Entity>().await;
    brakes.iter().any(|brake| brake.scope == "merchant:main" && brake.cause == stop::Cause::Mismatch)
}

#[actix_web::test]
async fn a_day_on_which_bill_and_payouts_say_the_same_is_balanced() {
    books(async |app, bills| {
        let (now, date) = (app.clock.now(), today(app));
        let stands = [
            Stands::paid(now, 1_000),
            Stands::returned(now, 500, now + TimeDelta::hours(3)),
            Stands::open(Stood::WaitingUser, now, 300),
            Stands::open(Stood::Unknown, now, 200),
            Stands { state: Stood::Rejected, refunded: 100, ..Stands::paid(now, 100) },
            // Taken back before WeChat set anything aside.
            Stands::returned(now, 700, now),
        ];
        let numbers = put(app, &stands).await;
        bills.book([out(&numbers[0], 1_000, now), out(&numbers[1], 500, now), out(&numbers[2], 300, now)]);
        bills.book([back(&numbers[1], 500, now + TimeDelta::hours(3))]);
        next_morning(app).await;
        let row = day(app, date).await;
        assert_eq!((row.state, row.attempts, row.code.as_deref()), (DayState::Balanced, 1, None));
        assert_eq!(sides(&row), [[4, 1_800, 500], [4, 1_800, 500]]);
        assert_eq!(row.other_count, 0);
        assert_eq!(cases(app).await, []);
        assert!(!stopped(app).await);
    })
    .await;
}

#[actix_web::test]
async fn other_business_of_the_merchant_is_counted_apart() {
    books(async |app, bills| {
        let (now, date) = (app.clock.now(), today(app));
        let ours = put_one(app, Stands::paid(now, 1_000)).await;
        // WeChat may name its own number only.
        let other_name = huilian::wechat::pay::bill::Movement { own_number: String::new(), ..out(&ours, 1_000, now) };
        let mut wages = out("WAGES1", 90_000, now);
        wages.own_number = "1900001109202611210000000001".to_owned();
        bills.book([other_name, wages, back("", 5_000_000, now)]);
        next_morning(app).await;
        let row = day(app, date).await;
        assert_eq!((row.state, sides(&row)[0]), (DayState::Balanced, [1, 1_000, 0]));
        assert_eq!((row.other_count, row.other_out.get(), row.other_in.get()), (2, 90_000, 5_000_000));
        assert_eq!(cases(app).await, []);
    })
    .await;
}

/// One payout (or none), the lines of the next morning's bill, and the only case that follows.
async fn one(stands: Option<Stood>, lines: &[(bool, u32)], expected: (Kind, [i64; 2], [i64; 2])) {
    books(async |app, bills| {
        let (now, date) = (app.clock.now(), today(app));
        let stands = stands.map(|state| match state {
            Stood::Returned => Stands::returned(now, 100, now),
            Stood::Paid => Stands::paid(now, 100),
            Stood::Rejected => Stands { state, ..Stands::paid(now, 100) },
            state => Stands::open(state, now, 100),
        });
        // Something that agrees is always there, so that there is a bill.
        let fine = put_one(app, Stands::paid(now, 11)).await;
        let number = match stands.clone() {
            Some(stands) => put_one(app, stands).await,
            None => number(app),
        };
        bills.book([out(&fine, 11, now)]);
        let movement = |(is_out, amount): &(bool, u32)| {
            if *is_out { out(&number, *amount, now) } else { back(&number, *amount, now) }
        };
        bills.book(lines.iter().map(movement));
        next_morning(app).await;
        let (row, found) = (day(app, date).await, cases(app).await);
        let names: Vec<_> = found.iter().map(named).collect();
        assert_eq!(names, [expected], "{stands:?} {lines:?}");
        assert_eq!((found[0].day, found[0].state, found[0].number.as_str()), (date, State::Open, number.as_str()));
        assert_eq!(
            (found[0].payout_id.is_some(), found[0].payout_state),
            (stands.is_some(), stands.map(|stands| stands.state))
        );
        assert_eq!(row.state, DayState::Different);
        let [there, here] = sides(&row);
        let (_, ours, theirs) = expected;
        assert_eq!((here[1] - there[1], here[2] - there[2]), (ours[0] - theirs[0], ours[1] - theirs[1]));
        assert!(stopped(app).await, "the merchant pays nothing");
    })
    .await;
}

#[actix_web::test]
async fn what_the_bill_does_not_have() {
    one(Some(Stood::Paid), &[], (Kind::MissingThere, [100, 0], [0, 0])).await;
    one(Some(Stood::Returned), &[(true, 100)], (Kind::MissingThere, [0, 100], [0, 0])).await;
    one(Some(Stood::Returned), &[(false, 100)], (Kind::MissingThere, [100, 0], [0, 0])).await;
}

#[actix_web::test]
async fn what_nobody_here_knows() {
    one(None, &[(true, 100)], (Kind::MissingHere, [0, 0], [100, 0])).await;
    one(None, &[(false, 100)], (Kind::MissingHere, [0, 0], [0, 100])).await;
}

#[actix_web::test]
async fn other_amounts() {
    one(Some(Stood::Paid), &[(true, 120)], (Kind::Amount, [100, 0], [120, 0])).await;
    one(Some(Stood::WaitingUser), &[(true, 99)], (Kind::Amount, [100, 0], [99, 0])).await;
    one(Some(Stood::Returned), &[(true, 100), (false, 90)], (Kind::Amount, [0, 100], [0, 90])).await;
}

#[actix_web::test]
async fn money_that_came_back_although_it_was_paid() {
    one(Some(Stood::Paid), &[(true, 100), (false, 100)], (Kind::Refund, [0, 0], [0, 100])).await;
}

#[actix_web::test]
async fn money_that_moved_although_nothing_was_paid() {
    one(Some(Stood::Created), &[(true, 100)], (Kind::State, [0, 0], [100, 0])).await;
    one(Some(Stood::Rejected), &[(true, 100)], (Kind::State, [0, 0], [100, 0])).await;
}

#[actix_web::test]
async fn the_same_movement_more_than_once() {
    one(Some(Stood::Paid), &[(true, 100), (true, 100), (true, 100)], (Kind::Twice, [0, 0], [200, 0])).await;
    let twice = [(true, 100), (false, 100), (false, 100)];
    one(Some(Stood::Returned), &twice, (Kind::Twice, [0, 0], [0, 100])).await;
}
