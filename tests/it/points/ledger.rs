//! Giving and spending: exact, once for each key, never below nothing.

use chrono::TimeDelta;
use entity::{
    points::entry::{self, Kind},
    types::Points,
};
use huilian::{
    error::Code,
    infra::db::Tx,
    points::{Give, Outcome, Spend, give, spend},
};

use super::{entries, gift, given, has, in_days, lasting, lots, proved, purchase, somebody, try_give, try_spend};
use crate::support::story;

#[actix_web::test]
async fn what_is_given_can_be_spent_and_what_ends_first_goes_first() {
    story(async |app| {
        let member = somebody(app, 1).await;
        given(app, &gift(member, 100, "for ever")).await;
        given(app, &lasting(app, member, 50, "a month", 30)).await;
        given(app, &lasting(app, member, 30, "a week", 7)).await;
        app.advance(TimeDelta::seconds(1));
        given(app, &lasting(app, member, 20, "a week, too", 7)).await;
        assert_eq!((has(app, member).await, lots(app, member).await), ((200, 0), vec![30, 20, 50, 100]));
        try_spend(app, &purchase(member, 40, "one")).await.expect("enough");
        assert_eq!(lots(app, member).await, [10, 50, 100], "the oldest of those that end together");
        try_spend(app, &purchase(member, 65, "two")).await.expect("enough");
        assert_eq!(lots(app, member).await, [95]);
        try_spend(app, &purchase(member, 95, "three")).await.expect("enough");
        assert_eq!((has(app, member).await, lots(app, member).await), ((0, 0), vec![]));
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn who_asks_again_with_the_same_key_gets_the_first_answer() {
    story(async |app| {
        let (one, other) = (somebody(app, 1).await, somebody(app, 2).await);
        let wish = lasting(app, one, 100, "gift", 1);
        let first = given(app, &wish).await;
        let bought = try_spend(app, &purchase(one, 60, "order")).await.expect("enough");
        app.advance(TimeDelta::days(3));
        assert_eq!(given(app, &wish).await, first, "also when its time is over");
        assert_eq!(try_spend(app, &purchase(one, 60, "order")).await.expect("the first answer"), bought);
        for different in [
            Give { points: Points::from(101), ..wish.clone() },
            Give { member: other, ..wish.clone() },
            Give { rule: Some("share".to_owned()), ..wish.clone() },
            gift(one, 100, "order"),
        ] {
            assert_eq!(try_give(app, &different).await.expect_err("a refusal").code(), Code::Conflict, "{different:?}");
        }
        let different = try_spend(app, &purchase(one, 61, "order")).await.expect_err("a refusal");
        assert_eq!(different.code(), Code::Conflict);
        assert_eq!(entries(app, one).await, [(Kind::Given, 100, 0), (Kind::Spent, -60, 0)]);
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn nobody_spends_what_is_not_there_and_a_refusal_leaves_nothing() {
    story(async |app| {
        let member = somebody(app, 1).await;
        let refused = try_spend(app, &purchase(member, 1, "order")).await.expect_err("nothing there");
        assert_eq!(refused.code(), Code::NotEnoughPoints);
        given(app, &gift(member, 100, "gift")).await;
        // The refusal is heard, and the rest of the unit of work goes on.
        let heard = async |tx: &Tx| {
            let refused = spend(tx, &purchase(member, 101, "order")).await.expect_err("too many");
            assert_eq!((refused.code(), refused.detail_text()), (Code::NotEnoughPoints, Some("there are 100 points")));
            give(tx, &gift(member, 5, "consolation")).await.map(drop)
        };
        app.app.db.tx(heard).await.expect("a unit of work");
        assert_eq!(entries(app, member).await, [(Kind::Given, 100, 0), (Kind::Given, 5, 0)]);
        try_spend(app, &purchase(member, 101, "order")).await.expect("the same key later");
        assert_eq!(has(app, member).await, (4, 0));
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn amounts_keys_and_times_that_make_no_sense_are_refused() {
    story(async |app| {
        let member = somebody(app, 1).await;
        let most = Give { points: Points::MAX, ..gift(member, 0, "most") };
        for wrong in [
            gift(member, 0, "nothing"),
            gift(member, 1, ""),
            gift(member, 1, "points:mine"),
            gift(member, 1, &"x".repeat(201)),
            Give { expires_at: Some(in_days(app, -1)), ..gift(member, 1, "over") },
        ] {
            assert_eq!(try_give(app, &wrong).await.expect_err("a refusal").code(), Code::Invalid, "{wrong:?}");
        }
        let stranger = app.app.random.id(app.clock.now());
        assert_eq!(try_give(app, &gift(stranger, 1, "x")).await.expect_err("nobody").code(), Code::NotFound);
        assert_eq!(try_spend(app, &purchase(member, 0, "x")).await.expect_err("nothing").code(), Code::Invalid);
        let spend = Spend { points: Points::MAX, ..purchase(member, 1, "all of it") };
        assert_eq!(try_spend(app, &spend).await.expect_err("too many").code(), Code::NotEnoughPoints);
        assert!(matches!(try_give(app, &most).await.expect("the most"), Outcome::Given(_)));
        assert_eq!(try_give(app, &gift(member, 1, "one more")).await.expect_err("too many").code(), Code::Invalid);
        assert_eq!(app.rows::<entry::Entity>().await.len(), 1, "a refusal leaves nothing");
        try_spend(app, &spend).await.expect("all of it");
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn many_small_gifts_are_spent_at_once() {
    story(async |app| {
        let member = somebody(app, 1).await;
        let gifts = async |tx: &Tx| {
            for number in 0..700 {
                give(tx, &gift(member, 3, &format!("sign-in-{number}"))).await?;
            }
            Ok(())
        };
        app.app.db.tx(gifts).await.expect("gifts");
        try_spend(app, &purchase(member, 2000, "order")).await.expect("enough");
        assert_eq!((has(app, member).await, lots(app, member).await.len()), ((100, 0), 34));
        proved(app).await;
    })
    .await;
}
