//! Notifications are hints: as often as they like, in any order, and what does not fit changes nothing.

use chrono::TimeDelta;
use entity::{
    rewards::{payout::State, stop},
    types::Fen,
};
use huilian::{
    infra::db::Tx,
    rewards::payout::{Notice, Noticed, answer::Told, noticed, state::Stage},
};
use serde_json::json;

use super::{books, budget, give, money, only, pass, person, running, scripted::Fault, state_of};
use crate::support::TestApp;

async fn hear(app: &TestApp, out_no: &str, told: Told) -> Noticed {
    let notice = Notice { merchant: "main".parse().expect("a key"), out_no: out_no.to_owned(), told };
    app.app.db.tx(async |tx: &Tx| noticed(tx, &notice).await).await.expect("an answer")
}

#[actix_web::test]
async fn a_notification_pays_once_however_often_it_comes() {
    money(async |app, wechat| {
        let campaign = running(app, json!({})).await;
        wechat.fail_sends([Fault::LostAfter]);
        give(app, person(app, 1).await, campaign, "a").await;
        app.run_jobs().await;
        let row = only(app).await;
        assert_eq!(row.state, State::Unknown);
        wechat.take(&row.out_no);
        let told = wechat.told(&row.out_no);
        assert_eq!(hear(app, &row.out_no, told.clone()).await, Noticed::Taken);
        assert_eq!(hear(app, &row.out_no, told.clone()).await, Noticed::Known);
        let before = Told { stage: Stage::Waiting, code: "WAIT_USER_CONFIRM".to_owned(), ..told };
        assert_eq!(hear(app, &row.out_no, before).await, Noticed::Known, "late news");
        assert_eq!((only(app).await.state, budget(app, campaign).await), (State::Paid, [10_000, 0, 0, 1_000]));
        pass(app, TimeDelta::hours(1)).await;
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn what_contradicts_changes_nothing_and_stops_the_merchant() {
    money(async |app, wechat| {
        let campaign = running(app, json!({})).await;
        give(app, person(app, 1).await, campaign, "a").await;
        app.run_jobs().await;
        let row = only(app).await;
        let told = Told { stage: Stage::Paid, ..wechat.told(&row.out_no) };
        let wrong: [Told; 2] = [
            Told { amount: Some(Fen::from(999)), ..told.clone() },
            Told { open_id: Some("oSomebodyElse".parse().expect("an OpenID")), ..told.clone() },
        ];
        for told in wrong {
            assert_eq!(hear(app, &row.out_no, told).await, Noticed::Contradiction);
            assert_eq!(state_of(app, row.id).await, State::WaitingUser);
        }
        assert_eq!(hear(app, "HLnobody", told.clone()).await, Noticed::Stranger);
        assert_eq!(hear(app, &row.out_no, told.clone()).await, Noticed::Taken);
        let returned = Told { stage: Stage::Returned, ..told };
        assert_eq!(hear(app, &row.out_no, returned).await, Noticed::Contradiction, "a final state never changes");
        assert_eq!(state_of(app, row.id).await, State::Paid);
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 1_000]);
        assert_eq!(app.rows::<stop::Entity>().await[0].cause, stop::Cause::Mismatch);
        app.advance(TimeDelta::minutes(1));
        app.run_jobs().await;
    })
    .await;
}
