//! Many at once: a budget for some is given to exactly so many, and nobody waits for ever.

use std::{cell::Cell, collections::BTreeSet};

use entity::rewards::grant::{Entity, State};
use futures_util::future::{join, join_all};
use huilian::{infra::db::Tx, rewards};
use serde_json::json;

use super::{books, budget, money, person, running, scripted::Scripted, wish};
use crate::support::{Settings, story_with};

/// So many at a time; more would only wait for a connection.
const AT_ONCE: usize = 50;

#[actix_web::test]
async fn ten_thousand_who_want_what_a_thousand_can_have_are_exact() {
    let lucky = json!({ "kind": "lucky", "shares": 100, "min": 10, "max": 400 });
    for (amount, budget, wanted) in [(json!({ "kind": "fixed", "amount": 100 }), 1_000, 10_000), (lucky, 100, 1_000)] {
        let settings = |settings: &mut Settings| {
            (settings.payouts, settings.leave_jobs) = (Some(Scripted::default().providers()), true);
        };
        story_with(settings, async |app| {
            let campaign = running(app, json!({ "amount": amount, "budget": 100 * budget })).await;
            let mut members = Vec::new();
            for number in 0..200 {
                members.push(person(app, number).await);
            }
            let wishes: Vec<_> = (0..wanted).map(|n| wish(members[n % 200], campaign, &format!("{}", n))).collect();
            let mut given = Vec::new();
            for group in wishes.chunks(AT_ONCE) {
                let units = group.iter().map(|wish| app.app.db.tx(async |tx: &Tx| rewards::grant(tx, wish).await));
                given.extend(join_all(units).await.into_iter().map(|answer| answer.expect("an answer")));
            }
            let sum: i64 = given.iter().map(|granted| granted.amount).sum();
            assert_eq!(given.iter().filter(|granted| granted.state == State::Paying).count(), budget, "{amount}");
            let all = i64::try_from(100 * budget).expect("a number");
            assert_eq!(sum, all);
            assert_eq!(super::budget(app, campaign).await, [all, all, 0, 0]);
            let rows = app.rows::<Entity>().await;
            assert_eq!(rows.len(), wanted, "every answer is kept");
            let shares: BTreeSet<_> = rows.iter().filter_map(|row| row.share).collect();
            assert!(shares.is_empty() || shares.len() == budget);
            books(app, campaign).await;
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

#[actix_web::test]
async fn the_books_agree_at_every_moment_while_money_moves() {
    money(async |app, _wechat| {
        let campaign = running(app, json!({ "budget": 1_000_000 })).await;
        let mut members = Vec::new();
        for number in 0..10 {
            members.push(person(app, number).await);
        }
        let wishes: Vec<_> = (0..300).map(|n| wish(members[n % 10], campaign, &n.to_string())).collect();
        let over = Cell::new(false);
        let give = async {
            for group in wishes.chunks(10) {
                let units = group.iter().map(|wish| app.app.db.tx(async |tx: &Tx| rewards::grant(tx, wish).await));
                assert!(join_all(units).await.iter().all(Result::is_ok));
                app.run_jobs().await;
            }
            over.set(true);
        };
        let look = async {
            let mut looks = 0;
            while !over.get() {
                books(app, campaign).await;
                looks += 1;
            }
            looks
        };
        let ((), looks) = join(give, look).await;
        assert!(looks > 10, "{looks} looks");
    })
    .await;
}
