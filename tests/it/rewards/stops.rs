//! Brakes: nothing is handed to WeChat while one is on, and books that do not agree put one on.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    rewards::{budget_account, campaign::State, payout, stop},
};
use huilian::rewards::check::check;
use reqwest::StatusCode;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use super::{campaign_row, give, money, only, pass, person, running};

#[actix_web::test]
async fn the_kill_switches_stop_the_next_call_and_lifting_them_lets_it_go_on() {
    money(async |app, wechat| {
        let staff = app.staff(Role::Headquarters).await;
        let campaign = running(app, json!({ "budget": 100_000 })).await;
        let scopes = [json!("all"), json!({ "merchant": "main" }), json!({ "campaign": campaign })];
        for (round, scope) in (0_u32..).zip(scopes) {
            let order = json!({ "scope": scope, "reason": "怀疑泄漏" });
            let put = staff.post_once("/api/admin/v1/payout-stops", &format!("stop-{round}-key"), &order).await;
            assert_eq!((put.status, put.body.as_array().map(Vec::len)), (StatusCode::OK, Some(1)), "{put:?}");
            give(app, person(app, round).await, campaign, &round.to_string()).await;
            pass(app, TimeDelta::minutes(25)).await;
            assert_eq!(wechat.count("send"), usize::try_from(round).expect("a number"), "{scope}");
            let lifted = staff.post_once("/api/admin/v1/payout-stops/lift", &format!("lift-{round}-key"), &order).await;
            assert_eq!(lifted.body, json!([]), "{lifted:?}");
            pass(app, TimeDelta::minutes(25)).await;
            assert_eq!(wechat.count("send"), usize::try_from(round).expect("a number") + 1, "{scope}");
        }
    })
    .await;
}

#[actix_web::test]
async fn killing_a_campaign_stops_giving_and_paying() {
    money(async |app, wechat| {
        let staff = app.staff(Role::Manager).await;
        let campaign = running(app, json!({})).await;
        give(app, person(app, 1).await, campaign, "a").await;
        let path = format!("/api/admin/v1/campaigns/{campaign}/kill");
        let killed = staff.post_once(&path, "kill-key-1", &json!({ "reason": "金额写错" })).await;
        assert_eq!(
            (killed.status, &killed.body["state"], &killed.body["paused_why"]),
            (StatusCode::OK, &json!("paused"), &json!("kill"))
        );
        pass(app, TimeDelta::hours(1)).await;
        assert_eq!((wechat.count("send"), only(app).await.state), (0, payout::State::Created));
        assert_eq!(give(app, person(app, 2).await, campaign, "b").await.why.as_str(), "not_running");
    })
    .await;
}

#[actix_web::test]
async fn books_that_do_not_agree_stop_the_campaign_by_night() {
    money(async |app, _| {
        let campaign = running(app, json!({})).await;
        give(app, person(app, 1).await, campaign, "a").await;
        app.run_jobs().await;
        assert!(check(&app.app.db, campaign).await.expect("books").agree);
        budget_account::Entity::update_many()
            .col_expr(budget_account::Column::Sent, Expr::value(999))
            .filter(budget_account::Column::CampaignId.eq(campaign))
            .exec(app.app.db.read())
            .await
            .expect("a thief");
        app.advance(TimeDelta::hours(17));
        app.run_jobs().await;
        let row = campaign_row(app, campaign).await;
        assert_eq!((row.state, row.paused_why.as_deref()), (State::Paused, Some("mismatch")));
        let brakes = app.rows::<stop::Entity>().await;
        assert_eq!((brakes[0].scope.clone(), brakes[0].cause), (campaign.to_string(), stop::Cause::Mismatch));
        let books = check(&app.app.db, campaign).await.expect("books");
        assert_eq!(
            (books.agree, books.account.sent, books.entries.sent, books.grants.sent),
            (false, 999, 1_000, 1_000)
        );
    })
    .await;
}

#[actix_web::test]
async fn the_database_itself_refuses_a_budget_that_is_overdrawn() {
    money(async |app, _| {
        let campaign = running(app, json!({})).await;
        for (column, value) in [(budget_account::Column::Reserved, 10_001), (budget_account::Column::Sent, -1)] {
            let tried = budget_account::Entity::update_many()
                .col_expr(column, Expr::value(value))
                .filter(budget_account::Column::CampaignId.eq(campaign))
                .exec(app.app.db.read())
                .await;
            assert!(tried.is_err(), "{column:?}");
        }
    })
    .await;
}
