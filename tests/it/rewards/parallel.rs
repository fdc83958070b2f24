//! Many at once: a budget for some is given to exactly so many, and nobody waits for ever.

use std::collections::BTreeSet;

use entity::rewards::grant::{Entity, State};
use futures_util::future::join_all;
use huilian::{infra::db::Tx, rewards};
use serde_json::json;

use super::{books, budget, money, person, running, wish};

/// So many at a time; more would only wait for a connection.
const AT_ONCE: usize = 50;

#[actix_web::test]
async fn ten_times_as_many_claims_as_there_is_budget_for_are_exact() {
    for amount in
        [json!({ "kind": "fixed", "amount": 100 }), json!({ "kind": "lucky", "shares": 100, "min": 10, "max": 400 })]
    {
        money(async |app, _| {
            let campaign = running(app, json!({ "amount": amount, "budget": 10_000 })).await;
            let mut members = Vec::new();
            for number in 0..200 {
                members.push(person(app, number).await);
            }
            let wishes: Vec<_> = (0..1_000).map(|n| wish(members[n % 200], campaign, &format!("{}", n))).collect();
            let mut given = Vec::new();
            for group in wishes.chunks(AT_ONCE) {
                let units = group.iter().map(|wish| app.app.db.tx(async |tx: &Tx| rewards::grant(tx, wish).await));
                given.extend(join_all(units).await.into_iter().map(|answer| answer.expect("an answer")));
            }
            let sum: i64 = given.iter().map(|granted| granted.amount).sum();
            assert_eq!(given.iter().filter(|granted| granted.state == State::Paying).count(), 100, "{amount}");
            assert_eq!(sum, 10_000);
            assert_eq!(budget(app, campaign).await, [10_000, 10_000, 0, 0]);
            let rows = app.rows::<Entity>().await;
            assert_eq!(rows.len(), 1_000, "every answer is kept");
            let shares: BTreeSet<_> = rows.iter().filter_map(|row| row.share).collect();
            assert!(shares.is_empty() || shares.len() == 100);
            books(app, campaign).await;
            app.run_jobs().await;
        })
        .await;
    }
}

#[actix_web::test]
async fn one_cause_at_the_same_time_is_given_once() {
    money(async |app, wechat| {
        let campaign = running(app, json!({})).await;
        let wish = wish(person(app, 1).await, campaign, "once");
        let units = (0..20).map(|_| app.app.db.tx(async |tx: &Tx| rewards::grant(tx, &wish).await));
        let answers: BTreeSet<_> =
            join_all(units).await.into_iter().map(|answer| answer.expect("an answer").id).collect();
        assert_eq!(answers.len(), 1);
        assert_eq!(budget(app, campaign).await, [10_000, 1_000, 0, 0]);
        app.run_jobs().await;
        assert_eq!(wechat.count("send"), 1);
    })
    .await;
}
