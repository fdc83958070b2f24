//! What belongs to people follows them when they become one, goes back when that was wrong, and names nobody who is forgotten.

use chrono::TimeDelta;
use entity::{
    identity::merge::Cause,
    rewards::{block, grant, member_counter, payout},
    types::MemberId,
};
use huilian::{
    belongings::BELONGINGS,
    identity::{
        belonging::{Owner, PersonalData},
        merge::{Order, merge, undo},
    },
    infra::db::Tx,
    rewards::{block::block, decision::Why},
};
use serde_json::json;

use super::{books, budget, give, money, only, pass, person, running};
use crate::{identity::people::somebody, support::TestApp};

type Rows = (Vec<grant::Model>, Vec<payout::Model>, Vec<member_counter::Model>, Vec<block::Model>);

async fn rows(app: &TestApp) -> Rows {
    let mut counters = app.rows::<member_counter::Entity>().await;
    counters.sort_by(|a, b| (a.member_id, &a.scope, &a.span).cmp(&(b.member_id, &b.scope, &b.span)));
    (super::grants(app).await, app.rows::<payout::Entity>().await, counters, app.rows::<block::Entity>().await)
}

async fn join(app: &TestApp, winner: MemberId, loser: MemberId) -> entity::types::MergeId {
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

#[actix_web::test]
async fn two_who_become_one_have_what_both_had_and_get_no_more_than_one() {
    money(async |app, wechat| {
        let campaign = running(app, json!({ "caps": { "per_person": 2 } })).await;
        let (one, other) = (
            person(app, 1).await,
            crate::identity::people::import(
                app,
                &[crate::identity::people::Shows::Card(1), crate::identity::people::Shows::Phone(1)],
            )
            .await
            .member,
        );
        // The other is known at the account, too, as far as they are paid there.
        give(app, one, campaign, "a").await;
        let refused = give(app, other, campaign, "b").await;
        assert_eq!(refused.why, Why::NoPayee);
        app.app.db.tx(async |tx: &Tx| block(tx, other, "待核实", None).await).await.expect("a block");
        app.run_jobs().await;
        let before = rows(app).await;
        // The one who has nothing yet survives, so that everything moves.
        let merged = join(app, other, one).await;
        let (grants, payouts, counters, blocks) = rows(app).await;
        assert!(grants.iter().all(|row| row.member_id == other) && payouts.iter().all(|row| row.member_id == other));
        assert!(!counters.is_empty() && counters.iter().all(|row| row.member_id == other));
        assert_eq!(blocks[0].member_id, other);
        let undone = app.app.db.tx(async |tx: &Tx| undo(tx, merged, somebody(app), None).await).await.expect("undone");
        assert!(undone.stuck.is_empty(), "{undone:?}");
        assert!(rows(app).await == before);
        wechat.take(&only(app).await.out_no);
        pass(app, TimeDelta::hours(1)).await;
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn counters_of_both_are_added_up_and_taken_apart_again() {
    money(async |app, _| {
        let campaign = running(app, json!({ "caps": { "per_person": 2 } })).await;
        let (one, other) = (person(app, 1).await, person(app, 2).await);
        for (member, key) in [(one, "a"), (other, "b")] {
            assert_eq!(give(app, member, campaign, key).await.why, Why::Given);
        }
        app.run_jobs().await;
        let before = rows(app).await;
        let merged = join(app, one, other).await;
        assert_eq!(give(app, other, campaign, "c").await.why, Why::Person, "one person has had it twice");
        assert_eq!(give(app, one, campaign, "b").await.why, Why::Given, "the cause of the other is known as theirs");
        let undone = app.app.db.tx(async |tx: &Tx| undo(tx, merged, somebody(app), None).await).await.expect("undone");
        assert!(undone.stuck.is_empty(), "{undone:?}");
        let after = rows(app).await;
        assert!((&after.1, &after.2) == (&before.1, &before.2));
        assert_eq!(give(app, other, campaign, "d").await.why, Why::Given);
        app.run_jobs().await;
        assert_eq!(budget(app, campaign).await, [10_000, 0, 3_000, 0]);
    })
    .await;
}

#[actix_web::test]
async fn who_is_forgotten_is_named_nowhere_and_stays_countable() {
    money(async |app, wechat| {
        let campaign = running(app, json!({})).await;
        let (gone, other) = (person(app, 1).await, person(app, 2).await);
        give(app, gone, campaign, "sent").await;
        app.run_jobs().await;
        give(app, gone, campaign, "not yet").await;
        give(app, other, campaign, "other").await;
        let copies = async |table: &str| {
            let line = BELONGINGS.iter().find(|line| line.table == table).expect("a line");
            let mut found = Vec::new();
            for owner in Owner::of_member(app.app.db.read(), gone).await.expect("owners") {
                let export = line.export.expect("an export");
                found.extend(export(&app.app.db, &app.app.vault, &owner).await.expect("a copy"));
            }
            found
        };
        assert_eq!((copies("reward_grant").await.len(), copies("payout").await.len()), (2, 2));
        let open_id = super::payouts(app).await[0].open_id.clone();
        app.app
            .db
            .tx(async |tx: &Tx| {
                for owner in Owner::of_member(tx.db(), gone).await? {
                    for line in BELONGINGS {
                        (line.erase)(tx, &owner, &[PersonalData::Everything]).await?;
                    }
                }
                Ok(())
            })
            .await
            .expect("forgotten");
        assert_eq!(crate::members::named(app, &[open_id.as_str()]).await, Vec::<String>::new());
        pass(app, TimeDelta::hours(1)).await;
        let states: Vec<_> = super::payouts(app).await.iter().map(|row| row.state).collect();
        assert_eq!(states.iter().filter(|state| **state == payout::State::Rejected).count(), 1, "{states:?}");
        assert_eq!(wechat.count("send"), 2, "what was not handed over never is");
        // What WeChat has goes to its end.
        let sent = super::payouts(app).await.into_iter().find(|row| row.sent_at.is_some()).expect("a payout");
        wechat.take(&sent.out_no);
        pass(app, TimeDelta::hours(7)).await;
        assert_eq!(super::state_of(app, sent.id).await, payout::State::Paid);
        let rows = super::grants(app).await;
        assert!(rows.len() == 3 && rows.iter().filter(|row| row.decision == json!([])).count() == 2);
        books(app, campaign).await;
    })
    .await;
}
