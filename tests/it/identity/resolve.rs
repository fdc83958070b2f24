//! From what people show to members.

use chrono::TimeDelta;
use entity::{
    identity::{
        conflict::{Kind, State},
        identity::{self, Source, Strength},
        identity_link::{self, Why},
        member,
        merge::{self, Cause},
    },
    jobs::event,
};
use futures_util::future::join_all;
use huilian::{
    error::Code,
    identity::{Claim, Claims, current, own, resolve},
    infra::db::Tx,
};

use super::people::{
    Shows::{Card, OpenId, Phone, UnionId},
    claim, claims, conflicts, current_phone, holder, import, members, show, wechat,
};
use crate::support::{TestApp, story};

/// Facts about members, in order.
async fn facts(app: &TestApp) -> Vec<String> {
    let rows = app.rows::<event::Entity>().await;
    rows.into_iter().map(|row| row.kind).filter(|kind| kind.starts_with("member.")).collect()
}

#[actix_web::test]
async fn somebody_new_becomes_a_member_and_is_known_from_then_on() {
    story(async |app| {
        let first = wechat(app, &[OpenId("brand", 1), UnionId(1)]).await;
        assert!(first.created && first.merges.is_empty() && first.conflicts.is_empty());
        let again = wechat(app, &[OpenId("brand", 1), UnionId(1)]).await;
        assert_eq!((again.member, again.created), (first.member, false));
        assert_eq!(holder(app, UnionId(1)).await, Some(first.member));
        assert_eq!(holder(app, UnionId(2)).await, None);
        let rows = app.rows::<identity::Entity>().await;
        assert!(rows.iter().all(|row| row.strength == Strength::Wechat && row.since == app.clock.now()), "{rows:?}");
        let links = app.rows::<identity_link::Entity>().await;
        assert!(links.len() == 2 && links.iter().all(|link| link.why == Why::Claimed && link.from_member.is_none()));
        assert_eq!(facts(app).await, ["member.created"]);
    })
    .await;
}

#[actix_web::test]
async fn one_person_is_known_at_every_account_by_their_union_id() {
    story(async |app| {
        let brand = wechat(app, &[OpenId("brand", 1), UnionId(1)]).await;
        let mini = wechat(app, &[OpenId("mini", 2), UnionId(1)]).await;
        assert_eq!((mini.member, mini.created, mini.merges.len()), (brand.member, false, 0));
        assert_eq!(members(app).await.len(), 1, "nobody is made to be merged away at once");
    })
    .await;
}

#[actix_web::test]
async fn a_union_id_that_comes_later_joins_what_was_apart() {
    story(async |app| {
        let brand = wechat(app, &[OpenId("brand", 1)]).await;
        app.advance(TimeDelta::minutes(1));
        let mini = wechat(app, &[OpenId("mini", 2), UnionId(1)]).await;
        assert_ne!(brand.member, mini.member);
        let joined = wechat(app, &[OpenId("brand", 1), UnionId(1)]).await;
        assert_eq!((joined.member, joined.merges.len()), (brand.member, 1), "the older one survives");
        let merges = app.rows::<merge::Entity>().await;
        assert_eq!((merges[0].cause, merges[0].reason.as_str()), (Cause::Rule, "union_id"));
        assert_eq!(holder(app, OpenId("mini", 2)).await, Some(brand.member));
        let alias = members(app).await.into_iter().find(|row| row.id == mini.member).expect("the alias");
        assert_eq!((alias.state, alias.merged_into), (member::State::Merged, Some(brand.member)));
        assert_eq!(current(app.app.db.read(), mini.member).await.expect("a row"), Some(brand.member));
        let owner = app.app.db.tx(async |tx: &Tx| own(tx, mini.member).await).await.expect("an owner");
        assert_eq!(owner, brand.member, "rows for the old name are written to the winner");
        assert_eq!(facts(app).await, ["member.created", "member.created", "member.merged"]);
    })
    .await;
}

#[actix_web::test]
async fn an_imported_member_with_the_same_phone_keeps_standing() {
    story(async |app| {
        let follower = wechat(app, &[OpenId("brand", 1)]).await;
        app.advance(TimeDelta::minutes(1));
        let old = import(app, &[Card(1), Phone(1)]).await;
        let joined = show(app, Source::WechatPhone, &[OpenId("brand", 1), Phone(1)]).await;
        assert_eq!((joined.member, joined.merges.len()), (old.member, 1), "card numbers and old ids keep working");
        assert_eq!(holder(app, OpenId("brand", 1)).await, Some(old.member));
        assert_eq!(current(app.app.db.read(), follower.member).await.expect("a row"), Some(old.member));
        let phones = app.rows::<identity::Entity>().await;
        let phone = phones.iter().find(|row| row.kind == identity::Kind::Phone).expect("the phone");
        assert_eq!((phone.strength, phone.verified_at, phone.current), (Strength::Wechat, Some(app.clock.now()), true));
        let why: Vec<Why> = app.rows::<identity_link::Entity>().await.iter().map(|link| link.why).collect();
        assert_eq!(why, [Why::Claimed, Why::Claimed, Why::Claimed, Why::Merged, Why::Strengthened]);
    })
    .await;
}

#[actix_web::test]
async fn a_free_second_number_becomes_the_one_to_call_and_an_imported_one_does_not() {
    story(async |app| {
        let person = wechat(app, &[OpenId("brand", 1), Phone(1)]).await.member;
        app.advance(TimeDelta::days(1));
        assert_eq!(wechat(app, &[OpenId("brand", 1), Phone(2)]).await.member, person);
        assert_eq!(current_phone(app, person, &[1, 2]).await, Some(2));
        assert_eq!(holder(app, Phone(1)).await, Some(person), "the first one stays theirs");
        app.advance(TimeDelta::days(1));
        let imported = import(app, &[Card(1), Phone(3)]).await.member;
        let joined = import(app, &[Card(1), Phone(2)]).await;
        assert_eq!((joined.member, joined.conflicts.len()), (imported, 0), "different numbers are no conflict");
        assert_eq!(current_phone(app, imported, &[1, 2, 3]).await, Some(2));
        app.advance(TimeDelta::days(1));
        wechat(app, &[OpenId("brand", 1), Phone(1)]).await;
        assert_eq!(current_phone(app, imported, &[1, 2, 3]).await, Some(1), "checked last");
        assert!(conflicts(app).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn two_checked_phones_never_merge_by_rule_and_ask_once() {
    story(async |app| {
        let one = wechat(app, &[OpenId("brand", 1), Phone(1)]).await.member;
        let other = wechat(app, &[OpenId("mini", 2), Phone(2)]).await.member;
        for round in 1..=3 {
            let seen = wechat(app, &[OpenId("brand", 1), Phone(2)]).await;
            assert_eq!((seen.member, seen.merges.len(), seen.conflicts.len()), (one, 0, 1), "the anchor's member");
            let rows = app.rows::<entity::identity::conflict::Entity>().await;
            assert_eq!((rows.len(), rows[0].times_seen), (1, round));
            assert_eq!((rows[0].kind, rows[0].state), (Kind::TwoPhones, State::Open));
            assert_eq!((rows[0].member_a, rows[0].member_b), (one, other));
        }
        assert_eq!(holder(app, Phone(2)).await, Some(other));
        assert_eq!(facts(app).await, ["member.created", "member.created", "member.conflict"]);
    })
    .await;
}

#[actix_web::test]
async fn a_known_open_id_with_another_union_id_is_a_conflict_and_nothing_moves() {
    story(async |app| {
        let person = wechat(app, &[OpenId("brand", 1), UnionId(1)]).await.member;
        let unknown = wechat(app, &[OpenId("brand", 1), UnionId(2)]).await;
        assert_eq!((unknown.member, unknown.conflicts.len()), (person, 1));
        assert_eq!(holder(app, UnionId(2)).await, None);
        let other = wechat(app, &[OpenId("mini", 5), UnionId(5)]).await.member;
        let known = wechat(app, &[OpenId("brand", 1), UnionId(5)]).await;
        assert_eq!((known.member, known.conflicts.len(), known.merges.len()), (person, 1, 0));
        assert_eq!(holder(app, UnionId(5)).await, Some(other));
        assert_eq!(conflicts(app).await, [(Kind::OtherUnionId, State::Open); 2]);
    })
    .await;
}

#[actix_web::test]
async fn a_number_in_use_by_a_provably_different_user_is_a_conflict_and_an_old_one_moves_alone() {
    story(async |app| {
        let before = wechat(app, &[OpenId("brand", 1), Phone(1)]).await.member;
        let after = wechat(app, &[OpenId("brand", 2), Phone(1)]).await;
        assert_ne!(after.member, before);
        assert_eq!((after.created, after.conflicts.len()), (true, 1));
        assert_eq!(conflicts(app).await, [(Kind::RecycledNumber, State::Open)]);
        assert_eq!(holder(app, Phone(1)).await, Some(before));

        app.advance(TimeDelta::days(90));
        wechat(app, &[OpenId("brand", 1), Phone(2)]).await;
        let moved = wechat(app, &[OpenId("brand", 2), Phone(1)]).await;
        assert_eq!((moved.member, moved.merges.len(), moved.conflicts.len()), (after.member, 0, 0));
        assert_eq!(holder(app, Phone(1)).await, Some(after.member));
        assert_eq!(current_phone(app, after.member, &[1, 2]).await, Some(1));
        assert_eq!(current_phone(app, before, &[1, 2]).await, Some(2));
        let links = app.rows::<identity_link::Entity>().await;
        let last = links.last().expect("a link");
        assert_eq!((last.why, last.from_member, last.to_member), (Why::Recycled, Some(before), Some(after.member)));
    })
    .await;
}

#[actix_web::test]
async fn what_somebody_only_says_joins_nobody_and_gives_way_to_proof() {
    story(async |app| {
        let victim = wechat(app, &[OpenId("brand", 1), Phone(1)]).await.member;
        let attacker = wechat(app, &[OpenId("brand", 2)]).await.member;
        let typed = show(app, Source::Person, &[OpenId("brand", 2), Phone(1)]).await;
        assert_eq!((typed.member, typed.merges.len(), typed.conflicts.len()), (attacker, 0, 0));
        assert_eq!(holder(app, Phone(1)).await, Some(victim));
        show(app, Source::Person, &[OpenId("brand", 2), Phone(2)]).await;
        assert_eq!(holder(app, Phone(2)).await, None, "nobody is found by what nothing proves");
        let owner = wechat(app, &[OpenId("mini", 3), Phone(2)]).await;
        assert!(owner.created && owner.merges.is_empty() && owner.conflicts.is_empty());
        assert_eq!(holder(app, Phone(2)).await, Some(owner.member));
        let links = app.rows::<identity_link::Entity>().await;
        assert_eq!(links.last().expect("a link").why, Why::Outranked);
        assert_eq!(holder(app, OpenId("brand", 2)).await, Some(attacker));
    })
    .await;
}

#[actix_web::test]
async fn claims_without_a_value_are_refused() {
    story(async |app| {
        let card = |number: &str| vec![claim(app, OpenId("brand", 1)), Claim::card("pos", number)];
        for claims in [Vec::new(), card(""), card("  "), card(&"9".repeat(129)), vec![Claim::card("", "1")]] {
            let nothing = Claims { source: Source::Import, at: app.clock.now(), claims };
            let refused = app.app.db.tx(async |tx: &Tx| resolve(tx, &nothing).await).await.expect_err("a refusal");
            assert_eq!(refused.code(), Code::Invalid);
        }
        assert!(members(app).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_thousand_first_looks_at_one_person_at_once_make_one_member() {
    story(async |app| {
        let claims = claims(app, Source::MiniLogin, &[OpenId("mini", 1), UnionId(1)]);
        let looks = (0..1000).map(|_| app.app.db.tx(async |tx: &Tx| resolve(tx, &claims).await));
        let outcomes: Vec<_> = join_all(looks).await.into_iter().map(|outcome| outcome.expect("a member")).collect();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.created).count(), 1);
        assert!(outcomes.iter().all(|outcome| outcome.member == outcomes[0].member));
        assert_eq!(members(app).await.len(), 1);
        assert_eq!(app.rows::<identity_link::Entity>().await.len(), 2);
    })
    .await;
}
