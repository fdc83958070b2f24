//! What each rule of the guard sees in real rows: something that it holds, and something that it does not.

use chrono::TimeDelta;
use entity::{
    referral::{finding, invitation::State},
    types::{MemberId, ReferralProgramId},
};
use huilian::{infra::db::Tx, rewards::block::block, tracking::origin::Origin};
use serde_json::{Value, json};

use super::{came, code_of, life::told, pass, person, registered, rows, running};
use crate::support::{TestApp, story};

/// Only this rule looks.
fn only_rule(name: &str, setting: Value) -> Value {
    let mut guard = super::unguarded();
    guard[name] = setting;
    json!({ "qualification": {}, "mature_days": 1, "leave_days": 5, "guard": guard })
}

async fn inviter(app: &TestApp, program: ReferralProgramId, number: u32) -> (MemberId, String) {
    let member = person(app, number).await;
    let code = code_of(app, program, member).await;
    app.advance(TimeDelta::minutes(1));
    (member, code)
}

fn from(device: &str, network: &str) -> Origin {
    Origin { device: Some(device.to_owned()), network: Some(network.to_owned()) }
}

/// Somebody new comes by a code.
async fn guest(app: &TestApp, number: u32, code: &str, origin: Origin) -> MemberId {
    came(app, number, code, app.clock.now(), origin).await;
    let member = person(app, number).await;
    app.run_jobs().await;
    member
}

/// The states of all invitations after everything has matured, in the order in which they came.
async fn states(app: &TestApp) -> Vec<State> {
    pass(app, TimeDelta::days(1)).await;
    let mut rows = rows(app).await;
    rows.sort_by_key(|row| row.id);
    rows.into_iter().map(|row| row.state).collect()
}

const HELD: State = State::Held;
const FINE: State = State::Rewarded;

#[actix_web::test]
async fn one_device_or_network_for_many_is_held_when_it_is_one_too_many() {
    story(async |app| {
        let program = running(app, only_rule("same_device", json!({ "mode": "hold", "most": 1 }))).await;
        let (_, code) = inviter(app, program, 1).await;
        for (number, device) in [(10, "a"), (11, "a"), (12, "b"), (13, "b"), (14, "b")] {
            guest(app, number, &code, from(device, "n")).await;
        }
        // The third on a device shows what the first two are part of, once they are looked at again.
        assert_eq!(states(app).await, [FINE, FINE, HELD, HELD, HELD]);
        assert!(app.rows::<finding::Entity>().await.iter().all(|row| row.rule == "same_device"));
    })
    .await;
    story(async |app| {
        let setting = json!({ "mode": "hold", "most": 1, "minutes": 60 });
        let program = running(app, only_rule("network_burst", setting)).await;
        let (_, code) = inviter(app, program, 1).await;
        for (number, network) in [(10, "home"), (11, "home"), (12, "farm"), (13, "farm"), (14, "farm")] {
            guest(app, number, &code, from(&number.to_string(), network)).await;
        }
        app.advance(TimeDelta::minutes(61));
        guest(app, 15, &code, from("15", "home")).await;
        assert_eq!(states(app).await, [FINE, FINE, HELD, HELD, HELD, FINE], "an hour later is another burst");
    })
    .await;
}

#[actix_web::test]
async fn numbers_of_one_block_are_held_and_others_not() {
    story(async |app| {
        let setting = json!({ "mode": "hold", "most": 1, "minutes": 60 });
        let program = running(app, only_rule("phone_burst", setting)).await;
        let (friend, code) = super::inviter(app, "林小满", program).await;
        app.advance(TimeDelta::minutes(1));
        for (name, phone) in [
            ("一", "13800000001"),
            ("二", "13800009999"),
            ("三", "13911111111"),
            ("四", "13911112222"),
            ("五", "13911113333"),
        ] {
            let guest = app.person(name).log_in("shop").await;
            super::touch(&guest, &code, "typed").await;
            guest.give_phone(phone).await;
            app.run_jobs().await;
        }
        assert_eq!(states(app).await, [FINE, FINE, HELD, HELD, HELD]);
        drop(friend);
    })
    .await;
}

#[actix_web::test]
async fn who_invites_faster_than_people_do_is_held_and_who_takes_their_time_is_not() {
    story(async |app| {
        let program = running(app, only_rule("velocity", json!({ "mode": "hold", "most": 1, "minutes": 10 }))).await;
        let (_, slow) = inviter(app, program, 1).await;
        let (_, fast) = inviter(app, program, 2).await;
        for number in 10..13 {
            guest(app, number, &slow, Origin::default()).await;
            app.advance(TimeDelta::minutes(11));
        }
        for number in 20..23 {
            guest(app, number, &fast, Origin::default()).await;
            app.advance(TimeDelta::minutes(1));
        }
        assert_eq!(states(app).await, [FINE, FINE, FINE, HELD, HELD, HELD]);
    })
    .await;
}

#[actix_web::test]
async fn a_star_of_empty_accounts_is_held_and_a_circle_of_friends_is_not() {
    story(async |app| {
        let program = running(app, only_rule("star", json!({ "mode": "hold", "most": 50 }))).await;
        let (_, star) = inviter(app, program, 1).await;
        let (_, friends) = inviter(app, program, 2).await;
        for number in 10..20 {
            guest(app, number, &star, Origin::default()).await;
        }
        for number in 30..40 {
            let member = guest(app, number, &friends, Origin::default()).await;
            let bought = huilian::orders::Paid {
                source: "pos".to_owned(),
                number: number.to_string(),
                member,
                amount: 100_i64.try_into().expect("fen"),
                at: app.clock.now(),
            };
            app.app.db.tx(async |tx: &Tx| huilian::orders::paid(tx, &bought).await).await.expect("a purchase");
        }
        let states = states(app).await;
        assert_eq!(states[..10], [HELD; 10]);
        assert_eq!(states[10..], [FINE; 10]);
    })
    .await;
}

#[actix_web::test]
async fn rings_are_held_and_chains_are_not() {
    story(async |app| {
        let program = running(app, only_rule("ring", json!({ "mode": "hold" }))).await;
        let (_, first) = inviter(app, program, 1).await;
        let two = guest(app, 2, &first, Origin::default()).await;
        let second = code_of(app, program, two).await;
        app.advance(TimeDelta::minutes(1));
        let three = guest(app, 3, &second, Origin::default()).await;
        assert_eq!(states(app).await, [FINE, FINE], "a chain");
        // The first one uses the code of the third, and then somebody comes by the first one's.
        let third = code_of(app, program, three).await;
        came(app, 1, &third, app.clock.now(), Origin::default()).await;
        app.run_jobs().await;
        let held = super::stands(app, two).await;
        assert_eq!(held.0, FINE, "what is paid is not held afterwards");
        // In a program of its own both happen before anything has matured.
        let program = running(app, only_rule("ring", json!({ "mode": "hold" }))).await;
        let (one, first) = inviter(app, program, 51).await;
        app.advance(TimeDelta::minutes(1));
        let two = guest(app, 52, &first, Origin::default()).await;
        let second = code_of(app, program, two).await;
        came(app, 51, &second, app.clock.now(), Origin::default()).await;
        pass(app, TimeDelta::days(1)).await;
        assert_eq!(super::stands(app, two).await.0, HELD);
        assert_eq!(super::stands(app, one).await.1, "not_new", "and the way back does not count");
    })
    .await;
}

#[actix_web::test]
async fn an_inviter_whose_friends_leave_at_once_is_held() {
    for (leavers, expected) in [(2, FINE), (3, HELD)] {
        story(async |app| {
            let setting = json!({ "mode": "hold", "most": 2, "minutes": 1_440 });
            let program = running(app, only_rule("immediate_unfollow", setting)).await;
            let (_, code) = inviter(app, program, 1).await;
            for number in 10..10 + leavers {
                let now = app.clock.now();
                came(app, number, &code, now, Origin::default()).await;
                registered(app, number, now).await;
                told(app, number, now, Some("")).await;
                told(app, number, now + TimeDelta::seconds(30), None).await;
                app.run_jobs().await;
                app.advance(TimeDelta::minutes(1));
                app.run_jobs().await;
            }
            let stays = guest(app, 40, &code, Origin::default()).await;
            pass(app, TimeDelta::days(1)).await;
            assert_eq!(super::stands(app, stays).await.0, expected, "{leavers} have left");
        })
        .await;
    }
}

#[actix_web::test]
async fn whom_wechat_warns_of_or_another_program_bans_is_held() {
    story(async |app| {
        let program = running(app, only_rule("risk_rank", json!({ "mode": "hold" }))).await;
        let (_, code) = inviter(app, program, 1).await;
        let risky = person(app, 2).await;
        app.app.db.tx(async |tx: &Tx| block(tx, risky, "rank 4", None).await).await.expect("a block");
        // Known a moment before, so told of a moment before.
        came(app, 2, &code, app.clock.now(), Origin::default()).await;
        guest(app, 3, &code, Origin::default()).await;
        assert_eq!(states(app).await, [HELD, FINE]);
    })
    .await;
    story(async |app| {
        let (banned, honest) = (person(app, 1).await, person(app, 2).await);
        running(app, json!({ "banned": [banned] })).await;
        let program = running(app, only_rule("banned_inviter", json!({ "mode": "hold" }))).await;
        app.advance(TimeDelta::minutes(1));
        for (number, who) in [(10, banned), (11, honest)] {
            let code = code_of(app, program, who).await;
            guest(app, number, &code, Origin::default()).await;
        }
        assert_eq!(states(app).await, [HELD, FINE]);
    })
    .await;
}

#[actix_web::test]
async fn watching_holds_nobody_and_trust_watches_only() {
    story(async |app| {
        let trusted = person(app, 1).await;
        let mut rules = only_rule("same_device", json!({ "mode": "watch", "most": 0 }));
        let watching = running(app, rules.clone()).await;
        rules["guard"]["same_device"]["mode"] = json!("hold");
        rules["trusted"] = json!([trusted]);
        let trusting = running(app, rules).await;
        app.advance(TimeDelta::minutes(1));
        for (program, numbers) in [(watching, 10..12), (trusting, 20..22)] {
            let code = code_of(app, program, trusted).await;
            for number in numbers {
                guest(app, number, &code, from("one", "n")).await;
            }
        }
        assert_eq!(states(app).await, [FINE; 4]);
        assert!(app.rows::<finding::Entity>().await.len() >= 3, "found it was");
    })
    .await;
}
