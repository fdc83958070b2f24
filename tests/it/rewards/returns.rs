//! Money that comes back: in time, by order, and only once paid anew.

use chrono::TimeDelta;
use entity::{
    jobs::event,
    rewards::{grant, payout::State},
};
use huilian::{
    error::Code,
    infra::db::Tx,
    rewards::payout::{cancel, replace},
};
use serde_json::json;

use super::{books, budget, by, give, money, only, pass, payouts, person, running, scripted::Fault};
use crate::support::TestApp;

async fn kinds(app: &TestApp) -> Vec<String> {
    let facts = app.rows::<event::Entity>().await;
    facts.into_iter().map(|fact| fact.kind).filter(|kind| kind.starts_with("payout.")).collect()
}

#[actix_web::test]
async fn what_nobody_takes_is_reminded_of_comes_back_and_is_free_again() {
    money(async |app, wechat| {
        let campaign =
            running(app, json!({ "amount": { "kind": "lucky", "shares": 10, "min": 100, "max": 2000 } })).await;
        give(app, person(app, 1).await, campaign, "a").await;
        pass(app, TimeDelta::hours(19)).await;
        assert_eq!(kinds(app).await, ["payout.arrived"]);
        app.advance(TimeDelta::hours(2));
        app.run_jobs().await;
        assert_eq!(kinds(app).await, ["payout.arrived", "payout.expiring"]);
        let row = only(app).await;
        pass(app, TimeDelta::hours(3) + TimeDelta::minutes(5)).await;
        wechat.lapse(&row.out_no);
        pass(app, TimeDelta::minutes(10)).await;
        let row = only(app).await;
        assert_eq!((row.state, row.refunded), (State::Returned, row.amount));
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 0]);
        assert_eq!(kinds(app).await.last().map(String::as_str), Some("payout.returned"));
        let shares = app.rows::<entity::rewards::share::Entity>().await;
        assert!(shares.iter().all(|share| share.grant_id.is_none()), "its share is free again");
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn taking_back_ends_when_wechat_says_so() {
    money(async |app, wechat| {
        let campaign = running(app, json!({})).await;
        give(app, person(app, 1).await, campaign, "a").await;
        app.run_jobs().await;
        let row = only(app).await;
        let back = async || app.app.db.tx(async |tx: &Tx| cancel(tx, row.id, by(app)).await).await;
        back().await.expect("cancelled");
        app.run_jobs().await;
        assert_eq!((only(app).await.state, wechat.count("cancel")), (State::Returning, 1));
        assert_eq!(budget(app, campaign).await, [10_000, 0, 1_000, 0], "not free before it is sure");
        assert_eq!(back().await.err().map(|error| error.code()), Some(Code::Conflict));
        wechat.lapse(&row.out_no);
        pass(app, TimeDelta::hours(1)).await;
        assert_eq!((only(app).await.state, budget(app, campaign).await), (State::Returned, [10_000, 0, 0, 0]));
    })
    .await;
}

#[actix_web::test]
async fn what_was_not_handed_over_is_taken_back_without_a_call() {
    money(async |app, wechat| {
        let campaign = running(app, json!({})).await;
        give(app, person(app, 1).await, campaign, "a").await;
        let row = only(app).await;
        app.app.db.tx(async |tx: &Tx| cancel(tx, row.id, by(app)).await).await.expect("cancelled");
        app.run_jobs().await;
        assert_eq!((only(app).await.state, wechat.count("send")), (State::Rejected, 0));
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 0]);
    })
    .await;
}

#[actix_web::test]
async fn a_new_number_comes_only_after_the_end_of_the_old_one_and_only_once() {
    money(async |app, wechat| {
        let campaign = running(app, json!({})).await;
        wechat.fail_sends([Fault::LostBefore]);
        give(app, person(app, 1).await, campaign, "a").await;
        app.run_jobs().await;
        let first = only(app).await;
        let anew = async |id| app.app.db.tx(async |tx: &Tx| replace(tx, id, by(app)).await).await;
        assert_eq!(anew(first.id).await.err().map(|error| error.code()), Some(Code::Conflict), "unknown is no end");
        pass(app, TimeDelta::minutes(10)).await;
        wechat.lapse(&first.out_no);
        pass(app, TimeDelta::hours(7)).await;
        let second = anew(first.id).await.expect("a replacement");
        assert_ne!(second.out_no, first.out_no);
        assert_eq!(second.replaces_id, Some(first.id));
        assert_eq!(anew(first.id).await.err().map(|error| error.code()), Some(Code::Conflict), "only one");
        app.run_jobs().await;
        wechat.take(&second.out_no);
        pass(app, TimeDelta::hours(1)).await;
        assert_eq!((payouts(app).await.len(), wechat.paid()), (2, 1_000));
        assert_eq!(super::grants(app).await[0].state, grant::State::Given);
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 1_000]);
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn only_what_came_back_is_free_again() {
    money(async |app, wechat| {
        let campaign = running(app, json!({})).await;
        give(app, person(app, 1).await, campaign, "a").await;
        app.run_jobs().await;
        let row = only(app).await;
        wechat.lapse(&row.out_no);
        wechat.record().bills.get_mut(&row.out_no).expect("a bill").refunded = Some(400.into());
        pass(app, TimeDelta::hours(1)).await;
        assert_eq!((only(app).await.state, budget(app, campaign).await), (State::Returned, [10_000, 0, 0, 600]));
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn a_lucky_one_is_paid_anew_with_its_own_share_or_not_at_all() {
    money(async |app, wechat| {
        let amount = json!({ "kind": "lucky", "shares": 2, "min": 4_000, "max": 6_000 });
        let campaign = running(app, json!({ "amount": amount })).await;
        let anew = async |id| app.app.db.tx(async |tx: &Tx| replace(tx, id, by(app)).await).await;
        let back = async |at: usize| {
            let row = payouts(app).await.remove(at);
            wechat.lapse(&row.out_no);
            pass(app, TimeDelta::hours(7)).await;
            row.id
        };
        give(app, person(app, 1).await, campaign, "a").await;
        give(app, person(app, 2).await, campaign, "b").await;
        app.run_jobs().await;
        let first = back(0).await;
        let second = anew(first).await.expect("its share is free");
        // Nobody gets the share besides, and the budget has all of it.
        assert_eq!(give(app, person(app, 3).await, campaign, "c").await.why.as_str(), "budget_used_up");
        books(app, campaign).await;
        app.run_jobs().await;
        assert_eq!(back(2).await, second.id);
        let other = give(app, person(app, 4).await, campaign, "d").await;
        assert_eq!(other.amount, second.amount.get(), "somebody else has it now");
        let late = anew(second.id).await;
        assert_eq!(late.err().map(|error| error.code()), Some(Code::Conflict));
        app.run_jobs().await;
        assert_eq!(budget(app, campaign).await, [10_000, 0, 10_000, 0]);
        books(app, campaign).await;
    })
    .await;
}
