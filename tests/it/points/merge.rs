//! Points of two members who become one, and two again.

use chrono::TimeDelta;
use entity::{
    points::{account, counter, entry::Kind},
    types::MemberId,
};
use huilian::{
    infra::db::Tx,
    points::{Available, Cap, Decide, Give, Outcome, Period, Refund, refund, release},
};

use super::{because, entries, gift, given, has, lasting, lots, proved, purchase, somebody, try_give, try_spend};
use crate::{
    identity::{merge, owned},
    support::{TestApp, story},
};

async fn two(app: &TestApp) -> (MemberId, MemberId) {
    let (winner, loser) = (somebody(app, 1).await, somebody(app, 2).await);
    given(app, &gift(winner, 100, "w")).await;
    given(app, &lasting(app, loser, 70, "l", 7)).await;
    given(app, &Give { available: Available::Held, ..gift(loser, 30, "l held") }).await;
    try_spend(app, &purchase(loser, 20, "l order")).await.expect("enough");
    app.advance(TimeDelta::minutes(1));
    (winner, loser)
}

#[actix_web::test]
async fn one_account_is_made_of_two_and_two_of_one_as_they_were() {
    story(async |app| {
        let db = owned::with_tables(app, &[]).await;
        let (winner, loser) = two(app).await;
        let before = owned::everything(&db).await;
        let merged = merge::merge_by_staff(app, &db, winner, loser).await.expect("a merge");
        assert_eq!((has(app, winner).await, has(app, loser).await), ((150, 30), (0, 0)));
        assert_eq!(merged.moved["points_lot"], 2);
        let sum =
            merged.decisions.as_array().expect("decisions").iter().find(|decision| decision["field"] == "balance");
        assert_eq!(sum.expect("a decision")["why"], "sum");
        proved(app).await;
        let report = merge::undo(app, &db, merged.id).await.expect("a report");
        assert!(report.stuck.is_empty() && report.stayed.is_empty(), "{report:?}");
        assert_eq!(owned::everything(&db).await, before);
        proved(app).await;
        // The other way round, and into somebody without points.
        let fresh = somebody(app, 3).await;
        let before = owned::everything(&db).await;
        let merged = merge::merge_by_staff(app, &db, fresh, loser).await.expect("a merge");
        assert_eq!(has(app, fresh).await, (50, 30));
        let again = merge::undo(app, &db, merged.id).await.expect("a report");
        assert!(again.stuck.is_empty(), "{again:?}");
        assert_eq!(owned::everything(&db).await, before);
    })
    .await;
}

#[actix_web::test]
async fn what_was_spent_meanwhile_stays_spent_and_is_settled_between_the_two() {
    story(async |app| {
        let db = app.app.db.clone();
        let (winner, loser) = two(app).await;
        let merged = merge::merge_by_staff(app, &db, winner, loser).await.expect("a merge");
        // By the old name: the loser's lot ends first, so it goes first, then 30 of the winner's.
        try_spend(app, &purchase(loser, 80, "together")).await.expect("enough");
        let decide = Decide { given: "l held".to_owned(), key: "follows".to_owned(), because: because() };
        db.tx(async |tx: &Tx| release(tx, &decide).await.map(drop)).await.expect("released");
        given(app, &gift(loser, 11, "since")).await;
        assert_eq!(has(app, winner).await, (111, 0));
        proved(app).await;
        let report = merge::undo(app, &db, merged.id).await.expect("a report");
        let changed = report.stuck.iter().find(|stuck| stuck.table == "points_lot").expect("lots that changed");
        assert_eq!((changed.rows, report.returned["points_lot"], report.stayed["points_lot"]), (2, 2, 1));
        assert_eq!((has(app, winner).await, has(app, loser).await), ((81, 0), (30, 0)));
        assert_eq!((lots(app, winner).await, lots(app, loser).await), (vec![70, 11], vec![30]));
        assert_eq!(entries(app, loser).await.last(), Some(&(Kind::Parted, -20, -30)), "50 spent, 30 released");
        assert_eq!(entries(app, winner).await.last(), Some(&(Kind::Parted, 20, 30)));
        proved(app).await;
        // What was spent together comes back to whose lots it was.
        app.advance(TimeDelta::seconds(1));
        let wish =
            Refund { spent: "together".to_owned(), points: None, key: "cancelled".to_owned(), because: because() };
        let back = async |tx: &Tx| refund(tx, &app.app.config.points, &wish).await;
        let first = db.tx(back).await.expect("a refund");
        assert_eq!((first.returned.get(), first.lapsed.get()), (80, 0));
        assert_eq!(db.tx(back).await.expect("the first answer"), first);
        assert_eq!((has(app, winner).await, has(app, loser).await), ((111, 0), (80, 0)));
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn caps_of_both_count_together_and_part_again() {
    story(async |app| {
        let db = app.app.db.clone();
        let (winner, loser) = (somebody(app, 1).await, somebody(app, 2).await);
        let cap = |rule: &str| Cap { rule: rule.to_owned(), period: Period::Ever, most: 100_u32.into() };
        let share = |member, points, key: &str, rule: &str| Give { caps: vec![cap(rule)], ..gift(member, points, key) };
        given(app, &share(winner, 60, "w", "share")).await;
        given(app, &share(loser, 30, "l", "share")).await;
        given(app, &share(loser, 30, "l2", "invite")).await;
        app.advance(TimeDelta::minutes(1));
        let merged = merge::merge_by_staff(app, &db, winner, loser).await.expect("a merge");
        assert!(matches!(try_give(app, &share(loser, 11, "more", "share")).await, Ok(Outcome::Capped(_))));
        given(app, &share(loser, 10, "some", "share")).await;
        given(app, &share(loser, 10, "some, too", "invite")).await;
        merge::undo(app, &db, merged.id).await.expect("a report");
        let mut counted: Vec<_> = app
            .rows::<counter::Entity>()
            .await
            .into_iter()
            .map(|row| (row.member_id == winner, row.rule, row.given.get()))
            .collect();
        counted.sort();
        let expected = [(false, "invite", 30), (false, "share", 30), (true, "invite", 10), (true, "share", 70)];
        assert_eq!(counted, expected.map(|(winner, rule, given)| (winner, rule.to_owned(), given)));
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn an_account_that_is_stopped_stays_stopped_through_merges() {
    story(async |app| {
        let db = app.app.db.clone();
        let (winner, loser) = two(app).await;
        let stop = async |tx: &Tx| {
            use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
            account::Entity::update_many()
                .col_expr(account::Column::StoppedAt, Expr::value(tx.now()))
                .filter(account::Column::MemberId.eq(loser))
                .exec(tx.db())
                .await?;
            Ok(())
        };
        db.tx(stop).await.expect("a row");
        let merged = merge::merge_by_staff(app, &db, winner, loser).await.expect("a merge");
        assert!(try_spend(app, &purchase(winner, 1, "order")).await.is_err());
        merge::undo(app, &db, merged.id).await.expect("a report");
        let stopped: Vec<bool> = {
            let rows = app.rows::<account::Entity>().await;
            let of = |member| rows.iter().find(|row| row.member_id == member).expect("an account").stopped_at.is_some();
            vec![of(winner), of(loser)]
        };
        assert_eq!(stopped, [false, true]);
        try_spend(app, &purchase(winner, 1, "order")).await.expect("theirs adds up");
    })
    .await;
}
