//! What becomes of an invitation: leaving, refunds, late and repeated facts, pauses.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    jobs::event,
    referral::{invitation::State, reward},
    tracking::touch,
    types::MemberId,
};
use huilian::{
    identity::followers,
    infra::{clock::Time, db::Tx},
    referral::program,
    tracking::touches,
    wechat::{
        account::Format,
        intake::Received,
        message::{Fields, Push},
    },
};
use reqwest::StatusCode;
use serde_json::json;

use super::{by, came, code_of, has, inviter, only, pass, person, registered, rewards, running, stands};
use crate::{
    identity::unheard,
    support::{TestApp, story},
};

/// A follow or a leave of somebody under a number, as if WeChat told of it only now.
pub async fn told(app: &TestApp, number: u32, at: Time, follows: Option<&str>) {
    let account = app.account("brand");
    let event = if follows.is_some() { "subscribe" } else { "unsubscribe" };
    let scene = follows.filter(|scene| !scene.is_empty()).map(|scene| format!("qrscene_{scene}")).unwrap_or_default();
    let fields = Fields::new()
        .with("ToUserName", account.original_id.as_str())
        .with("FromUserName", format!("oPerson{number:021}").as_str())
        .with("CreateTime", at.timestamp())
        .with("MsgType", "event")
        .with("Event", event)
        .with("EventKey", scene.as_str());
    let push = Push::read(fields.write(Format::Xml), Format::Xml).expect("a push");
    let push = Received::new(account, push, app.clock.now());
    let taken = app.app.db.tx(async |tx: &Tx| {
        followers::seen(tx, &[&push]).await?;
        touches::record(tx, &[&push]).await
    });
    taken.await.expect("a push");
}

#[actix_web::test]
async fn who_leaves_soon_takes_everything_back_and_cannot_come_again() {
    story(async |app| {
        let program = running(app, json!({ "mature_days": 1, "leave_days": 5 })).await;
        let (friend, code) = inviter(app, "林小满", program).await;
        let member: MemberId = friend.member().await.parse().expect("an id");
        app.advance(TimeDelta::minutes(1));
        let guest = app.person("周一鸣");
        guest.follow_by("brand", &format!("i.{code}")).await;
        pass(app, TimeDelta::days(1)).await;
        assert_eq!((only(app).await.state, has(app, member).await), (State::Rewarded, 10));
        app.advance(TimeDelta::days(3));
        guest.unfollow("brand").await;
        app.run_jobs().await;
        let row = only(app).await;
        assert_eq!((row.state, row.why.as_str()), (State::Reversed, "left_early"), "{row:?}");
        assert_eq!((has(app, member).await, has(app, row.invitee).await), (0, 0));
        let kept = app.rows::<reward::Entity>().await;
        assert!(kept.iter().all(|row| row.state == reward::State::TakenBack && row.back == row.amount), "{kept:?}");
        guest.follow("brand").await;
        pass(app, TimeDelta::days(9)).await;
        assert_eq!((only(app).await.state, has(app, member).await), (State::Reversed, 0));
    })
    .await;
}

#[actix_web::test]
async fn who_leaves_unheard_is_found_out_when_followers_are_compared() {
    story(async |app| {
        let program = running(app, json!({ "mature_days": 1, "leave_days": 5 })).await;
        let (friend, code) = inviter(app, "林小满", program).await;
        let member: MemberId = friend.member().await.parse().expect("an id");
        app.advance(TimeDelta::minutes(1));
        let guest = app.person("周一鸣");
        guest.follow_by("brand", &format!("i.{code}")).await;
        pass(app, TimeDelta::days(1)).await;
        assert_eq!((only(app).await.state, has(app, member).await), (State::Rewarded, 10));
        unheard(app, async || drop(guest.unfollow("brand").await)).await;
        app.advance(TimeDelta::hours(1));
        for _ in 0..2 {
            let staff = app.staff(Role::Manager).await;
            let started = staff.post("/api/admin/v1/followers/sync", &json!({ "account": "brand" })).await;
            assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
            app.run_jobs().await;
            let row = only(app).await;
            assert_eq!(
                (row.state, row.why.as_str(), has(app, member).await),
                (State::Reversed, "left_early", 0),
                "{row:?}"
            );
        }
        let left = app.rows::<touch::Entity>().await.into_iter().filter(|touch| touch.kind == touch::Kind::Unfollow);
        assert_eq!(left.count(), 1, "it is written down once");
        unheard(app, async || drop(guest.follow("brand").await)).await;
        app.advance(TimeDelta::hours(1));
        app.staff(Role::Manager).await.post("/api/admin/v1/followers/sync", &json!({ "account": "brand" })).await;
        app.run_jobs().await;
        let follows = app.rows::<touch::Entity>().await.into_iter().filter(|touch| touch.kind == touch::Kind::Follow);
        assert_eq!(follows.count(), 2, "so is their return");
        assert_eq!((only(app).await.state, has(app, member).await), (State::Reversed, 0));
    })
    .await;
}

#[actix_web::test]
async fn what_is_spent_stays_spent_and_is_said() {
    story(async |app| {
        let program = running(app, json!({ "mature_days": 0, "leave_days": 5 })).await;
        let (friend, code) = inviter(app, "林小满", program).await;
        let member: MemberId = friend.member().await.parse().expect("an id");
        app.advance(TimeDelta::minutes(1));
        let guest = app.person("周一鸣");
        guest.follow_by("brand", &format!("i.{code}")).await;
        app.run_jobs().await;
        crate::points::try_spend(app, &crate::points::purchase(member, 4, "mug")).await.expect("enough");
        guest.unfollow("brand").await;
        app.run_jobs().await;
        let kept = app.rows::<reward::Entity>().await;
        let of = |role| kept.iter().find(|row| row.role == role).map(|row| (row.back, row.gone)).expect("a reward");
        assert_eq!((of(reward::Role::Inviter), of(reward::Role::Invitee)), ((6, 4), (5, 0)));
        assert_eq!(has(app, member).await, 0);
    })
    .await;
}

#[actix_web::test]
async fn a_refund_reverses_and_buying_again_earns_again() {
    story(async |app| {
        let wanted = json!({ "qualification": { "purchase_fen": 5_000 }, "mature_days": 1, "leave_days": null });
        let program = running(app, wanted).await;
        let one = person(app, 1).await;
        let code = code_of(app, program, one).await;
        app.advance(TimeDelta::minutes(1));
        let guest = person(app, 2).await;
        came(app, 2, &code, app.clock.now(), Default::default()).await;
        app.run_jobs().await;
        let record = async |path: &str, body: serde_json::Value| {
            // Sessions of staff do not last for days.
            let staff = app.staff(Role::Headquarters).await;
            let key = format!("record-{}", app.app.random.token());
            staff.post_once(&format!("/api/admin/v1/orders{path}"), &key, &body).await.status
        };
        let paid = |number: &str, fen: i64| {
            json!({ "source": "pos", "number": number, "member": guest, "amount_fen": fen, "at": app.clock.now() })
        };
        let back = |order: &str, number: &str, fen: i64| {
            json!({ "source": "pos", "order": order, "number": number, "amount_fen": fen, "at": app.clock.now() })
        };
        assert_eq!(record("", paid("A1", 4_999)).await, StatusCode::OK);
        assert_eq!(record("", paid("A1", 4_999)).await, StatusCode::OK, "told twice");
        assert_eq!(record("", paid("A1", 6_000)).await, StatusCode::CONFLICT, "another one by that number");
        pass(app, TimeDelta::days(1)).await;
        assert_eq!(only(app).await.state, State::Registered, "a fen too little");
        assert_eq!(record("", paid("A2", 6_000)).await, StatusCode::OK);
        pass(app, TimeDelta::days(1)).await;
        let row = only(app).await;
        assert_eq!((row.state, row.value_fen, has(app, one).await), (State::Rewarded, 10_999, 10));
        assert_eq!(record("/refunds", back("A2", "R1", 1_000)).await, StatusCode::NO_CONTENT);
        app.run_jobs().await;
        assert_eq!(only(app).await.state, State::Rewarded, "enough is left");
        assert_eq!(record("/refunds", back("A2", "R2", 5_001)).await, StatusCode::CONFLICT, "more than was paid");
        assert_eq!(record("/refunds", back("A2", "R2", 1)).await, StatusCode::NO_CONTENT);
        assert_eq!(record("/refunds", back("A2", "R2", 1)).await, StatusCode::NO_CONTENT, "told twice");
        app.run_jobs().await;
        let row = only(app).await;
        assert_eq!((row.state, row.why.as_str(), has(app, one).await), (State::Reversed, "refunded", 0));
        // The refund is told before the purchase.
        assert_eq!(record("/refunds", back("A3", "R3", 7_000)).await, StatusCode::NO_CONTENT);
        app.advance(TimeDelta::minutes(1));
        assert_eq!(record("", paid("A3", 7_000)).await, StatusCode::OK);
        app.run_jobs().await;
        assert_eq!(only(app).await.state, State::Reversed);
        assert_eq!(record("", paid("A4", 5_000)).await, StatusCode::OK);
        app.run_jobs().await;
        assert_eq!((only(app).await.state, has(app, one).await), (State::Rewarded, 10));
        assert_eq!(rewards(app, one).await, [(reward::Role::Inviter, 2)], "by a key of its own");
    })
    .await;
}

#[actix_web::test]
async fn facts_may_come_late_twice_and_in_any_order() {
    story(async |app| {
        let program = running(app, json!({ "leave_days": null })).await;
        let (one, two) = (person(app, 1).await, person(app, 2).await);
        let (first, second) = (code_of(app, program, one).await, code_of(app, program, two).await);
        let start = app.clock.now();
        let hour = |hours| start + TimeDelta::hours(hours);
        app.advance(TimeDelta::hours(10));
        // What happened at 5 is told first, then what happened at 3, twice.
        came(app, 7, &second, hour(4), Default::default()).await;
        let guest = registered(app, 7, hour(5)).await;
        told(app, 7, hour(5), Some("")).await;
        app.run_jobs().await;
        assert_eq!(rows_of(app, guest).await, (State::Qualified, Some(two)));
        for _ in 0..2 {
            came(app, 7, &first, hour(3), Default::default()).await;
        }
        app.run_jobs().await;
        assert_eq!(rows_of(app, guest).await, (State::Qualified, Some(one)), "the first one, told last");
        pass(app, TimeDelta::days(2)).await;
        assert_eq!((has(app, one).await, has(app, two).await), (10, 0));
        // An even earlier follow turns up: they were there before anybody invited them.
        told(app, 7, hour(1), Some("")).await;
        app.run_jobs().await;
        assert_eq!(stands(app, guest).await, (State::Reversed, "not_new".to_owned()));
        assert_eq!((has(app, one).await, has(app, two).await), (0, 0));
    })
    .await;
}

async fn rows_of(app: &TestApp, member: MemberId) -> (State, Option<MemberId>) {
    let row = super::rows(app).await.into_iter().find(|row| row.invitee == member).expect("an invitation");
    (row.state, row.inviter)
}

#[actix_web::test]
async fn while_a_program_is_paused_nothing_is_given() {
    story(async |app| {
        let program = running(app, json!({ "qualification": {}, "mature_days": 1, "leave_days": null })).await;
        let one = person(app, 1).await;
        let code = code_of(app, program, one).await;
        app.advance(TimeDelta::minutes(1));
        came(app, 2, &code, app.clock.now(), Default::default()).await;
        person(app, 2).await;
        app.run_jobs().await;
        app.advance(TimeDelta::minutes(1));
        app.app.db.tx(async |tx: &Tx| program::pause(tx, program, by(app, 2)).await).await.expect("a pause");
        pass(app, TimeDelta::days(2)).await;
        let row = only(app).await;
        assert_eq!((row.state, row.why.as_str(), has(app, one).await), (State::Matured, "program_paused", 0));
        app.app.db.tx(async |tx: &Tx| program::run(tx, program, by(app, 3)).await).await.expect("a run");
        app.run_jobs().await;
        assert_eq!((only(app).await.state, has(app, one).await), (State::Rewarded, 10));
    })
    .await;
}

#[actix_web::test]
async fn what_a_campaign_refuses_is_said_and_not_asked_for_again() {
    story(async |app| {
        let nothing = crate::rewards::running(
            app,
            json!({ "gives": { "kind": "points" }, "amount": { "kind": "fixed", "amount": 10 }, "budget": 10 }),
        )
        .await;
        let wanted = json!({ "qualification": {}, "mature_days": 0, "rewards": { "inviter": nothing } });
        let program = running(app, wanted).await;
        let one = person(app, 1).await;
        let code = code_of(app, program, one).await;
        app.advance(TimeDelta::minutes(1));
        for number in 2..4 {
            came(app, number, &code, app.clock.now(), Default::default()).await;
            person(app, number).await;
            app.run_jobs().await;
        }
        let mut states: Vec<_> = super::rows(app).await.into_iter().map(|row| (row.state, row.why)).collect();
        states.sort();
        let (given, refused) = ((State::Rewarded, "counts".to_owned()), (State::Matured, "reward_refused".to_owned()));
        assert_eq!(states, [refused, given]);
        assert_eq!(has(app, one).await, 10);
    })
    .await;
}

#[actix_web::test]
async fn whose_somebody_is_is_written_before_anything_is_given() {
    story(async |app| {
        let program = running(app, json!({ "qualification": {}, "mature_days": 0 })).await;
        let one = person(app, 1).await;
        let code = code_of(app, program, one).await;
        app.advance(TimeDelta::minutes(1));
        came(app, 2, &code, app.clock.now(), Default::default()).await;
        person(app, 2).await;
        app.run_jobs().await;
        assert_eq!((only(app).await.state, has(app, one).await), (State::Rewarded, 10));
        let mut facts = app.rows::<event::Entity>().await;
        facts.sort_by_key(|fact| fact.id);
        let told: Vec<String> = facts
            .iter()
            .filter_map(|fact| match fact.kind.as_str() {
                "referral.moved" => fact.payload.get("to").and_then(|to| to.as_str()).map(str::to_owned),
                "reward.granted" => Some("a grant".to_owned()),
                _ => None,
            })
            .collect();
        assert_eq!(told, ["qualified", "a grant", "a grant", "rewarded"]);
    })
    .await;
}
