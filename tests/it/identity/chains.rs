//! Any chain of merges, undone in reverse, leaves every table as it was after each step.

use entity::{
    identity::{identity::Source, member},
    types::MemberId,
};
use futures_util::future::join_all;
use huilian::infra::db::Db;
use proptest::{
    prelude::{Strategy, any, prop},
    prop_assert, prop_assert_eq,
    test_runner::{Config, TestCaseError, TestRunner},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    merge::{merge_by_staff, undo},
    owned::{describe, everything, gift, give, profile, with_tables},
    people::{
        Shows::{Card, OpenId, Phone, UnionId},
        show, wechat,
    },
};
use crate::support::{TestApp, story, story_with};

/// What a member has: phones, whether records know them, gifts, a profile.
type Has = (Vec<u32>, bool, usize, Option<bool>);

fn worlds() -> impl Strategy<Value = (Vec<Has>, Vec<(prop::sample::Index, prop::sample::Index)>)> {
    let has = (prop::collection::vec(0..=1_u32, 0..=2), any::<bool>(), 0..=3_usize, any::<Option<bool>>());
    let pair = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    (prop::collection::vec(has, 2..=5), prop::collection::vec(pair, 1..=4))
}

async fn settle(app: &TestApp, db: &Db, number: u32, (phones, imported, gifts, profile): &Has) -> MemberId {
    app.advance(chrono::TimeDelta::seconds(1));
    let member = wechat(app, &[OpenId("brand", number), UnionId(number)]).await.member;
    for (place, checked) in phones.iter().enumerate() {
        app.advance(chrono::TimeDelta::seconds(1));
        let phone = Phone(number * 10 + u32::try_from(place).expect("few"));
        let source = if *checked == 1 { Source::WechatPhone } else { Source::Import };
        show(app, source, &[OpenId("brand", number), phone]).await;
    }
    if *imported {
        show(app, Source::Import, &[OpenId("brand", number), Card(number)]).await;
    }
    give(db, member, &vec!["券"; (*gifts).max(1)]).await;
    if let Some(named) = profile {
        describe(db, member, named.then_some("林小满"), i64::from(number)).await;
    }
    member
}

async fn active(db: &Db) -> Vec<MemberId> {
    let rows = member::Entity::find().filter(member::Column::State.eq(member::State::Active));
    let mut ids: Vec<MemberId> = rows.all(db.read()).await.expect("rows").into_iter().map(|row| row.id).collect();
    ids.sort();
    ids
}

async fn forget(db: &Db) {
    use entity::identity::{conflict, identity, merge, merge_move};
    identity::Entity::delete_many().exec(db.read()).await.expect("rows");
    member::Entity::delete_many().exec(db.read()).await.expect("rows");
    conflict::Entity::delete_many().exec(db.read()).await.expect("rows");
    merge::Entity::delete_many().exec(db.read()).await.expect("rows");
    merge_move::Entity::delete_many().exec(db.read()).await.expect("rows");
    gift::Entity::delete_many().exec(db.read()).await.expect("rows");
    profile::Entity::delete_many().exec(db.read()).await.expect("rows");
}

#[test]
fn merging_and_undoing_is_the_identity() {
    let system = actix_web::rt::System::new();
    let app = system.block_on(TestApp::start(|settings| settings.leave_jobs = true));
    let db = system.block_on(with_tables(&app, &[]));
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&worlds(), |(world, pairs)| {
        system.block_on(async {
            forget(&db).await;
            for (number, has) in (1..).zip(&world) {
                settle(&app, &db, number, has).await;
            }
            let mut steps = Vec::new();
            for (winner, loser) in &pairs {
                let there = active(&db).await;
                let (winner, loser) = (*winner.get(&there), *loser.get(&there));
                if winner == loser {
                    continue;
                }
                app.advance(chrono::TimeDelta::seconds(1));
                let before = everything(&db).await;
                let merged = merge_by_staff(&app, &db, winner, loser).await.expect("a merge");
                prop_assert!(everything(&db).await != before, "a merge changes something");
                steps.push((merged.id, before));
            }
            app.advance(chrono::TimeDelta::seconds(1));
            while let Some((merge, before)) = steps.pop() {
                let report = undo(&app, &db, merge).await.expect("a report");
                prop_assert!(report.stuck.is_empty() && report.stayed.is_empty(), "{:?}", report);
                prop_assert_eq!(everything(&db).await, before);
            }
            Ok::<(), TestCaseError>(())
        })
    });
    system.block_on(app.finish());
    checked.expect("undoing gives back what was");
}

#[actix_web::test]
async fn rows_written_while_a_member_is_merged_away_are_the_winners() {
    story(async |app| {
        let db = with_tables(app, &[]).await;
        for round in 0..10 {
            let winner = wechat(app, &[OpenId("brand", round + 1)]).await.member;
            let loser = wechat(app, &[OpenId("mini", round + 100)]).await.member;
            let writes = (0..20).map(|_| give(&db, loser, &["券"]));
            let (merged, _) = futures_util::future::join(
                async { merge_by_staff(app, &db, winner, loser).await.expect("a merge") },
                join_all(writes),
            )
            .await;
            let lost = gift::Entity::find().filter(gift::Column::MemberId.eq(loser));
            assert!(lost.all(db.read()).await.expect("rows").is_empty(), "nothing is written to an alias");
            let theirs = gift::Entity::find().filter(gift::Column::MemberId.eq(winner));
            assert_eq!(theirs.all(db.read()).await.expect("rows").len(), 20, "{merged:?}");
        }
    })
    .await;
}

#[actix_web::test]
async fn two_who_merge_or_undo_the_same_at_once_do_it_once() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let db = &app.app.db;
            let one = wechat(app, &[OpenId("brand", 1)]).await.member;
            let other = wechat(app, &[OpenId("mini", 2)]).await.member;
            let both = join_all([(one, other), (other, one)].map(|(a, b)| merge_by_staff(app, db, a, b))).await;
            let merged: Vec<_> = both.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
            assert_eq!(merged.len(), 1, "{both:?}");
            let undone = join_all([0; 4].map(|_| undo(app, db, merged[0].id))).await;
            assert_eq!(undone.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{undone:?}");
            assert_eq!(active(db).await.len(), 2);
        },
    )
    .await;
}
