//! With the sandbox as WeChat Pay, by real HTTP: payouts and bills are WeChat's own.

use chrono::TimeDelta;
use entity::{
    identity::identity::Source,
    rewards::{payout, payout::State as Stood, reconciliation::State as DayState, reconciliation_case::Kind, stop},
    types::MemberId,
};
use huilian::{
    identity::{Claim, Claims, resolve},
    infra::{
        calendar::{Day, day_of, days_after},
        db::Tx,
    },
    rewards::payout::cancel,
    sandbox::{FaultKind, MerchantOptions, NewFault},
    wechat::pay::Answer,
};
use serde_json::json;

use super::{cases, day, named, next_morning, number, sides, today};
use crate::{
    rewards::{by, give, pass, running},
    support::{Follower, TestApp, story_with},
};

/// A story whose merchant the sandbox plays.
async fn till(test: impl AsyncFnOnce(&TestApp)) {
    let merchant = || vec![MerchantOptions::new("main", "1900000001", "惠联样板店")];
    story_with(
        |settings| settings.sandbox.merchants = merchant(),
        async |app| {
            app.run_jobs().await;
            test(app).await;
            app.sandbox.settled().await;
            app.run_jobs().await;
        },
    )
    .await;
}

/// The member that a person of the sandbox is.
async fn member(app: &TestApp, person: &Follower<'_>) -> MemberId {
    let claim = Claim::open_id(&"brand".parse().expect("a key"), &person.open_id("brand"));
    let claims = Claims { source: Source::MiniLogin, at: app.clock.now(), claims: vec![claim] };
    app.app.db.tx(async |tx: &Tx| resolve(tx, &claims).await).await.expect("a member").member
}

/// What the sandbox's own ledger says of a day: count, out, in.
fn ledger(app: &TestApp, day: Day) -> [i64; 3] {
    let movements = app.sandbox.ledger("main").expect("a ledger");
    let of_day = || movements.iter().filter(|movement| day_of(movement.at) == day && movement.number.starts_with("HL"));
    let sum = |income: bool| of_day().filter(|one| one.kind.is_income() == income).map(|one| one.amount).sum();
    [i64::try_from(of_day().count()).expect("a number"), sum(false), sum(true)]
}

async fn states(app: &TestApp) -> Vec<Stood> {
    app.rows::<payout::Entity>().await.into_iter().map(|row| row.state).collect()
}

#[actix_web::test]
async fn what_was_paid_lapsed_and_was_taken_back_stands_in_wechats_bills_to_the_fen() {
    till(async |app| {
        let first = today(app);
        let people = [app.follower("甲").await, app.follower("乙").await, app.follower("丙").await];
        let transfers = running(app, json!({})).await;
        let packet = json!({ "gives": {
            "kind": "red_packet", "merchant": "main", "account": "brand", "send_name": "惠联样板店",
            "wishing": "感谢参加", "act_name": "拉新有礼", "remark": "邀请奖励",
        }, "amount": { "kind": "fixed", "amount": 300 } });
        let packets = running(app, packet).await;
        for person in &people {
            let member = member(app, person).await;
            give(app, member, transfers, &format!("t-{}", person.id)).await;
            give(app, member, packets, &format!("p-{}", person.id)).await;
        }
        pass(app, TimeDelta::minutes(10)).await;
        assert_eq!(states(app).await, [Stood::WaitingUser; 6]);
        // The first takes both, the second neither; the third's transfer is taken back.
        let wallet = |person: &Follower<'_>| app.sandbox.wallet(&person.id).expect("a wallet");
        app.sandbox.confirm_transfer(&people[0].id, wallet(&people[0]).transfers[0].id).expect("confirmed");
        app.sandbox.open_packet(&people[0].id, wallet(&people[0]).packets[0].id).expect("opened");
        let rows = app.rows::<payout::Entity>().await;
        let third = member(app, &people[2]).await;
        let back = rows.iter().find(|row| row.member_id == third && row.campaign_id == transfers).expect("a payout");
        app.app.db.tx(async |tx: &Tx| cancel(tx, back.id, by(app)).await).await.expect("taken back");
        pass(app, TimeDelta::hours(23)).await;
        next_morning(app).await;
        pass(app, TimeDelta::hours(20)).await;
        next_morning(app).await;
        let ended = states(app).await;
        let count = |wanted: Stood| ended.iter().filter(|state| **state == wanted).count();
        assert_eq!((count(Stood::Paid), count(Stood::Returned)), (2, 4), "{ended:?}");
        for date in [first, days_after(first, 1)] {
            let row = day(app, date).await;
            assert_eq!((row.state, sides(&row)), (DayState::Balanced, [ledger(app, date); 2]), "{row:?}");
        }
        assert_eq!(ledger(app, first), [7, 3 * 1_300, 1_000]);
        assert_eq!(ledger(app, days_after(first, 1)), [3, 0, 1_600]);
        assert_eq!(cases(app).await, []);
        assert!(app.rows::<stop::Entity>().await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_bill_that_breaks_off_is_fetched_again_until_it_is_whole() {
    till(async |app| {
        let date = today(app);
        let person = app.follower("甲").await;
        let campaign = running(app, json!({})).await;
        give(app, member(app, &person).await, campaign, "a").await;
        pass(app, TimeDelta::minutes(10)).await;
        for (endpoint, kind) in [
            ("/v3/bill/fundflowbill", FaultKind::Http { status: 502 }),
            ("/v3/bill/fundflowbill", FaultKind::WrongSignature),
            ("/v3/billdownload/file", FaultKind::ResetBefore),
            ("/v3/billdownload/file", FaultKind::Truncated),
        ] {
            app.sandbox.add_fault(NewFault::once(endpoint, kind)).expect("a fault");
        }
        next_morning(app).await;
        let mut tries = 1;
        while day(app, date).await.state == DayState::Waiting {
            assert!(tries < 8, "{:?}", day(app, date).await);
            let next = day(app, date).await.next_at.expect("another time");
            app.advance(next - app.clock.now());
            app.run_jobs().await;
            tries += 1;
        }
        let row = day(app, date).await;
        assert_eq!((row.state, row.attempts, sides(&row)), (DayState::Balanced, 5, [ledger(app, date); 2]));
    })
    .await;
}

#[actix_web::test]
async fn money_that_leaves_beside_the_books_is_found_and_stops_the_merchant() {
    till(async |app| {
        let date = today(app);
        let person = app.follower("甲").await;
        let campaign = running(app, json!({})).await;
        give(app, member(app, &person).await, campaign, "a").await;
        pass(app, TimeDelta::minutes(10)).await;
        let leak = number(app);
        // And other business of the same merchant.
        for (number, amount) in [(leak.as_str(), 8_800), ("WAGES1", 500)] {
            let sent = app.main().create_transfer(&app.transfer_to(&person, number, amount)).await;
            assert!(matches!(sent, Answer::Done(_)), "{sent:?}");
        }
        next_morning(app).await;
        let (row, found) = (day(app, date).await, cases(app).await);
        // The merchant's account was filled on that day.
        assert_eq!((row.state, row.other_count, row.other_out.get()), (DayState::Different, 2, 500));
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].number.as_str(), named(&found[0])),
            (leak.as_str(), (Kind::MissingHere, [0, 0], [8_800, 0]))
        );
        let brakes = app.rows::<stop::Entity>().await;
        assert_eq!((brakes[0].scope.as_str(), brakes[0].cause), ("merchant:main", stop::Cause::Mismatch));
    })
    .await;
}
