//! Every statement of the ledger goes by an index, on both engines.

use chrono::TimeDelta;
use huilian::{
    infra::db::Tx,
    points::{
        Available, Cap, Decide, Give, Period, Refund, TakeBack, cancel, give, refund, release, spend, standing,
        take_back,
    },
};

use super::{because, gift, lasting, purchase, somebody};
use crate::{
    identity::plans::{assert_indexed, listening},
    support::story_with,
};

#[actix_web::test]
async fn every_statement_of_the_ledger_goes_by_an_index() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let member = somebody(app, 1).await;
            let (db, heard) = listening(app).await;
            let caps = vec![Cap { rule: "share".to_owned(), period: Period::Day, most: 50_u32.into() }];
            let first = async |tx: &Tx| {
                give(tx, &lasting(app, member, 50, "share", 1)).await?;
                give(tx, &Give { caps: caps.clone(), ..gift(member, 50, "capped") }).await?;
                give(tx, &Give { caps: caps.clone(), ..gift(member, 50, "refused") }).await?;
                for key in ["one", "two"] {
                    give(tx, &Give { available: Available::Held, ..gift(member, 9, key) }).await?;
                }
                let later = Available::At(tx.now() + TimeDelta::hours(1));
                give(tx, &Give { available: later, ..gift(member, 5, "later") }).await?;
                spend(tx, &purchase(member, 20, "order")).await.map(drop)
            };
            db.tx(first).await.expect("points");
            app.advance(TimeDelta::days(3));
            let decide =
                |given: &str| Decide { given: given.to_owned(), key: format!("decided {given}"), because: because() };
            let back = Refund { spent: "order".to_owned(), points: None, key: "back".to_owned(), because: because() };
            let taken = TakeBack {
                given: "capped".to_owned(),
                points: None,
                others: true,
                key: "taken".to_owned(),
                because: because(),
            };
            let second = async |tx: &Tx| {
                spend(tx, &purchase(member, 5, "another")).await?;
                release(tx, &decide("one")).await?;
                cancel(tx, &decide("two")).await?;
                refund(tx, &app.app.config.points, &back).await?;
                take_back(tx, &taken).await?;
                let page = serde_json::from_value(serde_json::json!({ "limit": 10 }))?;
                standing::history(tx.db(), member, &page).await?;
                standing::of(tx.db(), member, tx.now(), 30).await.map(drop)
            };
            db.tx(second).await.expect("points");
            assert_indexed(app, &db, &heard, 25).await;
        },
    )
    .await;
}
