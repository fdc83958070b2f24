//! What the program tells by itself: of money that waits, lapses or went back, and of points that end.

use chrono::TimeDelta;
use entity::{
    jobs::event,
    reach::message::{Entity, State},
};
use huilian::{
    infra::db::Tx,
    points::{Because, Spend, spend},
    rewards::payout::{By, cancel},
};
use serde_json::json;

use super::{Somebody, somebody};
use crate::{
    identity::people,
    points::{given, lasting},
    rewards::{give, money, only, pass, running},
    support::{TestApp, story},
};

/// Every message by its name, and how it stands.
async fn told(app: &TestApp) -> Vec<(String, State)> {
    app.rows::<Entity>().await.into_iter().map(|row| (row.kind, row.state)).collect()
}

fn heard(known: &Somebody<'_>) -> String {
    known.person.heard("brand").pop().expect("something that was said").1
}

#[actix_web::test]
async fn money_is_told_of_when_it_arrives_before_it_lapses_and_when_it_went_back() {
    money(async |app, wechat| {
        let known = somebody(app, "林小满").await;
        let campaign = running(app, json!({ "name": "春游有礼" })).await;
        give(app, known.member, campaign, "a").await;
        app.run_jobs().await;
        let arrived = ("payout_arrived".to_owned(), State::Delivered);
        assert_eq!(told(app).await, std::slice::from_ref(&arrived));
        let text = heard(&known);
        assert!(text.contains("活动名称：春游有礼") && text.contains("红包金额：¥10.00"), "{text}");
        assert!(text.contains("2026年11月22日 10:02"), "until when: {text}");
        // Four hours before it lapses it is six in the morning: that waits until eight.
        pass(app, TimeDelta::hours(19)).await;
        app.advance(TimeDelta::hours(2));
        app.run_jobs().await;
        assert_eq!(told(app).await.last(), Some(&("payout_expiring".to_owned(), State::Queued)));
        app.advance(TimeDelta::hours(1));
        app.run_jobs().await;
        assert_eq!(told(app).await.last(), Some(&("payout_expiring".to_owned(), State::Delivered)));
        assert!(heard(&known).contains("即将退回：春游有礼"), "{}", heard(&known));
        let number = only(app).await.out_no;
        pass(app, TimeDelta::hours(2) + TimeDelta::minutes(5)).await;
        wechat.lapse(&number);
        pass(app, TimeDelta::minutes(10)).await;
        let kinds: Vec<_> = told(app).await;
        assert_eq!(kinds.last(), Some(&("payout_returned".to_owned(), State::Delivered)));
        assert!(heard(&known).contains("已退回：春游有礼"), "{}", heard(&known));
        assert_eq!(kinds.len(), 3, "each once");
    })
    .await;
}

#[actix_web::test]
async fn nobody_is_told_of_what_is_not_so_any_more() {
    money(async |app, wechat| {
        let (taker, other) = (somebody(app, "林小满").await, somebody(app, "周一鸣").await);
        let campaign = running(app, json!({ "name": "春游有礼" })).await;
        give(app, taker.member, campaign, "a").await;
        app.run_jobs().await;
        wechat.take(&only(app).await.out_no);
        pass(app, TimeDelta::hours(30)).await;
        give(app, other.member, campaign, "b").await;
        app.run_jobs().await;
        let by = By::Staff(people::somebody(app), "发错了");
        let waiting = app.rows::<entity::rewards::payout::Entity>().await.pop().expect("a payout");
        app.app.db.tx(async |tx: &Tx| cancel(tx, waiting.id, by).await).await.expect("cancelled");
        app.run_jobs().await;
        wechat.lapse(&waiting.out_no);
        pass(app, TimeDelta::hours(1)).await;
        let kinds: Vec<_> = told(app).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["payout_arrived", "payout_arrived"], "taken in time, or taken back by staff");
    })
    .await;
}

#[actix_web::test]
async fn points_that_end_soon_are_told_of_once_all_together() {
    story(async |app| {
        let api = app.app.wechat.of(&"brand".parse().expect("a key")).expect("an account");
        api.add_template("46006", &[]).await.expect("a template");
        let known = somebody(app, "林小满").await;
        for (points, key, days) in [(200, "a", 5), (50, "b", 5), (9, "later", 30)] {
            given(app, &lasting(app, known.member, points, key, days)).await;
        }
        let because = Because::new("兑换礼品", "A gift");
        let gift = Spend { member: known.member, points: 30_u32.into(), key: "gift".to_owned(), because };
        app.app.db.tx(async |tx: &Tx| spend(tx, &gift).await.map(drop)).await.expect("enough");
        app.run_jobs().await;
        assert_eq!(told(app).await, []);
        for _ in 0..3 {
            app.advance(TimeDelta::days(1));
            app.run_jobs().await;
        }
        assert_eq!(told(app).await, [("points_expiring".to_owned(), State::Delivered)]);
        let text = heard(&known);
        assert!(text.contains("即将到期积分：220") && text.contains("到期日期：2026年11月26日"), "{text}");
        // More that ends on the same day is nothing new.
        given(app, &lasting(app, known.member, 7, "c", 2)).await;
        app.advance(TimeDelta::days(1));
        app.run_jobs().await;
        let facts = app.rows::<event::Entity>().await.into_iter().filter(|fact| fact.kind == "points.expiring");
        assert_eq!(facts.count(), 1);
        app.advance(TimeDelta::days(24));
        app.run_jobs().await;
        assert_eq!(told(app).await.len(), 2, "the next end is told of in its turn");
        crate::points::proved(app).await;
    })
    .await;
}
