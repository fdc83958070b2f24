//! Points are taken back as far as they are there; what was spent is said, and nobody owes it.

use entity::{points::entry::Kind, types::Points};
use huilian::{
    error::{Code, Result},
    infra::db::Tx,
    points::{Available, Give, TakeBack, TakenBack, take_back},
};

use super::{because, entries, gift, given, has, lasting, lots, proved, purchase, somebody, try_spend};
use crate::support::{TestApp, story};

fn wish(given: &str, points: Option<u32>, others: bool, key: &str) -> TakeBack {
    let (given, key) = (given.to_owned(), key.to_owned());
    TakeBack { given, points: points.map(Points::from), others, key, because: because() }
}

async fn take(app: &TestApp, wish: &TakeBack) -> Result<(i64, i64, TakenBack)> {
    let taken = app.app.db.tx(async |tx: &Tx| take_back(tx, wish).await).await?;
    Ok((taken.taken.get(), taken.missing.get(), taken))
}

#[actix_web::test]
async fn what_is_still_there_is_taken_and_the_rest_is_told() {
    story(async |app| {
        let member = somebody(app, 1).await;
        given(app, &lasting(app, member, 100, "order 1", 7)).await;
        given(app, &gift(member, 50, "order 2")).await;
        try_spend(app, &purchase(member, 70, "gift")).await.expect("enough");
        let first = wish("order 1", None, false, "returned 1");
        let (taken, missing, told) = take(app, &first).await.expect("an answer");
        assert_eq!((taken, missing, lots(app, member).await), (30, 70, vec![50]));
        assert_eq!(take(app, &first).await.expect("the first answer").2, told);
        let with_others = wish("order 1", Some(60), true, "returned 1, others");
        assert_eq!(take(app, &with_others).await.expect("an answer").0, 50);
        assert_eq!((has(app, member).await, take(app, &with_others).await.expect("the same").1), ((0, 0), 10));
        let (taken, missing, _) = take(app, &wish("order 2", None, true, "returned 2")).await.expect("an answer");
        assert_eq!((taken, missing), (0, 50), "nobody owes anything");
        assert_eq!(entries(app, member).await.last(), Some(&(Kind::TakenBack, 0, 0)), "and it is on record");
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn pending_points_are_taken_before_they_come() {
    story(async |app| {
        let member = somebody(app, 1).await;
        given(app, &Give { available: Available::Held, ..gift(member, 80, "invited") }).await;
        assert_eq!(take(app, &wish("invited", Some(30), false, "part")).await.expect("an answer").0, 30);
        assert_eq!(has(app, member).await, (0, 50));
        assert_eq!(take(app, &wish("invited", None, false, "rest")).await.expect("an answer").0, 50);
        assert_eq!(has(app, member).await, (0, 0));
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn no_more_is_taken_back_than_was_given() {
    story(async |app| {
        let member = somebody(app, 1).await;
        given(app, &gift(member, 10, "order")).await;
        given(app, &gift(member, 10, "other")).await;
        for (points, code) in [(Some(11), Code::Invalid), (Some(0), Code::Invalid)] {
            assert_eq!(take(app, &wish("order", points, true, "x")).await.expect_err("a refusal").code(), code);
        }
        assert_eq!(take(app, &wish("nothing", None, true, "x")).await.expect_err("nothing").code(), Code::NotFound);
        take(app, &wish("order", None, false, "x")).await.expect("an answer");
        let other = take(app, &wish("other", None, false, "x")).await.expect_err("another gift");
        assert_eq!(other.code(), Code::Conflict);
        proved(app).await;
    })
    .await;
}
