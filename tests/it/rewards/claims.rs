//! What people see, claim and take: their own, once, in time, and only whom WeChat trusts.

use chrono::TimeDelta;
use entity::rewards::{grant::State, payout};
use huilian::sandbox::PersonPatch;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{books, budget, give, money, only, pass, running};
use crate::support::{Answered, Consumer, TestApp};

const GRANTS: &str = "/api/mini/v1/grants";

/// Transfers to people of the mini program, to be claimed within two days.
fn in_the_shop() -> Value {
    json!({
        "gives": {
            "kind": "transfer", "merchant": "main", "account": "shop", "scene": "1000", "remark": "邀请奖励",
            "reports": [],
        },
        "claim": { "hours": 48 },
    })
}

async fn claim(consumer: &Consumer<'_>, path: &str, key: &str) -> Answered {
    let app = consumer.person.app;
    let request = app.http.post(format!("{}{path}/claim", app.base_url)).bearer_auth(&consumer.token);
    Answered::read(request.header("Idempotency-Key", key)).await
}

async fn consumer<'a>(app: &'a TestApp, name: &str) -> (Consumer<'a>, entity::types::MemberId) {
    let consumer = app.person(name).log_in("shop").await;
    let member = consumer.member().await.parse().expect("an id");
    (consumer, member)
}

#[actix_web::test]
async fn one_claims_takes_and_has_it_and_nobody_else_can() {
    money(async |app, wechat| {
        let campaign = running(app, in_the_shop()).await;
        let (mine, member) = consumer(app, "林小满").await;
        let (other, _) = consumer(app, "周一鸣").await;
        let granted = give(app, member, campaign, "a").await;
        assert_eq!(granted.state, State::Claimable);
        assert_eq!(budget(app, campaign).await, [10_000, 1_000, 0, 0], "a promise is reserved");
        app.run_jobs().await;
        assert_eq!(wechat.count("send"), 0);
        let list = mine.get(GRANTS).await;
        let item = &list.body["items"][0];
        assert_eq!(
            (&item["code"], &item["amount"], &item["can_take"]),
            (&json!("claimable"), &json!(1_000), &json!(false))
        );
        assert!(item["reason_zh"].is_string() && item["claim_until"].is_string(), "{item}");
        let path = format!("{GRANTS}/{}", granted.id);
        for (answer, what) in [
            (other.get(&path).await, "reading"),
            (claim(&other, &path, "claim-other").await, "claiming"),
            (other.get(&format!("{path}/claim-parameters")).await, "taking"),
        ] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}: {answer:?}");
        }
        assert_eq!(other.get(GRANTS).await.body["items"], json!([]));
        assert_eq!(mine.get(&format!("{path}/claim-parameters")).await.status, StatusCode::CONFLICT);
        for key in ["claim-key-1", "claim-key-1", "claim-key-2"] {
            let claimed = claim(&mine, &path, key).await;
            assert_eq!((claimed.status, &claimed.body["state"]), (StatusCode::OK, &json!("paying")), "{claimed:?}");
        }
        app.run_jobs().await;
        assert_eq!(wechat.count("send"), 1);
        let parameters = mine.get(&format!("{path}/claim-parameters")).await;
        assert_eq!(parameters.body["parameters"]["package"], "ABBQO+oYAAAB", "{parameters:?}");
        assert_eq!(mine.get(&path).await.body["can_take"], true);
        let row = only(app).await;
        assert_eq!(row.open_id, mine.person.open_id("shop"), "paid in the account of the campaign");
        wechat.take(&row.out_no);
        pass(app, TimeDelta::minutes(30)).await;
        assert_eq!(mine.get(&path).await.body["code"], "given");
        assert_eq!(mine.get(&format!("{path}/claim-parameters")).await.status, StatusCode::CONFLICT);
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 1_000]);
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn what_nobody_claims_in_time_lapses_and_is_free_again() {
    money(async |app, wechat| {
        let campaign = running(app, in_the_shop()).await;
        let (mine, member) = consumer(app, "林小满").await;
        let granted = give(app, member, campaign, "a").await;
        app.run_jobs().await;
        app.advance(TimeDelta::hours(48));
        let path = format!("{GRANTS}/{}", granted.id);
        let late = claim(&mine, &path, "claim-late").await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{late:?}");
        app.advance(TimeDelta::minutes(6));
        app.run_jobs().await;
        assert_eq!(mine.get(&path).await.body["code"], "lapsed");
        assert_eq!((budget(app, campaign).await, wechat.count("send")), ([10_000, 0, 0, 0], 0));
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn whom_wechat_does_not_trust_is_held_back_before_any_money() {
    money(async |app, wechat| {
        let campaign = running(app, in_the_shop()).await;
        let (mine, member) = consumer(app, "林小满").await;
        let granted = give(app, member, campaign, "a").await;
        let risk = |rank| {
            let patch = PersonPatch { risk_rank: Some(rank), ..PersonPatch::default() };
            app.sandbox.change_person(&mine.person.id, patch).expect("a person");
        };
        risk(4);
        let path = format!("{GRANTS}/{}", granted.id);
        for key in ["claim-key-1", "claim-key-2"] {
            let refused = claim(&mine, &path, key).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{refused:?}");
        }
        assert_eq!(app.rows::<payout::Entity>().await.len(), 0);
        assert_eq!(give(app, member, campaign, "b").await.why.as_str(), "blocked");
        let staff = app.staff(entity::admin::staff::Role::Headquarters).await;
        let block = format!("/api/admin/v1/reward-blocks/{member}");
        assert_eq!(staff.delete(&block).await.status, StatusCode::NO_CONTENT);
        assert_eq!(staff.delete(&block).await.status, StatusCode::NOT_FOUND);
        risk(0);
        assert_eq!(claim(&mine, &path, "claim-key-3").await.status, StatusCode::OK);
        app.run_jobs().await;
        assert_eq!(wechat.count("send"), 1);
    })
    .await;
}
