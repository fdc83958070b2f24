//! Two members made one, with everything that belongs to them, and two again.

use std::{collections::BTreeSet, time::Instant};

use chrono::TimeDelta;
use entity::{
    identity::{conflict, identity, member, merge as merges, merge_move},
    types::{MemberId, MergeId},
};
use huilian::{
    error::{Code, Error, Result},
    identity::{
        belonging::{Decision, StuckWhy},
        current,
        merge::{self, Order, Report},
    },
    infra::db::{Db, Tx},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;
use tokio::sync::Notify;

use super::{
    owned::{BROKEN, describe, everything, gift, give, profile, with_tables},
    people::{
        Shows::{Card, OpenId, Phone, UnionId},
        current_phone, holder, import, somebody, wechat,
    },
};
use crate::support::{TestApp, story, story_with};

pub async fn merge_by_staff(app: &TestApp, db: &Db, winner: MemberId, loser: MemberId) -> Result<merges::Model> {
    let order = Order {
        winner,
        loser,
        survives: "staff",
        cause: merges::Cause::Staff,
        reason: "同一位会员".to_owned(),
        joined_by: None,
        conflict: None,
        staff: Some(somebody(app)),
    };
    db.tx(async |tx: &Tx| merge::merge(tx, &order).await).await
}

pub async fn undo(app: &TestApp, db: &Db, id: MergeId) -> Result<Report> {
    let staff = somebody(app);
    db.tx(async |tx: &Tx| merge::undo(tx, id, staff, None).await).await
}

/// Two members with gifts, profiles and phones.
async fn two(app: &TestApp, db: &Db) -> (MemberId, MemberId) {
    let one = wechat(app, &[OpenId("brand", 1), UnionId(1), Phone(1)]).await.member;
    app.advance(TimeDelta::minutes(1));
    let other = wechat(app, &[OpenId("mini", 2), UnionId(2), Phone(2)]).await.member;
    give(db, one, &["伞"]).await;
    give(db, other, &["杯", "券"]).await;
    describe(db, one, None, 3).await;
    describe(db, other, Some("林小满"), 4).await;
    app.advance(TimeDelta::minutes(1));
    (one, other)
}

async fn gifts(db: &Db, member: MemberId) -> Vec<String> {
    let theirs = gift::Entity::find().filter(gift::Column::MemberId.eq(member));
    let mut gifts: Vec<String> = theirs.all(db.read()).await.expect("rows").into_iter().map(|row| row.what).collect();
    gifts.sort();
    gifts
}

async fn profile(db: &Db, member: MemberId) -> Option<(Option<String>, i64)> {
    let row = profile::Entity::find_by_id(member).one(db.read()).await.expect("an answer");
    row.map(|row| (row.name, row.visits))
}

#[actix_web::test]
async fn everything_of_the_loser_becomes_the_winners_and_its_name_lives_on() {
    story(async |app| {
        let db = with_tables(app, &[]).await;
        let (winner, loser) = two(app, &db).await;
        let merged = merge_by_staff(app, &db, winner, loser).await.expect("a merge");
        assert_eq!(gifts(&db, winner).await.len(), 3);
        assert_eq!(profile(&db, winner).await, Some((Some("林小满".to_owned()), 7)));
        assert_eq!((gifts(&db, loser).await.len(), profile(&db, loser).await), (0, None));
        assert_eq!(holder(app, UnionId(2)).await, Some(winner));
        assert_eq!(current_phone(app, winner, &[1, 2]).await, Some(2), "proved last");
        assert_eq!(current(db.read(), loser).await.expect("a row"), Some(winner));
        let moved = json!({ "identity": 3, "member": 1, "member_profile": 1, "test_gift": 2, "test_profile": 1 });
        assert_eq!(merged.moved, moved);
        let decisions: Vec<Decision> = serde_json::from_value(merged.decisions).expect("decisions");
        let fields: Vec<&str> = decisions.iter().map(|decision| decision.field.as_str()).collect();
        assert_eq!(fields, ["id", "joined", "phone", "name", "visits"]);
        assert!(!format!("{decisions:?}").contains("林小满"), "no values");

        give(&db, loser, &["票"]).await;
        assert_eq!(gifts(&db, winner).await.len(), 4, "what is written for the old name is the winner's");
        let again = merge_by_staff(app, &db, winner, loser).await.expect_err("an alias");
        assert_eq!(again.code(), Code::Conflict);
        let itself = merge_by_staff(app, &db, winner, winner).await.expect_err("one member");
        assert_eq!(itself.code(), Code::SameMember);
        let nobody = merge_by_staff(app, &db, winner, app.app.random.id(app.clock.now())).await.expect_err("nobody");
        assert_eq!(nobody.code(), Code::NotFound);
    })
    .await;
}

#[actix_web::test]
async fn undoing_a_merge_gives_everything_back_and_what_came_since_stays() {
    story(async |app| {
        let db = with_tables(app, &[]).await;
        let (winner, loser) = two(app, &db).await;
        let before = everything(&db).await;
        let merged = merge_by_staff(app, &db, winner, loser).await.expect("a merge");
        assert_ne!(everything(&db).await, before);
        app.advance(TimeDelta::minutes(1));
        give(&db, loser, &["票", "书"]).await;
        let report = undo(app, &db, merged.id).await.expect("a report");
        assert!(report.stuck.is_empty(), "{report:?}");
        let back = json!({ "identity": 3, "member": 1, "member_profile": 1, "test_gift": 2, "test_profile": 1 });
        assert_eq!(json!(report.returned), back);
        assert_eq!(json!(report.stayed), json!({ "test_gift": 2 }));
        let newer = gift::Entity::delete_many().filter(gift::Column::What.is_in(["票", "书"]));
        assert_eq!(newer.exec(db.read()).await.expect("rows").rows_affected, 2);
        assert_eq!(everything(&db).await, before);
        assert_eq!(current(db.read(), loser).await.expect("a row"), Some(loser));
        let row = app.rows::<merges::Entity>().await.remove(0);
        assert_eq!(row.undone_at, Some(app.clock.now()));
        assert_eq!(row.undo_report, Some(json!(report)));
        assert_eq!(undo(app, &db, merged.id).await.expect_err("a refusal").code(), Code::AlreadyUndone);
    })
    .await;
}

#[actix_web::test]
async fn what_has_changed_since_is_left_and_reported() {
    story(async |app| {
        let db = with_tables(app, &[]).await;
        let (winner, loser) = two(app, &db).await;
        let third = wechat(app, &[OpenId("brand", 3)]).await.member;
        let merged = merge_by_staff(app, &db, winner, loser).await.expect("a merge");
        let gone = gift::Entity::delete_many().filter(gift::Column::What.eq("杯"));
        gone.exec(db.read()).await.expect("a row");
        let given = gift::Entity::update_many().col_expr(gift::Column::MemberId, Expr::value(third));
        given.filter(gift::Column::What.eq("券")).exec(db.read()).await.expect("a row");
        let visited = profile::Entity::update_many().col_expr(profile::Column::Visits, Expr::value(8));
        visited.filter(profile::Column::MemberId.eq(winner)).exec(db.read()).await.expect("a row");
        let report = undo(app, &db, merged.id).await.expect("a report");
        let stuck: Vec<_> = report.stuck.iter().map(|stuck| (stuck.table.as_str(), stuck.rows, stuck.why)).collect();
        assert_eq!(
            stuck,
            [
                ("test_profile", 1, StuckWhy::Changed),
                ("test_gift", 1, StuckWhy::Gone),
                ("test_gift", 1, StuckWhy::OwnerChanged)
            ]
        );
        assert_eq!(profile(&db, winner).await.map(|row| row.1), Some(8), "nobody's change is lost");
        assert_eq!(profile(&db, loser).await, Some((Some("林小满".to_owned()), 4)));
        assert_eq!(gifts(&db, third).await, ["券"]);
    })
    .await;
}

#[actix_web::test]
async fn later_merges_are_undone_first_and_every_old_name_leads_to_the_last_winner() {
    story(async |app| {
        let db = with_tables(app, &[]).await;
        let mut members = Vec::new();
        for number in 1..=3 {
            members.push(wechat(app, &[OpenId("brand", number)]).await.member);
        }
        let [a, b, c] = members[..] else { panic!("three members") };
        let before = everything(&db).await;
        let first = merge_by_staff(app, &db, a, b).await.expect("a merge");
        app.advance(TimeDelta::seconds(1));
        let second = merge_by_staff(app, &db, c, a).await.expect("a merge");
        for name in [a, b, c] {
            assert_eq!(current(db.read(), name).await.expect("a row"), Some(c));
        }
        let refused = undo(app, &db, first.id).await.expect_err("a refusal");
        assert_eq!(refused.code(), Code::MergedFurther);
        assert!(refused.detail_text().is_some_and(|text| text.contains(&second.id.to_string())));
        undo(app, &db, second.id).await.expect("a report");
        assert_eq!(current(db.read(), b).await.expect("a row"), Some(a));
        undo(app, &db, first.id).await.expect("a report");
        assert_eq!(everything(&db).await, before);
    })
    .await;
}

#[actix_web::test]
async fn the_evidence_of_an_undone_merge_does_not_join_them_again_until_staff_do() {
    story(async |app| {
        let old = import(app, &[Card(1), Phone(1)]).await.member;
        let new = wechat(app, &[OpenId("brand", 1)]).await.member;
        let joined = wechat(app, &[OpenId("brand", 1), Phone(1)]).await;
        assert_eq!(joined.member, old);
        undo(app, &app.app.db, joined.merges[0]).await.expect("a report");
        for _ in 0..2 {
            let seen = wechat(app, &[OpenId("brand", 1), Phone(1)]).await;
            assert_eq!((seen.member, seen.merges.len(), seen.conflicts.len()), (new, 0, 1));
        }
        let kept = app.rows::<conflict::Entity>().await;
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].kind, kept[0].state), (conflict::Kind::Separated, conflict::State::KeptApart));
        merge_by_staff(app, &app.app.db, old, new).await.expect("a merge");
        assert_eq!(wechat(app, &[OpenId("brand", 1), Phone(1)]).await.member, old);
    })
    .await;
}

#[actix_web::test]
async fn a_merge_that_fails_or_is_cut_off_leaves_nothing() {
    static REACHED: Notify = Notify::const_new();
    const HANGS: huilian::identity::belonging::Belonging = huilian::identity::belonging::Belonging {
        table: "test_hangs",
        begin: None,
        on_merge: huilian::identity::belonging::OnMerge::Combine {
            merge: |_, _| {
                Box::pin(async {
                    REACHED.notify_one();
                    std::future::pending::<Result<_>>().await
                })
            },
            undo: |_, _| Box::pin(async { Err(Error::new(Code::Timeout)) }),
        },
        erase: |_, _, _| Box::pin(async { Ok(0) }),
        export: None,
    };
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let broken = with_tables(app, &[BROKEN]).await;
            let (winner, loser) = two(app, &broken).await;
            let before = everything(&broken).await;
            let failed = merge_by_staff(app, &broken, winner, loser).await.expect_err("a failure");
            assert_eq!(failed.code(), Code::Timeout);
            let lines: Vec<_> = huilian::belongings::BELONGINGS.iter().copied().chain([HANGS]).collect();
            let hanging = broken.handing(huilian::identity::belonging::Belongings(lines.leak()));
            tokio::select! {
                _ = merge_by_staff(app, &hanging, winner, loser) => panic!("it hangs"),
                () = REACHED.notified() => {}
            }
            assert_eq!(everything(&broken).await, before);
            assert!(app.rows::<merges::Entity>().await.is_empty());
            assert!(merge_move::Entity::find().all(broken.read()).await.expect("rows").is_empty());
        },
    )
    .await;
}

#[actix_web::test]
async fn ten_thousand_rows_move_and_return_within_a_second_each() {
    story(async |app| {
        let db = with_tables(app, &[]).await;
        let (winner, loser) = two(app, &db).await;
        for _ in 0..10 {
            give(&db, loser, &["券"; 1000]).await;
        }
        let before = everything(&db).await;
        let begun = Instant::now();
        let merged = merge_by_staff(app, &db, winner, loser).await.expect("a merge");
        let took = begun.elapsed();
        assert_eq!(merged.moved["test_gift"], json!(10_002));
        let begun = Instant::now();
        let report = undo(app, &db, merged.id).await.expect("a report");
        let undone = begun.elapsed();
        assert_eq!(report.returned["test_gift"], 10_002);
        assert_eq!(everything(&db).await, before);
        assert!(took.as_millis() < 1000 && undone.as_millis() < 1000, "{took:?}, {undone:?}");
    })
    .await;
}

#[actix_web::test]
async fn identities_leave_into_a_new_member_or_one_that_is_there_and_come_back() {
    story(async |app| {
        let db = &app.app.db;
        let person = wechat(app, &[OpenId("brand", 1), UnionId(1), Phone(1)]).await.member;
        let rows = app.rows::<identity::Entity>().await;
        let phone = rows.iter().find(|row| row.kind == identity::Kind::Phone).expect("a phone").id;
        let staff = somebody(app);
        let split = async |from, ids: &[_], to| {
            db.tx(async |tx: &Tx| merge::split(tx, from, ids, to, staff, Some("机主换人")).await).await
        };
        let taken = split(person, &[phone], None).await.expect("a split");
        assert_eq!(holder(app, Phone(1)).await, Some(taken.to));
        assert_eq!(current_phone(app, taken.to, &[1]).await, Some(1));
        assert_eq!(holder(app, UnionId(1)).await, Some(person));
        let seen = wechat(app, &[OpenId("brand", 1), Phone(1)]).await;
        assert_eq!((seen.member, seen.merges.len(), seen.conflicts.len()), (person, 0, 1), "they stay apart");
        split(taken.to, &[phone], Some(person)).await.expect("the way back");
        assert_eq!(holder(app, Phone(1)).await, Some(person));
        let restored: Vec<_> =
            app.rows::<identity::Entity>().await.into_iter().map(|row| (row.id, row.member_id)).collect();
        assert_eq!(restored, rows.iter().map(|row| (row.id, row.member_id)).collect::<Vec<_>>());

        let all: Vec<_> = rows.iter().map(|row| row.id).collect();
        assert_eq!(split(person, &all, None).await.expect_err("nothing left").code(), Code::Invalid);
        assert_eq!(split(person, &[], None).await.expect_err("nothing").code(), Code::Invalid);
        assert_eq!(split(person, &[phone], Some(person)).await.expect_err("itself").code(), Code::SameMember);
        assert_eq!(split(taken.to, &[phone], None).await.expect_err("not theirs").code(), Code::NotFound);
        let states: BTreeSet<_> = app.rows::<member::Entity>().await.into_iter().map(|row| row.state).collect();
        assert_eq!(states, BTreeSet::from([member::State::Active]));
    })
    .await;
}
