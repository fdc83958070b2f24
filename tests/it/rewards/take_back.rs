//! What a rule takes back: as much as is still there, once, and what somebody has stays theirs.

use chrono::TimeDelta;
use entity::{
    points::account,
    rewards::{
        grant::{self, State},
        payout::{self, State as PayoutState},
        payout_event::{self, Cause},
    },
    types::{GrantId, MemberId},
};
use futures_util::future::join_all;
use huilian::{
    error::Code,
    infra::db::Tx,
    points::{Because as Words, Spend, spend},
    rewards::{Because, TakenBack, claim, payout::replace, take_back},
};
use serde_json::{Value, json};

use super::{books, budget, by, give, grants, money, only, pass, person, running, scripted::Fault};
use crate::support::TestApp;

fn because() -> Because {
    Because { rule: "referral".to_owned(), what: "the invitee has left".to_owned() }
}

async fn back(app: &TestApp, grant: GrantId) -> TakenBack {
    app.app.db.tx(async |tx: &Tx| take_back(tx, grant, &because()).await).await.expect("an answer")
}

fn taken(back: i64, gone: i64, open: i64) -> TakenBack {
    TakenBack { back, gone, open }
}

fn of_points() -> Value {
    json!({ "gives": { "kind": "points" }, "amount": { "kind": "fixed", "amount": 100 } })
}

async fn spent(app: &TestApp, member: MemberId, points: u32) {
    let because = Words::new("兑换", "Redeemed");
    let wish = Spend { member, points: points.into(), key: "spent".to_owned(), because };
    app.app.db.tx(async |tx: &Tx| spend(tx, &wish).await).await.expect("enough points");
}

async fn balance(app: &TestApp, member: MemberId) -> i64 {
    let rows = app.rows::<account::Entity>().await;
    rows.into_iter().find(|row| row.member_id == member).expect("an account").balance.get()
}

#[actix_web::test]
async fn points_that_are_there_come_back_to_the_budget_and_the_rest_is_gone() {
    money(async |app, _| {
        let campaign = running(app, of_points()).await;
        let (one, other) = (person(app, 1).await, person(app, 2).await);
        let whole = give(app, one, campaign, "a").await;
        let part = give(app, other, campaign, "b").await;
        spent(app, other, 30).await;
        for _ in 0..2 {
            assert_eq!(back(app, whole.id).await, taken(100, 0, 0));
            assert_eq!(back(app, part.id).await, taken(70, 30, 0));
        }
        assert_eq!((balance(app, one).await, balance(app, other).await), (0, 0));
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 30]);
        let states: Vec<_> = grants(app).await.iter().map(|row| (row.state, row.came_back)).collect();
        assert_eq!(states, [(State::Returned, 100), (State::Given, 70)]);
        books(app, campaign).await;
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn a_share_that_comes_back_whole_is_given_to_somebody_else() {
    money(async |app, _| {
        let amount = json!({ "kind": "lucky", "shares": 2, "min": 4_000, "max": 6_000 });
        let campaign = running(app, json!({ "gives": { "kind": "points" }, "amount": amount })).await;
        let first = give(app, person(app, 1).await, campaign, "a").await;
        give(app, person(app, 2).await, campaign, "b").await;
        assert_eq!(back(app, first.id).await, taken(first.amount, 0, 0));
        let third = give(app, person(app, 3).await, campaign, "c").await;
        assert_eq!((third.state, third.amount), (State::Given, first.amount));
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 10_000]);
        books(app, campaign).await;
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn what_is_promised_or_not_handed_over_yet_is_not_given_any_more() {
    money(async |app, wechat| {
        let campaign = running(app, json!({ "claim": { "hours": 48 } })).await;
        let promised = give(app, person(app, 1).await, campaign, "a").await;
        let member = person(app, 2).await;
        let claimed = give(app, member, campaign, "b").await;
        app.app.db.tx(async |tx: &Tx| claim(tx, member, claimed.id).await).await.expect("claimed");
        assert_eq!(budget(app, campaign).await, [10_000, 2_000, 0, 0]);
        for _ in 0..2 {
            assert_eq!(back(app, promised.id).await, taken(1_000, 0, 0));
            assert_eq!(back(app, claimed.id).await, taken(1_000, 0, 0));
        }
        app.run_jobs().await;
        assert_eq!(wechat.count("send"), 0);
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 0]);
        let states: Vec<_> = grants(app).await.iter().map(|row| row.state).collect();
        assert_eq!(states, [State::Lapsed, State::Returned]);
        let row = only(app).await;
        assert_eq!(row.state, PayoutState::Rejected);
        let steps = app.rows::<payout_event::Entity>().await;
        let last = steps.last().expect("a step");
        assert_eq!((last.cause, last.reason.as_deref()), (Cause::Rule, Some("referral: the invitee has left")));
        let late = app.app.db.tx(async |tx: &Tx| claim(tx, member, claimed.id).await).await;
        assert_eq!(late.err().map(|error| error.code()), Some(Code::Conflict));
        let anew = app.app.db.tx(async |tx: &Tx| replace(tx, row.id, by(app)).await).await;
        assert_eq!(anew.err().map(|error| error.code()), Some(Code::Conflict), "nobody pays it by another way");
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn what_waits_is_asked_back_and_what_is_paid_stays() {
    money(async |app, wechat| {
        let campaign = running(app, json!({})).await;
        let waiting = give(app, person(app, 1).await, campaign, "a").await;
        app.run_jobs().await;
        let row = only(app).await;
        assert_eq!(back(app, waiting.id).await, taken(0, 0, 1_000));
        assert_eq!(back(app, waiting.id).await, taken(0, 0, 1_000));
        app.run_jobs().await;
        assert_eq!(wechat.count("cancel"), 1, "asked once");
        assert_eq!(budget(app, campaign).await, [10_000, 0, 1_000, 0], "not free before it is sure");
        wechat.lapse(&row.out_no);
        pass(app, TimeDelta::hours(1)).await;
        assert_eq!(back(app, waiting.id).await, taken(1_000, 0, 0));
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 0]);

        let paid = give(app, person(app, 2).await, campaign, "b").await;
        app.run_jobs().await;
        let rows = app.rows::<payout::Entity>().await;
        wechat.take(&rows.last().expect("a payout").out_no);
        // The person has taken it, and we have not heard of it.
        assert_eq!(back(app, paid.id).await, taken(0, 0, 1_000));
        pass(app, TimeDelta::hours(1)).await;
        for _ in 0..2 {
            assert_eq!(back(app, paid.id).await, taken(0, 1_000, 0));
        }
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 1_000]);
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn what_was_lost_on_its_way_is_not_handed_over_again() {
    for provider in ["transfer", "red_packet"] {
        money(async |app, wechat| {
            let packet = json!({ "gives": {
                "kind": "red_packet", "merchant": "main", "account": "brand", "send_name": "惠联", "wishing": "谢谢",
                "act_name": "邀请", "remark": "邀请",
            } });
            let campaign = running(app, if provider == "transfer" { json!({}) } else { packet }).await;
            wechat.fail_sends([Fault::LostBefore]);
            let lost = give(app, person(app, 1).await, campaign, "a").await;
            app.run_jobs().await;
            assert_eq!(only(app).await.state, PayoutState::Unknown);
            assert_eq!(back(app, lost.id).await, taken(0, 0, 1_000));
            pass(app, TimeDelta::hours(60)).await;
            let row = only(app).await;
            assert_eq!((wechat.count("send"), row.review.as_deref()), (1, Some("never_landed")), "{provider}");
            assert_eq!(budget(app, campaign).await, [10_000, 1_000, 0, 0], "staff have to look first");
        })
        .await;
    }
}

#[actix_web::test]
async fn what_was_refused_or_is_unknown_gives_nothing_back() {
    money(async |app, _| {
        let campaign = running(app, json!({ "caps": { "per_person": 1 } })).await;
        let member = person(app, 1).await;
        give(app, member, campaign, "a").await;
        let refused = give(app, member, campaign, "b").await;
        assert_eq!(back(app, refused.id).await, taken(0, 0, 0));
        let nobody: GrantId = app.app.random.id(app.clock.now());
        let asked = app.app.db.tx(async |tx: &Tx| take_back(tx, nobody, &because()).await).await;
        assert_eq!(asked.err().map(|error| error.code()), Some(Code::NotFound));
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn many_who_take_back_at_once_take_it_once() {
    money(async |app, _| {
        let campaign = running(app, of_points()).await;
        let given = give(app, person(app, 1).await, campaign, "a").await;
        let reason = because();
        let all = (0..12).map(|_| app.app.db.tx(async |tx: &Tx| take_back(tx, given.id, &reason).await));
        // Whoever comes in the middle of another one may be told to try again.
        let answers = join_all(all).await;
        assert!(answers.iter().flatten().all(|answer| *answer == taken(100, 0, 0)), "{answers:?}");
        assert!(answers.iter().any(Result::is_ok));
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 0]);
        assert_eq!(app.rows::<grant::Entity>().await[0].came_back, 100);
        books(app, campaign).await;
        app.run_jobs().await;
    })
    .await;
}
