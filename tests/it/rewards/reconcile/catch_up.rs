//! Bills that are not there, are broken, or were missed.

use chrono::TimeDelta;
use entity::rewards::{bill_line, reconciliation::State as DayState, reconciliation_case::Kind, stop};
use huilian::{
    infra::calendar::{days_after, end_of, start_of},
    rewards::reconcile::bills::Fetched,
};

use super::{Stands, books, cases, day, days, named, next_morning, out, put_one, sides, today};

#[actix_web::test]
async fn nothing_is_asked_for_before_the_day_is_over_or_anything_was_paid() {
    books(async |app, bills| {
        next_morning(app).await;
        assert!(days(app).await.is_empty() && bills.record().asked.is_empty());
        let now = app.clock.now();
        let number = put_one(app, Stands::paid(now, 100)).await;
        bills.book([out(&number, 100, now)]);
        app.advance(TimeDelta::hours(13));
        app.run_jobs().await;
        assert!(days(app).await.is_empty());
        next_morning(app).await;
        assert_eq!(days(app).await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn a_bill_that_is_not_there_yet_is_asked_for_again_later_and_later() {
    books(async |app, bills| {
        let (now, date) = (app.clock.now(), today(app));
        let number = put_one(app, Stands::paid(now, 100)).await;
        bills.book([out(&number, 100, now)]);
        bills.trouble([Fetched::Later("not_ready"), Fetched::Later("hash"), Fetched::Later("cut_off")]);
        next_morning(app).await;
        for (tries, code, wait) in [(1, "not_ready", 10), (2, "hash", 20), (3, "cut_off", 40)] {
            let row = day(app, date).await;
            assert_eq!((row.state, row.code.as_deref(), row.attempts), (DayState::Waiting, Some(code), tries));
            assert_eq!(row.next_at, Some(app.clock.now() + TimeDelta::minutes(wait)));
            assert!(app.rows::<bill_line::Entity>().await.is_empty(), "half a bill is none");
            app.run_jobs().await;
            assert_eq!(bills.asked(date), usize::try_from(tries).expect("a number"), "not before its time");
            app.advance(TimeDelta::minutes(wait));
            app.run_jobs().await;
        }
        let row = day(app, date).await;
        assert_eq!((row.state, row.code.as_deref(), row.attempts), (DayState::Balanced, None, 4));
        assert_eq!(cases(app).await, []);
        assert!(app.rows::<stop::Entity>().await.is_empty(), "waiting stops nobody");
    })
    .await;
}

#[actix_web::test]
async fn no_bill_means_an_empty_day_only_if_nothing_was_on_its_way() {
    books(async |app, bills| {
        let first = today(app);
        let now = app.clock.now();
        let number = put_one(app, Stands::paid(now, 100)).await;
        bills.book([out(&number, 100, now)]);
        next_morning(app).await;
        // A day on which nothing happens.
        next_morning(app).await;
        let empty = day(app, days_after(first, 1)).await;
        assert_eq!((empty.state, empty.attempts, sides(&empty)), (DayState::Balanced, 1, [[0; 3]; 2]));
        // A day on which something was paid, and WeChat says that there is no bill.
        let wrong = today(app);
        let number = put_one(app, Stands::paid(app.clock.now(), 70)).await;
        next_morning(app).await;
        let row = day(app, wrong).await;
        assert_eq!((row.state, row.code.as_deref()), (DayState::Waiting, Some("no_statement")));
        while app.clock.now() < end_of(wrong) + TimeDelta::hours(58) {
            assert_eq!(cases(app).await, []);
            app.advance(TimeDelta::hours(6));
            app.run_jobs().await;
        }
        let found = cases(app).await;
        assert_eq!(named(&found[0]), (Kind::MissingThere, [70, 0], [0, 0]));
        assert_eq!((found.len(), found[0].day, found[0].number.as_str()), (1, wrong, number.as_str()));
        assert_eq!(day(app, wrong).await.state, DayState::Different);
    })
    .await;
}

#[actix_web::test]
async fn after_three_days_of_silence_every_day_is_taken_in_its_order() {
    books(async |app, bills| {
        let first = today(app);
        for at in 0..4 {
            let noon = start_of(days_after(first, at)) + TimeDelta::hours(12);
            let number = put_one(app, Stands::returned(noon, 100 + at, noon + TimeDelta::hours(24))).await;
            bills.book([out(&number, 100 + at, noon), super::back(&number, 100 + at, noon + TimeDelta::hours(24))]);
        }
        // Nobody works meanwhile.
        app.advance(TimeDelta::days(3));
        next_morning(app).await;
        let days = days(app).await;
        let dates: Vec<_> = (0..4).map(|at| days_after(first, at)).collect();
        assert_eq!(days.iter().map(|row| row.day).collect::<Vec<_>>(), dates);
        assert!(days.iter().all(|row| row.state == DayState::Balanced), "{days:?}");
        assert_eq!(bills.record().asked, dates);
        assert_eq!(days.iter().map(|row| row.there_out.get()).collect::<Vec<_>>(), [100, 101, 102, 103]);
        assert_eq!(days.iter().map(|row| row.there_in.get()).collect::<Vec<_>>(), [0, 100, 101, 102]);
        next_morning(app).await;
        assert_eq!(day(app, days_after(first, 4)).await.there_in.get(), 103);
        assert_eq!(cases(app).await, []);
    })
    .await;
}

#[actix_web::test]
async fn a_bill_that_is_never_to_be_had_holds_up_nobody_and_proves_nothing() {
    books(async |app, bills| {
        let first = today(app);
        let now = app.clock.now();
        let later = now + TimeDelta::hours(24);
        // One that ends on the day without a bill, one that began there, one that has nothing to do with it.
        let lost = put_one(app, Stands::paid(now, 100)).await;
        let begun = put_one(app, Stands { sent_at: now, ..Stands::paid(later, 200) }).await;
        let fine = put_one(app, Stands::paid(later, 300)).await;
        bills.book([out(&lost, 100, now), out(&begun, 200, now), out(&fine, 300, later)]);
        bills.trouble([Fetched::Never("refused")]);
        next_morning(app).await;
        assert_eq!(day(app, first).await.state, DayState::Unavailable);
        next_morning(app).await;
        let row = day(app, days_after(first, 1)).await;
        assert_eq!((row.state, sides(&row)[0]), (DayState::Balanced, [1, 300, 0]));
        assert_eq!(cases(app).await, [], "what may stand in the missing bill is not missing");
        // The bill comes after all, without one of them: the day after is looked at with it.
        bills.record().bills.get_mut(&first).expect("a bill").pop();
        let staff = app.staff(entity::admin::staff::Role::Headquarters).await;
        let id = day(app, first).await.id;
        let path = format!("/api/admin/v1/reconciliations/{id}/run");
        let again = staff.post_once(&path, "again-key", &serde_json::json!({})).await;
        assert_eq!(again.status, reqwest::StatusCode::ACCEPTED);
        app.run_jobs().await;
        assert_eq!(day(app, first).await.state, DayState::Balanced);
        let found = cases(app).await;
        assert_eq!(
            found.iter().map(|case| (case.day, named(case))).collect::<Vec<_>>(),
            [(days_after(first, 1), (Kind::MissingThere, [200, 0], [0, 0]))]
        );
        assert_eq!(day(app, days_after(first, 1)).await.state, DayState::Different);
    })
    .await;
}

#[actix_web::test]
async fn nobody_waits_for_a_bill_forever() {
    books(async |app, bills| {
        let (now, date) = (app.clock.now(), today(app));
        put_one(app, Stands::paid(now, 100)).await;
        bills.trouble(std::iter::repeat_n(Fetched::Later("unreachable"), 30));
        next_morning(app).await;
        for _ in 0..20 {
            app.advance(TimeDelta::hours(6));
            app.run_jobs().await;
        }
        let row = day(app, date).await;
        assert_eq!((row.state, row.code.as_deref(), row.attempts), (DayState::Unavailable, Some("unreachable"), 16));
        assert_eq!(cases(app).await, []);
    })
    .await;
}
