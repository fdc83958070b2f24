//! The proof in one answer, and the lines of a day for finance.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    rewards::{budget_account, payout::State as Stood},
};
use huilian::{
    infra::calendar::days_after,
    rewards::reconcile::{
        bills::Fetched,
        proof::{Range, proof},
    },
};
use reqwest::StatusCode;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use super::{Stands, back, books, day, next_morning, out, put_one, today};
use crate::{exports::files::exported, rewards::running};

#[actix_web::test]
async fn the_proof_says_balanced_or_names_each_fen_that_is_not() {
    books(async |app, bills| {
        let (now, first) = (app.clock.now(), today(app));
        // Sessions do not last for days.
        let ask = async |path: &str| app.staff(Role::Headquarters).await.get(path).await;
        let fine = put_one(app, Stands::paid(now, 100)).await;
        let waits = put_one(app, Stands::open(Stood::Unknown, now, 60)).await;
        bills.book([out(&fine, 100, now), out(&waits, 60, now)]);
        let campaign = running(app, json!({})).await;
        next_morning(app).await;
        let shown = ask("/api/admin/v1/proof").await;
        assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
        let body = shown.body;
        assert_eq!(
            (&body["balanced"], &body["from"], &body["to"]),
            (&json!(true), &json!(first), &json!(first)),
            "{body}"
        );
        assert_eq!(body["days"], json!({ "balanced": 1, "different": 0, "unknown": 0, "unplanned": 0 }));
        assert_eq!((&body["campaigns"], &body["cases"], &body["unproven"]), (&json!(1), &json!([]), &json!([])));
        // A leak on the second day, a bill that is not there on the third, and nobody looks at the fourth.
        let second = today(app);
        let gone = put_one(app, Stands::paid(app.clock.now(), 30)).await;
        bills.book([out(&super::number(app), 5_000, app.clock.now())]);
        next_morning(app).await;
        put_one(app, Stands::paid(app.clock.now(), 1)).await;
        bills.trouble(std::iter::repeat_n(Fetched::Later("unreachable"), 3));
        next_morning(app).await;
        app.advance(TimeDelta::hours(24));
        let range = format!("/api/admin/v1/proof?from={first}&to={}", days_after(first, 10));
        let body = ask(&range).await.body;
        assert_eq!(body["balanced"], false);
        assert_eq!(body["days"], json!({ "balanced": 1, "different": 1, "unknown": 1, "unplanned": 1 }));
        assert_eq!(body["open"], json!({ "count": 2, "difference_fen": 30 - 5_000 }));
        let unproven: Vec<_> =
            body["unproven"].as_array().expect("days").iter().map(|row| row["day"].clone()).collect();
        assert_eq!(unproven, [json!(second), json!(days_after(first, 2))]);
        assert!(body["cases"].as_array().expect("cases").iter().any(|case| case["number"] == json!(gone)));
        assert_eq!(
            ask("/api/admin/v1/proof?from=2026-11-22&to=2026-11-21").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        // A budget that somebody has touched.
        let merchants = app.app.bills.merchants();
        let of_first = async || proof(&app.app.db, &merchants, Range::from(first)).await.expect("a proof");
        assert!(of_first().await.balanced);
        budget_account::Entity::update_many()
            .col_expr(budget_account::Column::Received, Expr::value(9))
            .filter(budget_account::Column::CampaignId.eq(campaign))
            .exec(app.app.db.read())
            .await
            .expect("a thief");
        let found = of_first().await;
        assert!(!found.balanced && found.open.count == 0);
        assert_eq!(found.budgets.iter().map(|(id, books)| (*id, books.agree)).collect::<Vec<_>>(), [(campaign, false)]);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn finance_gets_the_lines_of_a_day_and_no_formula() {
    books(async |app, bills| {
        let (now, date) = (app.clock.now(), today(app));
        let fine = put_one(app, Stands::returned(now, 100, now)).await;
        let wrong = put_one(app, Stands::paid(now, 30)).await;
        let evil =
            huilian::wechat::pay::bill::Movement { business: "=cmd|'/c calc'!A1".to_owned(), ..out(&fine, 100, now) };
        bills.book([evil, back(&fine, 100, now), out(&wrong, 31, now), out("OTHER", 5, now)]);
        next_morning(app).await;
        let staff = app.staff(Role::Headquarters).await;
        let file = exported(app, &staff, json!({ "bill": day(app, date).await.id })).await;
        assert!(file.header("content-disposition").contains("bill-"), "{file:?}");
        let text = file.body.as_str().expect("a text").trim_start_matches('\u{feff}').to_owned();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
        assert_eq!(rows.len(), 3, "{text}");
        let part = |row: usize, columns: &[usize]| columns.iter().map(|at| rows[row][*at].clone()).collect::<Vec<_>>();
        assert_eq!(part(0, &[0, 1, 4, 5]), ["2026-11-21 10:00:00", &fine, "'=cmd|'/c calc'!A1", "支出 out"]);
        assert_eq!(part(1, &[5, 6, 7, 10, 11]), ["收入 in", "1.00", "100", "returned", ""]);
        assert_eq!(part(2, &[1, 7, 10, 11]), [wrong.as_str(), "31", "paid", "amount"]);
        assert!(rows.iter().all(|row| row[8].starts_with("pyt_") && row[9].starts_with("cmp_")), "{rows:?}");
    })
    .await;
}
