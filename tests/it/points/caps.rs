//! The most that a rule gives in a period.

use chrono::TimeDelta;
use entity::points::counter;
use futures_util::future::join_all;
use huilian::points::{Cap, Give, Outcome, Period};

use super::{gift, given, has, proved, somebody, try_give};
use crate::support::{TestApp, story};

fn cap(rule: &str, period: Period, most: u32) -> Cap {
    Cap { rule: rule.to_owned(), period, most: most.into() }
}

async fn is_capped(app: &TestApp, wish: &Give) -> Option<Cap> {
    match try_give(app, wish).await.expect("an answer") {
        Outcome::Given(_) => None,
        Outcome::Capped(cap) => Some(cap),
    }
}

#[actix_web::test]
async fn a_cap_holds_to_the_point_and_to_the_day_in_shanghai() {
    story(async |app| {
        let (member, other) = (somebody(app, 1).await, somebody(app, 2).await);
        let caps = vec![cap("share", Period::Day, 30), cap("share", Period::Month, 70), cap("all", Period::Ever, 1000)];
        let share = |points, key: &str| Give { caps: caps.clone(), ..gift(member, points, key) };
        given(app, &share(20, "one")).await;
        assert_eq!(is_capped(app, &share(11, "two")).await, Some(caps[0].clone()));
        given(app, &share(10, "three")).await;
        assert_eq!(is_capped(app, &share(1, "four")).await, Some(caps[0].clone()));
        given(app, &share(20, "one")).await;
        given(app, &Give { caps: caps.clone(), ..gift(other, 30, "somebody else") }).await;
        assert_eq!((has(app, member).await, has(app, other).await), ((30, 0), (30, 0)));
        // 10:00 in Shanghai; the day ends 14 hours later.
        app.advance(TimeDelta::hours(14) - TimeDelta::milliseconds(1));
        assert!(is_capped(app, &share(1, "four")).await.is_some(), "still the same day");
        app.advance(TimeDelta::milliseconds(1));
        given(app, &share(30, "four")).await;
        app.advance(TimeDelta::days(1));
        assert_eq!(is_capped(app, &share(11, "five")).await, Some(caps[1].clone()), "the month is nearly used up");
        given(app, &share(10, "five")).await;
        app.advance(TimeDelta::days(10));
        given(app, &share(30, "december")).await;
        assert_eq!(has(app, member).await, (100, 0));
        let ever =
            app.rows::<counter::Entity>().await.into_iter().find(|row| row.rule == "all" && row.member_id == member);
        assert_eq!(ever.expect("a counter").given.get(), 100, "what was refused is not counted");
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn a_cap_holds_when_many_ask_at_once() {
    story(async |app| {
        let member = somebody(app, 1).await;
        let caps = vec![cap("b", Period::Day, 25), cap("a", Period::Ever, 1000)];
        let wishes: Vec<Give> =
            (0..40).map(|number| Give { caps: caps.clone(), ..gift(member, 2, &format!("share-{number}")) }).collect();
        let outcomes = join_all(wishes.iter().map(|wish| is_capped(app, wish))).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_none()).count(), 12);
        assert_eq!(has(app, member).await, (24, 0));
        let given: Vec<i64> = app.rows::<counter::Entity>().await.iter().map(|row| row.given.get()).collect();
        assert_eq!(given, [24, 24]);
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn a_cap_below_one_gift_never_gives() {
    story(async |app| {
        let member = somebody(app, 1).await;
        let wish = Give { caps: vec![cap("share", Period::Year, 5)], ..gift(member, 6, "one") };
        assert_eq!(is_capped(app, &wish).await, Some(cap("share", Period::Year, 5)));
        assert!(app.rows::<counter::Entity>().await.is_empty());
    })
    .await;
}
