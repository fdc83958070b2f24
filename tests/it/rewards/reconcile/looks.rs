//! Days and midnights between a payout and its lines, and what a second look finds.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    rewards::{
        bill_line, payout,
        payout::State as Stood,
        reconciliation::State as DayState,
        reconciliation_case::{Kind, State},
    },
};
use huilian::infra::calendar::{days_after, end_of};
use reqwest::StatusCode;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use super::{Stands, back, books, cases, day, days, named, next_morning, out, put_one, sides, today};
use crate::support::TestApp;

async fn look_again(app: &TestApp, id: entity::types::ReconciliationId) {
    let staff = app.staff(Role::Headquarters).await;
    let key = format!("again-{}", app.app.random.token());
    let again = staff.post_once(&format!("/api/admin/v1/reconciliations/{id}/run"), &key, &json!({})).await;
    assert_eq!((again.status, &again.body["state"]), (StatusCode::ACCEPTED, &json!("waiting")), "{again:?}");
    app.run_jobs().await;
}

#[actix_web::test]
async fn what_comes_back_on_a_later_day_matches() {
    books(async |app, bills| {
        let (now, date) = (app.clock.now(), today(app));
        let comes_back = now + TimeDelta::hours(25);
        let number = put_one(app, Stands::open(Stood::WaitingUser, now, 500)).await;
        bills.book([out(&number, 500, now), back(&number, 500, comes_back)]);
        next_morning(app).await;
        // The rest of the second day.
        payout::Entity::update_many()
            .col_expr(payout::Column::State, Expr::value(Stood::Returned))
            .col_expr(payout::Column::Refunded, Expr::value(500))
            .col_expr(payout::Column::SettledAt, Expr::value(comes_back))
            .filter(payout::Column::OutNo.eq(&number))
            .exec(app.app.db.read())
            .await
            .expect("a payout");
        next_morning(app).await;
        let days = days(app).await;
        assert_eq!(days.iter().map(|row| row.state).collect::<Vec<_>>(), [DayState::Balanced; 2]);
        assert_eq!(sides(&day(app, date).await), [[1, 500, 0]; 2]);
        assert_eq!(sides(&day(app, days_after(date, 1)).await), [[1, 0, 500]; 2]);
    })
    .await;
}

#[actix_web::test]
async fn midnight_between_our_clock_and_wechats_is_no_difference() {
    books(async |app, bills| {
        let midnight = end_of(today(app));
        let (before, after) = (midnight - TimeDelta::seconds(2), midnight + TimeDelta::seconds(2));
        // Handed over before midnight and booked after it; and the other way round.
        let over = put_one(app, Stands::paid(before, 100)).await;
        let under = put_one(app, Stands::paid(after, 200)).await;
        bills.book([out(&over, 100, after), out(&under, 200, before)]);
        next_morning(app).await;
        next_morning(app).await;
        let days = days(app).await;
        assert_eq!(days.iter().map(|row| row.state).collect::<Vec<_>>(), [DayState::Balanced; 2]);
        assert_eq!(days.iter().map(|row| row.there_out.get()).collect::<Vec<_>>(), [200, 100]);
        assert_eq!(cases(app).await, []);
    })
    .await;
}

#[actix_web::test]
async fn what_the_bill_of_the_next_day_explains_closes_itself() {
    books(async |app, bills| {
        let (now, date) = (app.clock.now(), today(app));
        let (late, never) = (put_one(app, Stands::paid(now, 100)).await, put_one(app, Stands::paid(now, 40)).await);
        let fine = put_one(app, Stands::paid(now, 7)).await;
        bills.book([out(&fine, 7, now), out(&late, 100, now + TimeDelta::hours(24))]);
        next_morning(app).await;
        assert_eq!(cases(app).await.len(), 2);
        assert_eq!(sides(&day(app, date).await), [[1, 7, 0], [3, 147, 0]]);
        next_morning(app).await;
        let found = cases(app).await;
        let of = |number: &str| found.iter().find(|case| case.number == number).expect("a case");
        let (explained, open) = (of(&late), of(&never));
        assert_eq!(
            (explained.state, explained.staff_id, explained.closed_at),
            (State::Explained, None, Some(app.clock.now()))
        );
        let next = days_after(date, 1).to_string();
        assert!(explained.reason.as_deref().is_some_and(|reason| reason.contains(&next)), "{explained:?}");
        assert_eq!((open.state, open.reason.as_deref()), (State::Open, None));
        // Each movement stands in the day of its bill.
        assert_eq!(sides(&day(app, date).await), [[1, 7, 0], [2, 47, 0]]);
        assert_eq!(sides(&day(app, days_after(date, 1)).await), [[1, 100, 0]; 2]);
        assert_eq!(day(app, date).await.state, DayState::Different);
    })
    .await;
}

#[actix_web::test]
async fn looking_again_finds_the_same_and_a_mended_bill_closes_what_it_mends() {
    books(async |app, bills| {
        let (now, date) = (app.clock.now(), today(app));
        let wrong = put_one(app, Stands::paid(now, 100)).await;
        let missing = put_one(app, Stands::paid(now, 40)).await;
        bills.book([out(&wrong, 120, now), out(&wrong, 120, now)]);
        next_morning(app).await;
        let (row, found) = (day(app, date).await, cases(app).await);
        assert_eq!(found.len(), 3, "{found:?}");
        look_again(app, row.id).await;
        let again = day(app, date).await;
        assert_eq!((again.runs, bills.asked(date)), (2, 2));
        assert_eq!((again.state, sides(&again)), (row.state, sides(&row)));
        assert_eq!(cases(app).await, found, "the very same cases");
        assert_eq!(app.rows::<bill_line::Entity>().await.len(), 2, "no line twice");
        // WeChat mends its bill: one difference is gone, one stays, one has become another.
        bills.record().bills.insert(date, vec![out(&wrong, 110, now), out(&missing, 40, now)]);
        look_again(app, row.id).await;
        let mended = cases(app).await;
        let of = |kind: Kind| mended.iter().find(|case| case.kind == kind).expect("a case");
        assert_eq!(mended.len(), 3);
        assert_eq!((of(Kind::Twice).state, of(Kind::MissingThere).state), (State::Explained, State::Explained));
        assert_eq!(
            (of(Kind::Amount).state, named(of(Kind::Amount))),
            (State::Open, (Kind::Amount, [100, 0], [110, 0]))
        );
        assert_eq!(sides(&day(app, date).await), [[2, 150, 0], [2, 140, 0]]);
        // And spoils it again.
        bills.record().bills.insert(date, vec![out(&wrong, 100, now)]);
        look_again(app, row.id).await;
        let spoilt = cases(app).await;
        let states: Vec<_> = spoilt.iter().map(|case| (case.kind, case.state)).collect();
        assert!(states.contains(&(Kind::MissingThere, State::Open)), "{states:?}");
        assert!(states.contains(&(Kind::Amount, State::Explained)), "{states:?}");
    })
    .await;
}
