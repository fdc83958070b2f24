//! Who gets something and who does not: decided once for each cause, with its reasons.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    rewards::{campaign::State as CampaignState, grant::State},
};
use huilian::{
    error::Code,
    infra::db::Tx,
    rewards::{self, Grant, block::block, decision::Why},
};
use serde_json::{Value, json};

use super::{ask, books, budget, campaign_row, give, grants, money, person, running, wish};
use crate::{
    identity::people::{Shows::Card, import, somebody},
    support::TestApp,
};

#[actix_web::test]
async fn asking_again_with_the_same_cause_gives_the_first_answer() {
    money(async |app, _| {
        let campaign = running(app, json!({})).await;
        let (one, other) = (person(app, 1).await, person(app, 2).await);
        let first = give(app, one, campaign, "order-7").await;
        assert_eq!((first.why, first.state, first.amount), (Why::Given, State::Paying, 1_000));
        assert_eq!(give(app, one, campaign, "order-7").await, first);
        assert_eq!(budget(app, campaign).await, [10_000, 1_000, 0, 0]);
        let stranger = wish(other, campaign, "order-7");
        let refused = app.app.db.tx(async |tx: &Tx| rewards::grant(tx, &stranger).await).await;
        assert_eq!(refused.err().map(|error| error.code()), Some(Code::Conflict));
        let later = give(app, other, campaign, "order-8").await;
        assert_eq!(later.state, State::Paying);
        app.run_jobs().await;
    })
    .await;
}

async fn why(app: &TestApp, terms: Value, number: u32) -> Why {
    let campaign = running(app, terms).await;
    give(app, person(app, number).await, campaign, &campaign.to_string()).await.why
}

#[actix_web::test]
async fn every_rule_refuses_with_its_own_code_and_takes_nothing() {
    money(async |app, wechat| {
        let now = app.clock.now();
        let (soon, past) = (now + TimeDelta::hours(1), now - TimeDelta::hours(2));
        assert_eq!(why(app, json!({ "starts_at": soon }), 1).await, Why::NotStarted);
        assert_eq!(why(app, json!({ "starts_at": past, "ends_at": now }), 1).await, Why::Over);
        assert_eq!(why(app, json!({ "eligibility": { "member_for_days": 1 } }), 1).await, Why::TooNew);
        assert_eq!(why(app, json!({ "eligibility": { "phone": true } }), 1).await, Why::NoPhone);
        assert_eq!(why(app, json!({ "eligibility": { "follows": "brand" } }), 1).await, Why::NotFollowing);
        let campaign = running(app, json!({ "amount": { "kind": "asked", "max": 500 } })).await;
        let member = person(app, 1).await;
        for amount in [None, Some(0), Some(-1), Some(501), Some(i64::MAX), Some(i64::MIN)] {
            let wish = Grant { amount, ..wish(member, campaign, &format!("{amount:?}")) };
            assert_eq!(ask(app, &wish).await.why, Why::Amount, "{amount:?}");
        }
        let wish = Grant { amount: Some(500), ..wish(member, campaign, "right") };
        assert_eq!(ask(app, &wish).await.amount, 500);
        // Somebody whom no account knows.
        let nobody = import(app, &[Card(1)]).await.member;
        let open = running(app, json!({})).await;
        assert_eq!(give(app, nobody, open, "nobody").await.why, Why::NoPayee);
        let staff = somebody(app);
        app.app.db.tx(async |tx: &Tx| block(tx, member, "可疑", Some(staff)).await).await.expect("a block");
        assert_eq!(give(app, member, open, "blocked").await.why, Why::Blocked);
        assert_eq!(budget(app, open).await, [10_000, 0, 0, 0]);
        app.run_jobs().await;
        assert_eq!(wechat.count("send"), 1);
    })
    .await;
}

#[actix_web::test]
async fn who_meets_what_is_asked_for_gets_it() {
    money(async |app, _| {
        let eligibility = json!({ "member_for_days": 1, "phone": true, "follows": "brand" });
        let follower = app.follower("林小满").await;
        let consumer = follower.log_in("shop").await;
        consumer.give_phone("13800000001").await;
        consumer.patch("/api/mini/v1/profile", &json!({ "nickname": "林小满" })).await;
        let member = consumer.member().await.parse().expect("an id");
        app.advance(TimeDelta::days(2));
        let campaign = running(app, json!({ "name": "开业红包", "eligibility": eligibility })).await;
        assert_eq!(give(app, member, campaign, "a").await.why, Why::Given);
        app.run_jobs().await;
        let staff = app.staff(Role::Headquarters).await;
        let told = staff.get(&format!("/api/admin/v1/grants?member={member}")).await.body;
        let id = told["items"][0]["id"].as_str().expect("an id");
        let detail = staff.get(&format!("/api/admin/v1/grants/{id}")).await.body;
        let rules: Vec<_> = detail["checks"].as_array().expect("checks").iter().collect();
        let met = |rule: &str| rules.iter().any(|check| check["rule"] == rule && check["met"] == true);
        for rule in [
            "not_running",
            "over",
            "blocked",
            "member_too_new",
            "phone_not_verified",
            "not_following",
            "budget_used_up",
        ] {
            assert!(met(rule), "{rule}: {detail}");
        }
        assert_eq!((&detail["campaign_name"], &detail["member_name"]), (&json!("开业红包"), &json!("林**")));
        assert_eq!(detail["because"]["what"], "a");
        assert_eq!(detail["payouts"][0]["amount_fen"], 1_000);
    })
    .await;
}

#[actix_web::test]
async fn caps_count_days_of_shanghai_and_refusals_count_nothing() {
    money(async |app, _| {
        let caps = json!({ "per_person_day": 1, "per_person": 2, "per_day": 3, "total": 5 });
        let campaign = running(app, json!({ "caps": caps, "budget": 100_000 })).await;
        let (one, two, three, four) =
            (person(app, 1).await, person(app, 2).await, person(app, 3).await, person(app, 4).await);
        let why = async |member, key: &str| give(app, member, campaign, key).await.why;
        assert_eq!(why(one, "1").await, Why::Given);
        assert_eq!(why(one, "2").await, Why::PersonDay);
        assert_eq!(why(two, "3").await, Why::Given);
        assert_eq!(why(three, "4").await, Why::Given);
        assert_eq!(why(four, "5").await, Why::Day, "the refusals before have not counted");
        // Ten in the morning in Shanghai is fourteen hours from its next day.
        app.advance(TimeDelta::hours(14) - TimeDelta::seconds(1));
        app.run_jobs().await;
        assert_eq!(why(one, "6").await, Why::Day, "it is still the same day");
        app.advance(TimeDelta::seconds(1));
        app.run_jobs().await;
        assert_eq!(why(one, "7").await, Why::Given);
        app.advance(TimeDelta::days(1));
        app.run_jobs().await;
        assert_eq!(why(one, "8").await, Why::Person);
        assert_eq!(why(two, "9").await, Why::Given);
        assert_eq!(why(three, "10").await, Why::Total);
        assert_eq!(budget(app, campaign).await[0], 100_000);
        books(app, campaign).await;
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn shares_are_each_given_once_and_come_to_the_budget() {
    money(async |app, _| {
        let amount = json!({ "kind": "lucky", "shares": 8, "min": 100, "max": 3_000 });
        let campaign = running(app, json!({ "amount": amount, "budget": 10_000 })).await;
        let mut given = Vec::new();
        for number in 1..=8 {
            given.push(give(app, person(app, number).await, campaign, &number.to_string()).await.amount);
        }
        assert_eq!(given.iter().sum::<i64>(), 10_000, "{given:?}");
        assert!(given.iter().all(|amount| (100..=3_000).contains(amount)));
        let late = give(app, person(app, 9).await, campaign, "late").await;
        assert_eq!((late.state, late.why), (State::Refused, Why::Budget));
        let numbers: std::collections::BTreeSet<_> = grants(app).await.iter().filter_map(|row| row.share).collect();
        assert_eq!(numbers.len(), 8);
        assert_eq!(budget(app, campaign).await, [10_000, 10_000, 0, 0]);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn points_are_there_at_once_and_last_as_long_as_the_campaign_says() {
    money(async |app, wechat| {
        let terms =
            json!({ "gives": { "kind": "points", "months": 2 }, "amount": { "kind": "random", "min": 10, "max": 90 } });
        let campaign = running(app, terms).await;
        let member = person(app, 1).await;
        let given = give(app, member, campaign, "a").await;
        assert_eq!((given.why, given.state), (Why::Given, State::Given));
        assert!((10..=90).contains(&given.amount));
        assert_eq!(give(app, member, campaign, "a").await, given);
        let accounts = app.rows::<entity::points::account::Entity>().await;
        let theirs = accounts.iter().find(|row| row.member_id == member).expect("an account");
        assert_eq!(theirs.balance.get(), given.amount);
        let lots = app.rows::<entity::points::lot::Entity>().await;
        assert_eq!(lots.len(), 1);
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, given.amount]);
        books(app, campaign).await;
        app.run_jobs().await;
        assert_eq!(wechat.count("send"), 0);
    })
    .await;
}

#[actix_web::test]
async fn too_many_at_once_stop_the_campaign() {
    money(async |app, _| {
        let campaign = running(app, json!({ "guard": { "per_minute": 2 } })).await;
        for number in 1..=2 {
            assert_eq!(give(app, person(app, number).await, campaign, &number.to_string()).await.why, Why::Given);
        }
        assert_eq!(give(app, person(app, 3).await, campaign, "3").await.why, Why::Rate);
        let row = campaign_row(app, campaign).await;
        assert_eq!((row.state, row.paused_why.as_deref()), (CampaignState::Paused, Some("rate")));
        assert_eq!(give(app, person(app, 4).await, campaign, "4").await.why, Why::NotRunning);
        assert_eq!(budget(app, campaign).await, [10_000, 2_000, 0, 0]);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn one_person_with_most_of_it_stops_the_campaign() {
    money(async |app, _| {
        let campaign = running(app, json!({ "amount": { "kind": "asked", "max": 5_000 }, "budget": 100_000 })).await;
        for number in 1..=20 {
            let member = person(app, number).await;
            let amount = Some(if number == 1 { 5_000 } else { 100 });
            ask(app, &Grant { amount, ..wish(member, campaign, &number.to_string()) }).await;
        }
        app.run_jobs().await;
        app.advance(TimeDelta::minutes(6));
        app.run_jobs().await;
        assert_eq!(campaign_row(app, campaign).await.paused_why.as_deref(), Some("one_person"));
    })
    .await;
}
