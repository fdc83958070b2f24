//! Members who are merged, parted or forgotten in the middle of a program.

use chrono::TimeDelta;
use entity::{
    identity::merge::Cause,
    referral::{invitation::State, reward::Role},
    types::{MemberId, MergeId, ReferralProgramId},
};
use huilian::{
    belongings::BELONGINGS,
    identity::{
        belonging::{Owner, PersonalData},
        merge::{Order, merge, undo},
    },
    infra::db::Tx,
};
use serde_json::json;

use super::{came, code_of, has, pass, person, registered, rewards, rows, running, stands};
use crate::{
    identity::people::{Shows, import, somebody},
    referral::life::told,
    support::{TestApp, story},
};

pub async fn join(app: &TestApp, winner: MemberId, loser: MemberId) -> MergeId {
    let order = Order {
        winner,
        loser,
        survives: "staff",
        cause: Cause::Staff,
        reason: "同一人".to_owned(),
        joined_by: None,
        conflict: None,
        staff: Some(somebody(app)),
    };
    app.app.db.tx(async |tx: &Tx| merge(tx, &order).await).await.expect("a merge").id
}

pub async fn part(app: &TestApp, merge: MergeId) {
    let staff = somebody(app);
    app.app.db.tx(async |tx: &Tx| undo(tx, merge, staff, None).await).await.expect("two again");
}

pub async fn forget(app: &TestApp, member: MemberId) {
    let erased = async |tx: &Tx| {
        for owner in Owner::of_member(tx.db(), member).await? {
            for line in BELONGINGS {
                (line.erase)(tx, &owner, &[PersonalData::Everything]).await?;
            }
        }
        Ok(())
    };
    app.app.db.tx(erased).await.expect("nobody");
}

async fn guest(app: &TestApp, number: u32, code: &str) -> MemberId {
    let now = app.clock.now();
    came(app, number, code, now, Default::default()).await;
    let member = registered(app, number, now).await;
    told(app, number, now, Some("")).await;
    app.run_jobs().await;
    member
}

async fn begun(app: &TestApp) -> (ReferralProgramId, MemberId, String) {
    let program = running(app, json!({ "mature_days": 1 })).await;
    let one = person(app, 1).await;
    let code = code_of(app, program, one).await;
    app.advance(TimeDelta::minutes(1));
    (program, one, code)
}

#[actix_web::test]
async fn who_turns_out_to_be_known_reverses_it_until_that_is_undone() {
    story(async |app| {
        let old = import(app, &[Shows::Card(1)]).await.member;
        app.advance(TimeDelta::minutes(1));
        let (_, one, code) = begun(app).await;
        let friend = guest(app, 2, &code).await;
        pass(app, TimeDelta::days(1)).await;
        assert_eq!(
            (stands(app, friend).await.0, has(app, one).await, has(app, friend).await),
            (State::Rewarded, 10, 5)
        );
        for _ in 0..2 {
            let merged = join(app, old, friend).await;
            app.run_jobs().await;
            assert_eq!(stands(app, old).await, (State::Reversed, "not_new".to_owned()));
            assert_eq!((has(app, one).await, has(app, old).await), (0, 0));
            app.advance(TimeDelta::minutes(1));
            part(app, merged).await;
            app.run_jobs().await;
            assert_eq!(stands(app, friend).await.0, State::Rewarded);
            assert_eq!((has(app, one).await, has(app, friend).await, has(app, old).await), (10, 5, 0));
            app.advance(TimeDelta::minutes(1));
        }
        assert_eq!(rewards(app, one).await, [(Role::Inviter, 3)], "each time by a key of its own");
    })
    .await;
}

#[actix_web::test]
async fn two_new_people_who_are_one_earn_once() {
    story(async |app| {
        let (program, one, code) = begun(app).await;
        let first = guest(app, 2, &code).await;
        app.advance(TimeDelta::minutes(1));
        // The same person by another account of theirs.
        let now = app.clock.now();
        came(app, 3, &code, now, Default::default()).await;
        let shows = crate::identity::people::wechat(app, &[Shows::OpenId("shop", 3)]);
        let second = shows.await.member;
        told(app, 3, now, Some("")).await;
        let shown = crate::identity::people::wechat(app, &[Shows::OpenId("shop", 3), Shows::OpenId("brand", 3)]);
        assert_eq!(shown.await.member, second);
        pass(app, TimeDelta::days(1)).await;
        assert_eq!(has(app, one).await, 20);
        let merged = join(app, first, second).await;
        app.run_jobs().await;
        assert_eq!((stands(app, first).await.0, stands(app, second).await.1.as_str()), (State::Rewarded, "merged"));
        assert_eq!((has(app, one).await, has(app, first).await), (10, 5));
        app.advance(TimeDelta::minutes(1));
        part(app, merged).await;
        app.run_jobs().await;
        assert_eq!((has(app, one).await, has(app, first).await, has(app, second).await), (20, 5, 5));
        assert_eq!(rows(app).await.len(), 2);
        let _ = program;
    })
    .await;
}

#[actix_web::test]
async fn inviters_who_become_one_have_what_both_brought_and_their_steps_once() {
    story(async |app| {
        let step = super::points(app, 100).await;
        let wanted = json!({ "mature_days": 0, "rewards": { "ladder": [{ "count": 1, "campaign": step }] } });
        let program = running(app, wanted).await;
        let (one, two) = (person(app, 1).await, person(app, 2).await);
        let codes = [code_of(app, program, one).await, code_of(app, program, two).await];
        app.advance(TimeDelta::minutes(1));
        for (number, code) in [(10, &codes[0]), (11, &codes[1])] {
            guest(app, number, code).await;
        }
        assert_eq!((has(app, one).await, has(app, two).await), (100, 100));
        let merged = join(app, one, two).await;
        app.run_jobs().await;
        assert_eq!(has(app, one).await, 100, "the step once");
        let standing = async || {
            let rows = app.rows::<entity::referral::standing::Entity>().await;
            let of = |member| {
                rows.iter().find(|row| row.member == member && row.period == "all").map_or(0, |row| row.matured)
            };
            (of(one), of(two))
        };
        assert_eq!(standing().await, (2, 0));
        guest(app, 12, &codes[1]).await;
        assert_eq!(standing().await, (3, 0), "a code stands for whom its owner has become");
        app.advance(TimeDelta::minutes(1));
        part(app, merged).await;
        app.run_jobs().await;
        assert_eq!((standing().await, has(app, one).await, has(app, two).await), ((1, 2), 100, 100));
    })
    .await;
}

#[actix_web::test]
async fn who_is_forgotten_ends_what_is_open_and_leaves_what_is_earned() {
    story(async |app| {
        let (_, one, code) = begun(app).await;
        let earned = guest(app, 2, &code).await;
        pass(app, TimeDelta::days(1)).await;
        let open = guest(app, 3, &code).await;
        assert_eq!((stands(app, earned).await.0, stands(app, open).await.0), (State::Rewarded, State::Qualified));
        for member in [earned, open] {
            forget(app, member).await;
        }
        app.run_jobs().await;
        assert_eq!(stands(app, earned).await, (State::Rewarded, "counts".to_owned()));
        assert_eq!(stands(app, open).await, (State::Reversed, "invitee_gone".to_owned()));
        assert_eq!(has(app, one).await, 10);
        // Who comes back is nobody new to an invitation.
        app.advance(TimeDelta::minutes(1));
        let back = guest(app, 3, &code).await;
        assert_eq!(stands(app, back).await, (State::Refused, "not_new".to_owned()));
        assert!(rows(app).await.iter().all(|row| row.device.is_none() && row.prefix.is_none()));
    })
    .await;
}

#[actix_web::test]
async fn an_inviter_who_is_forgotten_brings_nobody_any_more() {
    story(async |app| {
        let (program, one, code) = begun(app).await;
        let earned = guest(app, 2, &code).await;
        pass(app, TimeDelta::days(1)).await;
        let open = guest(app, 3, &code).await;
        forget(app, one).await;
        pass(app, TimeDelta::days(2)).await;
        assert_eq!((stands(app, earned).await.0, has(app, earned).await), (State::Rewarded, 5), "what was given stays");
        assert_eq!(stands(app, open).await, (State::Refused, "inviter_gone".to_owned()));
        assert_eq!(app.get(&format!("/api/h5/v1/invitations/{code}")).await.status, 404);
        let late = guest(app, 4, &code).await;
        assert_eq!(stands(app, late).await.1, "inviter_gone");
        let standing = app.rows::<entity::referral::standing::Entity>().await;
        assert!(standing.iter().all(|row| row.matured == 0), "{standing:?}");
        let _ = program;
    })
    .await;
}
