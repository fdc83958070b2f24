//! Spent points come back into the lots that they came from.

use chrono::TimeDelta;
use entity::{
    points::{entry::Kind, lot},
    types::Points,
};
use huilian::{
    error::{Code, Result},
    infra::db::Tx,
    points::{Refund, Refunded, refund},
};

use super::{because, entries, gift, given, has, lasting, lots, proved, purchase, somebody, try_spend};
use crate::support::{TestApp, story, story_with};

async fn back(app: &TestApp, points: Option<u32>, key: &str) -> Result<Refunded> {
    let wish =
        Refund { spent: "order".to_owned(), points: points.map(Points::from), key: key.to_owned(), because: because() };
    app.app.db.tx(async |tx: &Tx| refund(tx, &app.app.config.points, &wish).await).await
}

#[actix_web::test]
async fn the_same_lots_are_restored_the_last_first_and_no_more_than_was_spent() {
    story(async |app| {
        let member = somebody(app, 1).await;
        given(app, &lasting(app, member, 30, "week", 7)).await;
        given(app, &lasting(app, member, 30, "month", 30)).await;
        given(app, &gift(member, 30, "ever")).await;
        try_spend(app, &purchase(member, 75, "order")).await.expect("enough");
        assert_eq!(lots(app, member).await, [15]);
        let first = back(app, Some(20), "part").await.expect("a part");
        assert_eq!((first.returned.get(), first.lapsed.get()), (20, 0));
        assert_eq!(lots(app, member).await, [5, 30], "as if 55 had been spent");
        assert_eq!(back(app, Some(20), "part").await.expect("the first answer"), first);
        assert_eq!(back(app, Some(21), "part").await.expect_err("other content").code(), Code::Conflict);
        assert_eq!(back(app, Some(56), "too many").await.expect_err("too many").code(), Code::Conflict);
        let rest = back(app, None, "rest").await.expect("the rest");
        assert_eq!((rest.returned.get(), lots(app, member).await), (55, vec![30, 30, 30]));
        assert_eq!(back(app, None, "again").await.expect_err("all came back").code(), Code::Conflict);
        assert_eq!(back(app, None, "rest").await.expect("the first answer"), rest);
        assert_eq!(has(app, member).await, (90, 0));
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn what_was_never_spent_does_not_come_back() {
    story(async |app| {
        let member = somebody(app, 1).await;
        given(app, &gift(member, 30, "order")).await;
        assert_eq!(back(app, None, "x").await.expect_err("a gift").code(), Code::NotFound);
        let wish = Refund { spent: "nothing".to_owned(), points: None, key: "x".to_owned(), because: because() };
        let refused = app.app.db.tx(async |tx: &Tx| refund(tx, &app.app.config.points, &wish).await).await;
        assert_eq!(refused.expect_err("nothing").code(), Code::NotFound);
    })
    .await;
}

#[actix_web::test]
async fn a_lot_that_is_over_meanwhile_opens_again_for_the_days_of_grace() {
    story(async |app| {
        let member = somebody(app, 1).await;
        given(app, &lasting(app, member, 40, "week", 7)).await;
        try_spend(app, &purchase(member, 30, "order")).await.expect("enough");
        app.advance(TimeDelta::days(10));
        assert_eq!(has(app, member).await, (0, 0), "the rest is over");
        let came = back(app, None, "cancelled").await.expect("a refund");
        assert_eq!((came.returned.get(), came.lapsed.get()), (30, 0));
        assert_eq!(has(app, member).await, (30, 0));
        proved(app).await;
        // Seven days more, to the end of that day in Shanghai.
        app.advance(TimeDelta::days(7) + TimeDelta::hours(14) - TimeDelta::milliseconds(1));
        assert_eq!(has(app, member).await, (30, 0));
        app.advance(TimeDelta::milliseconds(1));
        assert!(try_spend(app, &purchase(member, 1, "late")).await.is_err());
        let kinds = [(Kind::Given, 40, 0), (Kind::Spent, -30, 0), (Kind::Expired, -10, 0), (Kind::Refunded, 30, 0)];
        assert_eq!(entries(app, member).await[..4], kinds);
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn without_grace_what_is_over_stays_over_and_is_said() {
    story_with(
        |settings| settings.config.points.refund_grace_days = 0,
        async |app| {
            let member = somebody(app, 1).await;
            given(app, &lasting(app, member, 40, "week", 7)).await;
            given(app, &gift(member, 40, "ever")).await;
            try_spend(app, &purchase(member, 50, "order")).await.expect("enough");
            app.advance(TimeDelta::days(10));
            let part = back(app, Some(20), "part").await.expect("a refund");
            assert_eq!((part.returned.get(), part.lapsed.get()), (10, 10));
            assert_eq!(back(app, Some(20), "part").await.expect("the first answer"), part);
            let rest = back(app, None, "rest").await.expect("a refund");
            assert_eq!((rest.returned.get(), rest.lapsed.get()), (0, 30));
            assert_eq!(back(app, None, "rest").await.expect("the first answer"), rest);
            assert_eq!(has(app, member).await, (40, 0));
            let states: Vec<_> = app.rows::<lot::Entity>().await.iter().map(|row| row.state).collect();
            assert_eq!(states, [lot::State::Used, lot::State::Open]);
            proved(app).await;
        },
    )
    .await;
}
