//! Whether points add up is checked, told, and stops what does not.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    points::{account, check, difference, lot},
    types::{MemberId, Points},
};
use huilian::{
    error::Code,
    infra::db::Tx,
    points::{Available, Give, check::CheckAll},
};
use reqwest::StatusCode;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};

use super::{gift, given, has, in_days, lasting, proved, purchase, somebody, try_spend};
use crate::{
    members::member_path,
    support::{TestApp, story},
};

const CHECK: &str = "/api/admin/v1/points/check";

/// Somebody changes a balance behind our back.
pub async fn meddle(app: &TestApp, member: MemberId, balance: u32) {
    let row = account::Entity::update_many()
        .col_expr(account::Column::Balance, Expr::value(Points::from(balance)))
        .filter(account::Column::MemberId.eq(member));
    assert_eq!(row.exec(app.app.db.read()).await.expect("a row").rows_affected, 1);
}

async fn nightly(app: &TestApp) -> check::Model {
    app.app.db.tx(async |tx: &Tx| tx.enqueue(CheckAll {})).await.expect("a job");
    app.run_jobs().await;
    app.rows::<check::Entity>().await.pop().expect("a check")
}

#[actix_web::test]
async fn what_does_not_add_up_is_stopped_told_and_goes_on_when_it_does() {
    story(async |app| {
        let (honest, other) = (somebody(app, 1).await, somebody(app, 2).await);
        given(app, &gift(honest, 100, "one")).await;
        given(app, &gift(other, 100, "two")).await;
        given(app, &Give { available: Available::Held, ..gift(other, 50, "three") }).await;
        let run = nightly(app).await;
        assert_eq!((run.accounts, run.differences, run.balance, run.pending), (2, 0, 200, 50));
        let before = app.figure("points_differences_total").await;

        meddle(app, other, 1000).await;
        app.advance(TimeDelta::minutes(1));
        let run = nightly(app).await;
        assert_eq!((run.differences, run.done_at), (1, Some(app.clock.now())));
        assert!(app.figure("points_differences_total").await > before);
        let found = app.rows::<difference::Entity>().await;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].member_id, found[0].balance), (other, 1000));
        assert_eq!((found[0].balance_lots, found[0].balance_entries, found[0].pending), (100, 100, 50));
        let refused = try_spend(app, &purchase(other, 1, "order")).await.expect_err("stopped");
        assert_eq!(refused.code(), Code::PointsStopped);
        try_spend(app, &purchase(honest, 1, "another order")).await.expect("nobody else is");
        given(app, &gift(other, 5, "four")).await;
        nightly(app).await;
        assert_eq!(app.rows::<difference::Entity>().await.len(), 2, "other figures are another difference");
        nightly(app).await;
        assert_eq!(app.rows::<difference::Entity>().await.len(), 2, "the same ones are not");

        let staff = app.staff(Role::Headquarters).await;
        let books = staff.get(CHECK).await.body;
        assert_eq!((&books["balanced"], books["differences"].as_array().map(Vec::len)), (&json!(false), Some(2)));
        assert_eq!(books["differences"][1]["balance_entries"], 100);
        let path = format!("{}/points", member_path(other));
        assert_eq!(staff.get(&path).await.body["stopped"], true);
        let checked = staff.post(&format!("{path}/check"), &json!({})).await.body;
        assert_eq!((&checked["balanced"], &checked["difference"]["balance"]), (&json!(false), &json!(1005)));

        meddle(app, other, 105).await;
        assert_eq!(
            try_spend(app, &purchase(other, 1, "order")).await.expect_err("unchecked").code(),
            Code::PointsStopped
        );
        let checked = staff.post(&format!("{path}/check"), &json!({})).await.body;
        assert_eq!((&checked["balanced"], &checked["difference"]), (&json!(true), &Value::Null));
        try_spend(app, &purchase(other, 105, "order")).await.expect("it goes on");
        assert!(app.rows::<difference::Entity>().await.iter().all(|row| row.resolved_at.is_some()));
        let asked = staff.post(CHECK, &json!({})).await;
        assert_eq!((asked.status, &asked.body["done_at"]), (StatusCode::ACCEPTED, &Value::Null));
        let joined = staff.post(CHECK, &json!({})).await;
        assert_eq!(joined.body["id"], asked.body["id"], "one look at a time");
        app.run_jobs().await;
        let books = staff.get(CHECK).await.body;
        assert_eq!((&books["balanced"], &books["last"]["differences"]), (&json!(true), &json!(0)));
        proved(app).await;
    })
    .await;
}

#[actix_web::test]
async fn lots_that_vanish_are_found_before_they_can_be_spent_and_so_are_members_without_an_account() {
    story(async |app| {
        let (one, other) = (somebody(app, 1).await, somebody(app, 2).await);
        given(app, &gift(one, 100, "one")).await;
        given(app, &gift(other, 100, "two")).await;
        lot::Entity::delete_many().filter(lot::Column::MemberId.eq(one)).exec(app.app.db.read()).await.expect("a row");
        let refused = try_spend(app, &purchase(one, 10, "order")).await.expect_err("nothing to take it from");
        assert_eq!(refused.code(), Code::PointsStopped);
        account::Entity::delete_by_id(other).exec(app.app.db.read()).await.expect("a row");
        assert_eq!(nightly(app).await.differences, 2);
        let stopped = app.rows::<account::Entity>().await;
        assert!(stopped.len() == 2 && stopped.iter().all(|row| row.stopped_at.is_some()));
        assert_eq!(
            app.rows::<account::Entity>().await.iter().map(|row| row.balance.get()).sum::<i64>(),
            100,
            "as it was"
        );
    })
    .await;
}

#[actix_web::test]
async fn what_is_owed_is_told_by_month() {
    story(async |app| {
        let (one, other) = (somebody(app, 1).await, somebody(app, 2).await);
        given(app, &lasting(app, one, 10, "november", 9)).await;
        given(app, &lasting(app, other, 20, "november, too", 1)).await;
        given(app, &lasting(app, one, 40, "december", 10)).await;
        let expires_at = Some(in_days(app, 40));
        given(app, &Give { available: Available::Held, expires_at, ..gift(one, 80, "december, held") }).await;
        given(app, &gift(other, 160, "ever")).await;
        try_spend(app, &purchase(other, 5, "order")).await.expect("enough");
        let staff = app.staff(Role::Headquarters).await;
        let owed = staff.get("/api/admin/v1/points/liability").await.body;
        assert_eq!((&owed["open"], &owed["pending"]), (&json!(225), &json!(80)));
        assert_eq!(
            owed["months"],
            json!([
                { "month": "2026-11-01", "open": 25, "pending": 0 },
                { "month": "2026-12-01", "open": 40, "pending": 80 },
                { "month": null, "open": 160, "pending": 0 },
            ])
        );
        assert_eq!(has(app, other).await, (175, 0));
    })
    .await;
}
