//! Whoever is cut off wherever, whoever works beside whom: the result is the same.

use std::{future::poll_fn, task::Poll};

use chrono::TimeDelta;
use entity::{
    jobs::job,
    rewards::{bill_line, reconciliation::State as DayState, reconciliation_case::Kind},
};
use futures_util::FutureExt;
use huilian::{
    infra::calendar::end_of,
    jobs::Job as _,
    rewards::reconcile::{Reconcile, ReconcileContext},
};
use sea_orm::EntityTrait;

use super::{Stands, books, cases, day, named, out, put, sides, statements::Statements, today};
use crate::support::TestApp;

fn context(app: &TestApp) -> ReconcileContext {
    ReconcileContext { db: app.app.db.clone(), bills: app.app.bills.clone() }
}

fn work() -> Reconcile {
    Reconcile { merchant: "main".parse().expect("a key"), day: None }
}

/// Many payouts; every tenth is in the bill otherwise, every eleventh not at all. Gives how many cases there are.
async fn fill(app: &TestApp, bills: &Statements) -> usize {
    let now = app.clock.now();
    let numbers = put(app, &vec![Stands::paid(now, 100); 400]).await;
    let mut found = 0;
    for (at, number) in numbers.iter().enumerate() {
        found += usize::from(at % 10 == 0 || at % 11 == 0);
        match (at % 10, at % 11) {
            (_, 0) => {}
            (0, _) => bills.book([out(number, 120, now)]),
            _ => bills.book([out(number, 100, now)]),
        }
    }
    found
}

async fn whole(app: &TestApp, date: huilian::infra::calendar::Day, expected: usize) {
    let (row, found) = (day(app, date).await, cases(app).await);
    assert_eq!((row.state, found.len()), (DayState::Different, expected), "{row:?}");
    let missing = found.iter().filter(|case| named(case) == (Kind::MissingThere, [100, 0], [0, 0])).count();
    let amounts = found.iter().filter(|case| named(case) == (Kind::Amount, [100, 0], [120, 0])).count();
    assert_eq!(missing + amounts, expected);
    let there = i64::try_from(400 - missing).expect("a number");
    let more = i64::try_from(amounts).expect("a number") * 20;
    assert_eq!(sides(&row), [[there, there * 100 + more, 0], [400, 40_000, 0]]);
    assert_eq!(app.rows::<bill_line::Entity>().await.len(), 400 - missing);
}

/// Plans the day, and leaves the work to the test.
async fn planned(app: &TestApp) {
    app.advance(end_of(today(app)) + TimeDelta::hours(11) - app.clock.now());
    let all = huilian::rewards::reconcile::ReconcileAll {};
    all.run(context(app)).await.expect("a plan");
    job::Entity::delete_many().exec(app.app.db.read()).await.expect("jobs");
}

#[actix_web::test]
async fn who_is_cut_off_anywhere_leaves_nothing_wrong_behind() {
    books(async |app, bills| {
        let (date, expected) = (today(app), fill(app, bills).await);
        planned(app).await;
        // The first one dies while the bill comes.
        bills.record().hangs = true;
        let mut run = Box::pin(work().run(context(app)));
        poll_fn(|task| {
            assert!(run.as_mut().poll(task).is_pending(), "it hangs");
            if bills.record().hangs { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        drop(run);
        assert_eq!(day(app, date).await.state, DayState::Fetching);
        let mut cuts = 0;
        let mut states = Vec::new();
        // Each life ends a little later than the one before, until one reaches the end.
        for polls in 1_u32.. {
            let mut run = Box::pin(work().run(context(app)));
            let mut left = polls;
            let ended = poll_fn(|task| {
                if left == 0 {
                    return Poll::Ready(None);
                }
                left -= 1;
                run.as_mut().poll(task).map(Some)
            });
            let ended = ended.await;
            drop(run);
            states.push(day(app, date).await.state);
            match ended {
                None => cuts += 1,
                Some(done) => {
                    done.expect("a database that answers");
                    break;
                }
            }
        }
        assert!(cuts > 5, "{cuts}");
        assert!(states.contains(&DayState::Matching), "{states:?}");
        whole(app, date, expected).await;
    })
    .await;
}

#[actix_web::test]
async fn two_workers_on_one_day_find_what_one_finds() {
    books(async |app, bills| {
        let (date, expected) = (today(app), fill(app, bills).await);
        planned(app).await;
        let other = app.another_node().await;
        for _ in 0..3 {
            // Who comes too late puts it off.
            let (one, two) = (work().run(context(app)).boxed_local(), work().run(context(&other)).boxed_local());
            let (one, two) = futures_util::future::join(one, two).await;
            if one.is_ok() && two.is_ok() {
                break;
            }
        }
        work().run(context(app)).await.expect("the rest");
        whole(app, date, expected).await;
        other.finish().await;
    })
    .await;
}
