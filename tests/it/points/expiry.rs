//! Points last to the end of their last day in Asia/Shanghai, and are then booked as over.

use chrono::TimeDelta;
use entity::{
    jobs::event,
    points::{
        account,
        entry::{self, Kind},
        lot,
    },
};
use futures_util::future::join_all;
use huilian::{
    error::Code,
    infra::db::Tx,
    points::{give, settle::SettleAll, standing},
};

use super::{entries, gift, given, has, lasting, proved, purchase, somebody, try_spend};
use crate::support::{TestApp, story};

async fn settle(app: &TestApp) {
    app.app.db.tx(async |tx: &Tx| tx.enqueue(SettleAll {})).await.expect("a job");
    app.run_jobs().await;
}

#[actix_web::test]
async fn a_lot_can_be_spent_to_the_last_millisecond_of_its_last_day() {
    story(async |app| {
        let member = somebody(app, 1).await;
        // 10:00 in Shanghai: the day ends 14 hours later.
        given(app, &lasting(app, member, 100, "today", 0)).await;
        app.advance(TimeDelta::hours(14) - TimeDelta::milliseconds(1));
        try_spend(app, &purchase(member, 40, "at the last moment")).await.expect("it is still today");
        app.advance(TimeDelta::milliseconds(1));
        assert_eq!(has(app, member).await, (0, 0), "before anything is booked");
        let refused = try_spend(app, &purchase(member, 1, "too late")).await.expect_err("over");
        assert_eq!(refused.code(), Code::NotEnoughPoints);
        let booked = app.rows::<account::Entity>().await[0].balance.get();
        assert_eq!(booked, 60, "the refusal has taken back what it had booked");
        settle(app).await;
        settle(app).await;
        assert_eq!(
            entries(app, member).await,
            [(Kind::Given, 100, 0), (Kind::Spent, -40, 0), (Kind::Expired, -60, 0)],
            "once"
        );
        let told = app.rows::<event::Entity>().await.into_iter().filter(|fact| fact.kind == "points.expired");
        assert_eq!(told.map(|fact| fact.payload["delta"].clone()).collect::<Vec<_>>(), [-60]);
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn thousands_of_lots_of_hundreds_of_members_are_booked_in_parts() {
    story(async |app| {
        let mut members = Vec::new();
        for number in 0..230 {
            members.push(somebody(app, number + 1).await);
        }
        let db = &app.app.db;
        for (number, member) in members.iter().enumerate() {
            let gifts = async |tx: &Tx| {
                for day in 0..if number == 0 { 2100 } else { 3 } {
                    give(tx, &lasting(app, *member, 2, &format!("{number}-{day}"), day % 3)).await?;
                }
                give(tx, &gift(*member, 7, &format!("{number}-ever"))).await.map(drop)
            };
            db.tx(gifts).await.expect("gifts");
        }
        app.advance(TimeDelta::days(2));
        settle(app).await;
        let open = |rows: &[lot::Model]| rows.iter().filter(|row| row.state == lot::State::Open).count();
        // The day after the last is not over yet.
        assert_eq!(open(&app.rows::<lot::Entity>().await), 2 * 229 + 700 + 1);
        app.advance(TimeDelta::days(1));
        join_all([db, db].map(|db| db.tx(async |tx: &Tx| tx.enqueue(SettleAll {})))).await;
        app.run_jobs().await;
        assert_eq!(open(&app.rows::<lot::Entity>().await), 230);
        let over = app.rows::<entry::Entity>().await.into_iter().filter(|row| row.kind == Kind::Expired).count();
        assert_eq!(over, 2100 + 229 * 3);
        for member in [members[0], members[229]] {
            assert_eq!(has(app, member).await, (7, 0));
        }
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn what_ends_soon_is_told_beforehand() {
    story(async |app| {
        let member = somebody(app, 1).await;
        given(app, &lasting(app, member, 10, "a week", 7)).await;
        given(app, &lasting(app, member, 20, "a month", 30)).await;
        given(app, &lasting(app, member, 40, "more", 31)).await;
        let standing = standing::of(app.app.db.read(), member, app.clock.now(), 30).await.expect("a standing");
        assert_eq!((standing.ending.get(), standing.balance.get()), (30, 70));
        let days: Vec<_> = standing.lots.iter().map(|lot| lot.last_day.expect("a day").to_string()).collect();
        assert_eq!(days, ["2026-11-28", "2026-12-21", "2026-12-22"]);
    })
    .await;
}
