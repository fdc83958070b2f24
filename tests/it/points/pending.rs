//! Points that are pending: until a time, or until somebody says so.

use chrono::TimeDelta;
use entity::points::entry::Kind;
use huilian::{
    error::{Code, Result},
    infra::db::Tx,
    points::{Available, Because, Decide, Decided, Give, cancel, release, settle::SettleAll},
};

use super::{entries, gift, given, has, in_days, proved, purchase, somebody, try_give, try_spend};
use crate::support::{TestApp, story};

fn decide(given: &str, key: &str) -> Decide {
    Decide {
        given: given.to_owned(), key: key.to_owned(), because: Because::new("好友已关注", "The friend follows")
    }
}

async fn let_go(app: &TestApp, given: &str, key: &str) -> Result<Decided> {
    app.app.db.tx(async |tx: &Tx| release(tx, &decide(given, key)).await).await
}

async fn take_away(app: &TestApp, given: &str, key: &str) -> Result<Decided> {
    app.app.db.tx(async |tx: &Tx| cancel(tx, &decide(given, key)).await).await
}

#[actix_web::test]
async fn held_points_are_released_or_cancelled_once() {
    story(async |app| {
        let member = somebody(app, 1).await;
        for key in ["friend one", "friend two"] {
            given(app, &Give { available: Available::Held, ..gift(member, 50, key) }).await;
        }
        assert_eq!(has(app, member).await, (0, 100));
        let early = try_spend(app, &purchase(member, 1, "early")).await.expect_err("pending");
        assert_eq!(early.code(), Code::NotEnoughPoints);
        let released = let_go(app, "friend one", "follows one").await.expect("released");
        assert_eq!((released.points.get(), has(app, member).await), (50, (50, 50)));
        assert_eq!(let_go(app, "friend one", "follows one").await.expect("the first answer"), released);
        let cancelled = take_away(app, "friend two", "left two").await.expect("cancelled");
        assert_eq!(take_away(app, "friend two", "left two").await.expect("the first answer"), cancelled);
        assert_eq!(has(app, member).await, (50, 0));
        for (outcome, code) in [
            (let_go(app, "friend one", "again").await, Code::Conflict),
            (take_away(app, "friend one", "late").await, Code::Conflict),
            (let_go(app, "friend two", "late, too").await, Code::Conflict),
            (let_go(app, "friend two", "follows one").await, Code::Conflict),
            (let_go(app, "nothing", "nothing").await, Code::NotFound),
            (let_go(app, "friend one", "points:x").await, Code::Invalid),
        ] {
            assert_eq!(outcome.expect_err("a refusal").code(), code);
        }
        try_spend(app, &purchase(member, 50, "order")).await.expect("released");
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn points_for_later_can_be_spent_from_their_moment_on_whether_the_job_ran_or_not() {
    story(async |app| {
        let member = somebody(app, 1).await;
        let at = in_days(app, 7);
        let later =
            Give { available: Available::At(at), expires_at: Some(in_days(app, 20)), ..gift(member, 80, "later") };
        given(app, &later).await;
        app.advance(at - app.clock.now() - TimeDelta::milliseconds(1));
        assert_eq!(has(app, member).await, (0, 80));
        assert!(try_spend(app, &purchase(member, 1, "early")).await.is_err());
        app.advance(TimeDelta::milliseconds(1));
        assert_eq!(has(app, member).await, (80, 0), "it is as it is shown, before anything is booked");
        try_spend(app, &purchase(member, 30, "order")).await.expect("its time has come");
        assert_eq!(
            entries(app, member).await,
            [(Kind::Given, 0, 80), (Kind::Spent, -30, 0), (Kind::Available, 80, -80)]
        );
        let now = Give { available: Available::At(at), ..gift(member, 5, "a time that is over") };
        given(app, &now).await;
        assert_eq!(has(app, member).await, (55, 0));
        let over = Give {
            available: Available::At(in_days(app, 30)),
            expires_at: Some(in_days(app, 29)),
            ..gift(member, 1, "x")
        };
        assert_eq!(try_give(app, &over).await.expect_err("ends before it begins").code(), Code::Invalid);
        let others = somebody(app, 2).await;
        given(app, &Give { available: Available::At(in_days(app, 1)), ..gift(others, 9, "by the job") }).await;
        app.advance(TimeDelta::days(1));
        app.app.db.tx(async |tx: &Tx| tx.enqueue(SettleAll {})).await.expect("a job");
        app.run_jobs().await;
        assert_eq!(entries(app, others).await, [(Kind::Given, 0, 9), (Kind::Available, 9, -9)]);
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn held_points_whose_last_day_passes_are_over_too() {
    story(async |app| {
        let member = somebody(app, 1).await;
        let held = Give { available: Available::Held, expires_at: Some(in_days(app, 2)), ..gift(member, 50, "friend") };
        given(app, &held).await;
        app.advance(TimeDelta::days(3));
        assert_eq!(has(app, member).await, (0, 0));
        assert_eq!(let_go(app, "friend", "late").await.expect_err("over").code(), Code::Conflict);
        app.app.db.tx(async |tx: &Tx| tx.enqueue(SettleAll {})).await.expect("a job");
        app.run_jobs().await;
        assert_eq!(entries(app, member).await, [(Kind::Given, 0, 50), (Kind::Expired, 0, -50)]);
        proved(app).await;
    })
    .await;
}
