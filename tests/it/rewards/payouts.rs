//! Money on its way: what is unknown is asked about, the same number is handed over again, and nobody is paid twice.

use chrono::TimeDelta;
use entity::rewards::{
    block, grant,
    payout::State,
    payout_event,
    stop::{self, Cause},
};
use huilian::rewards::payout::{answer::Kind, state::may};

use super::{books, budget, by, give, money, only, pass, person, running, scripted::Fault};

#[actix_web::test]
async fn a_payout_waits_for_the_person_and_is_paid_when_they_take_it() {
    money(async |app, wechat| {
        let campaign = running(app, serde_json::json!({})).await;
        let granted = give(app, person(app, 1).await, campaign, "a").await;
        assert_eq!((granted.state, granted.amount), (grant::State::Paying, 1000));
        assert_eq!(budget(app, campaign).await, [10_000, 1_000, 0, 0]);
        assert_eq!(wechat.count("send"), 0, "nothing is called before the commit");
        app.run_jobs().await;
        let row = only(app).await;
        assert_eq!((row.state, row.attempts), (State::WaitingUser, 1));
        assert_eq!(budget(app, campaign).await, [10_000, 0, 1_000, 0]);
        assert!(row.package.as_deref().is_some_and(|sealed| sealed.starts_with("v1.") && !sealed.contains("ABBQO")));
        assert!((20..=28).contains(&row.out_no.len()) && row.out_no.chars().all(|c| c.is_ascii_alphanumeric()));
        wechat.take(&row.out_no);
        pass(app, TimeDelta::minutes(3)).await;
        let row = only(app).await;
        assert_eq!((row.state, row.next_at, row.package), (State::Paid, None, None));
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 1_000]);
        books(app, campaign).await;
        let steps = app.rows::<payout_event::Entity>().await;
        let path: Vec<_> = steps.iter().map(|step| step.to_state).collect();
        assert_eq!(path, [State::Submitting, State::WaitingUser, State::Paid]);
        assert!(steps.iter().all(|step| may(step.from_state, step.to_state)));
        assert_eq!(super::grants(app).await[0].state, grant::State::Given);
    })
    .await;
}

#[actix_web::test]
async fn whatever_is_lost_is_asked_about_and_paid_once_under_one_number() {
    for fault in [Fault::LostBefore, Fault::LostAfter, Fault::DiesBefore, Fault::DiesAfter, Fault::Processing] {
        money(async |app, wechat| {
            let campaign = running(app, serde_json::json!({})).await;
            wechat.fail_sends([fault.clone()]);
            wechat.fail_asks([Fault::LostBefore, Fault::NotFound, Fault::DiesBefore]);
            give(app, person(app, 1).await, campaign, "a").await;
            app.run_jobs().await;
            assert_eq!(budget(app, campaign).await, [10_000, 1_000, 0, 0], "{fault:?}: unknown frees nothing");
            wechat.work();
            pass(app, TimeDelta::hours(2)).await;
            let row = only(app).await;
            assert_eq!(row.state, State::WaitingUser, "{fault:?}: {row:?}");
            assert_eq!(wechat.numbers(), std::slice::from_ref(&row.out_no), "{fault:?}");
            assert_eq!(wechat.record().mismatches, 0);
            wechat.take(&row.out_no);
            pass(app, TimeDelta::hours(7)).await;
            assert_eq!((only(app).await.state, wechat.paid()), (State::Paid, 1_000), "{fault:?}");
            books(app, campaign).await;
        })
        .await;
    }
}

#[actix_web::test]
async fn an_empty_merchant_stops_and_goes_on_with_the_same_number() {
    money(async |app, wechat| {
        let campaign = running(app, serde_json::json!({})).await;
        wechat.fail_sends([Fault::Refused(Kind::NotEnough)]);
        give(app, person(app, 1).await, campaign, "a").await;
        app.run_jobs().await;
        let row = only(app).await;
        assert_eq!((row.state, row.code.as_deref()), (State::Unknown, Some("NOTENOUGH")));
        let brakes = app.rows::<stop::Entity>().await;
        assert_eq!((brakes[0].scope.as_str(), brakes[0].cause), ("merchant:main", Cause::Circuit));
        // Somebody else of the same merchant is not tried at all meanwhile.
        give(app, person(app, 2).await, campaign, "b").await;
        app.run_jobs().await;
        assert_eq!(wechat.count("send"), 1);
        pass(app, TimeDelta::hours(1)).await;
        assert_eq!(wechat.numbers().len(), 2);
        let rows = super::payouts(app).await;
        assert!(rows.iter().all(|row| row.state == State::WaitingUser), "{rows:?}");
        assert!(wechat.record().calls.iter().any(|(call, number)| *call == "ask" && *number == row.out_no));
    })
    .await;
}

#[actix_web::test]
async fn a_risk_is_never_tried_again_and_holds_the_person_back() {
    money(async |app, wechat| {
        let campaign = running(app, serde_json::json!({})).await;
        wechat.fail_sends([Fault::Refused(Kind::Risk)]);
        let member = person(app, 1).await;
        give(app, member, campaign, "a").await;
        pass(app, TimeDelta::hours(60)).await;
        let row = only(app).await;
        assert_eq!((row.state, row.review.as_deref(), wechat.count("send")), (State::Unknown, Some("risk"), 1));
        assert_eq!(budget(app, campaign).await, [10_000, 1_000, 0, 0], "it stays reserved until it is sure");
        let blocks = app.rows::<block::Entity>().await;
        assert_eq!((blocks[0].member_id, blocks[0].code.as_str()), (member, "risk"));
        let refused = give(app, member, campaign, "b").await;
        assert_eq!(refused.why.as_str(), "blocked");
    })
    .await;
}

#[actix_web::test]
async fn caps_of_the_day_are_waited_for() {
    for kind in [Kind::UserDayCap, Kind::MerchantDayCap] {
        money(async |app, wechat| {
            let campaign = running(app, serde_json::json!({})).await;
            wechat.fail_sends([Fault::Refused(kind)]);
            give(app, person(app, 1).await, campaign, "a").await;
            pass(app, TimeDelta::hours(13)).await;
            assert_eq!((wechat.count("send"), only(app).await.state), (1, State::Unknown), "{kind:?}: before midnight");
            pass(app, TimeDelta::hours(2)).await;
            assert_eq!((wechat.count("send"), only(app).await.state), (2, State::WaitingUser), "{kind:?}");
            assert_eq!(wechat.numbers().len(), 1);
        })
        .await;
    }
}

#[actix_web::test]
async fn what_never_landed_waits_for_staff_and_frees_nothing_by_itself() {
    money(async |app, wechat| {
        let campaign = running(app, serde_json::json!({})).await;
        wechat.fail_sends([Fault::Refused(Kind::Never)]);
        give(app, person(app, 1).await, campaign, "a").await;
        pass(app, TimeDelta::hours(40)).await;
        let row = only(app).await;
        assert_eq!((row.state, row.review.as_deref()), (State::Unknown, Some("refused")));
        let close = async || {
            let id = row.id;
            app.app
                .db
                .tx(async |tx: &huilian::infra::db::Tx| huilian::rewards::payout::close(tx, id, by(app)).await)
                .await
        };
        assert!(close().await.is_err(), "too early");
        pass(app, TimeDelta::hours(20)).await;
        assert_eq!(budget(app, campaign).await, [10_000, 1_000, 0, 0]);
        assert_eq!(close().await.expect("closed").state, State::Rejected);
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 0]);
        assert_eq!(wechat.count("send"), 1);
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn accepted_and_failed_later_is_rejected_by_a_question_only() {
    money(async |app, wechat| {
        let campaign = running(app, serde_json::json!({})).await;
        wechat.fail_sends([Fault::AcceptedThenFails]);
        give(app, person(app, 1).await, campaign, "a").await;
        app.run_jobs().await;
        assert_eq!(only(app).await.state, State::Unknown);
        wechat.work();
        pass(app, TimeDelta::hours(1)).await;
        assert_eq!((only(app).await.state, budget(app, campaign).await), (State::Rejected, [10_000, 0, 0, 0]));
        assert_eq!(super::grants(app).await[0].state, grant::State::Returned);
    })
    .await;
}

#[actix_web::test]
async fn the_same_number_with_other_content_stops_the_merchant() {
    money(async |app, wechat| {
        let campaign = running(app, serde_json::json!({})).await;
        wechat.fail_sends([Fault::Refused(Kind::Mismatch)]);
        give(app, person(app, 1).await, campaign, "a").await;
        give(app, person(app, 2).await, campaign, "b").await;
        pass(app, TimeDelta::hours(3)).await;
        let brakes = app.rows::<stop::Entity>().await;
        assert!(brakes.iter().any(|brake| brake.cause == Cause::Mismatch && brake.until.is_none()), "{brakes:?}");
        assert_eq!(wechat.count("send"), 1, "nothing more leaves");
    })
    .await;
}
