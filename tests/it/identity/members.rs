//! Followers are people: whom WeChat tells us about is a member from then on.

use chrono::TimeDelta;
use entity::identity::{conflict, identity, identity::Kind, member};
use huilian::identity::{Claim, find};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use super::people::{
    Shows::{Card, OpenId, Phone, UnionId},
    holder, import, members, wechat,
};
use crate::support::{Follower, TestApp, story};

async fn member_of(app: &TestApp, person: &Follower<'_>) -> Option<entity::types::MemberId> {
    let claim = Claim::open_id(&"brand".parse().expect("an account key"), &person.open_id("brand"));
    find(app.app.db.read(), &claim).await.expect("an answer")
}

#[actix_web::test]
async fn somebody_who_follows_is_a_member_once_wechat_has_told_who_they_are() {
    story(async |app| {
        let person = app.person("林小满");
        person.follow("brand").await;
        assert_eq!(member_of(app, &person).await, None, "a push is answered without it");
        app.run_jobs().await;
        let member = member_of(app, &person).await.expect("a member");
        let kinds: Vec<Kind> = app.rows::<identity::Entity>().await.iter().map(|row| row.kind).collect();
        assert_eq!(kinds, [Kind::OpenId, Kind::UnionId]);
        person.unfollow("brand").await;
        app.advance(TimeDelta::minutes(1));
        person.follow("brand").await;
        app.run_jobs().await;
        assert_eq!((member_of(app, &person).await, members(app).await.len()), (Some(member), 1), "they came back");
    })
    .await;
}

#[actix_web::test]
async fn a_run_over_all_followers_makes_members_of_them_once() {
    story(async |app| {
        super::unheard(app, async || {
            for number in 0..5 {
                app.person(&format!("路人{number}")).follow("brand").await;
            }
        })
        .await;
        let staff = app.staff(entity::admin::staff::Role::Manager).await;
        for _ in 0..2 {
            staff.post("/api/admin/v1/followers/sync", &json!({ "account": "brand" })).await;
            app.run_jobs().await;
            app.advance(TimeDelta::hours(1));
            assert_eq!((members(app).await.len(), app.rows::<identity::Entity>().await.len()), (5, 10));
        }
    })
    .await;
}

#[actix_web::test]
async fn a_union_id_that_changes_is_put_before_staff() {
    story(async |app| {
        let person = app.follower("周一鸣").await;
        let member = member_of(app, &person).await.expect("a member");
        // As it was before the account was bound elsewhere.
        let bound = identity::Entity::update_many().col_expr(identity::Column::Key, Expr::value("uBoundElsewhere"));
        bound.filter(identity::Column::Kind.eq(Kind::UnionId)).exec(app.app.db.read()).await.expect("a UnionID");
        person.unfollow("brand").await;
        app.advance(TimeDelta::minutes(1));
        person.follow("brand").await;
        app.run_jobs().await;
        let conflicts = app.rows::<conflict::Entity>().await;
        assert_eq!(conflicts.len(), 1, "{conflicts:?}");
        assert_eq!((conflicts[0].kind, conflicts[0].member_a), (conflict::Kind::OtherUnionId, member));
        assert_eq!(member_of(app, &person).await, Some(member));
    })
    .await;
}

#[actix_web::test]
async fn who_ends_one_wechat_account_stays_a_member_by_what_is_left() {
    story(async |app| {
        let person = app.follower("何思远").await;
        let cancel = json!({ "MsgType": "event", "Event": "user_authorization_cancellation" });
        let member = member_of(app, &person).await.expect("a member");
        let (brand, open_id) = ("brand".parse().expect("an account key"), person.open_id("brand"));
        let claims = |more| huilian::identity::Claims {
            source: identity::Source::Import,
            at: app.clock.now(),
            claims: vec![Claim::open_id(&brand, &open_id), super::people::claim(app, more)],
        };
        let card = claims(Card(1));
        let link = async |tx: &huilian::infra::db::Tx| huilian::identity::resolve(tx, &card).await.map(drop);
        app.app.db.tx(link).await.expect("a member");
        app.sandbox.push_by_hand("brand", &cancel, Some(&person.id)).await.expect("a push");
        app.run_jobs().await;
        assert_eq!(member_of(app, &person).await, None);
        let left: Vec<Kind> = app.rows::<identity::Entity>().await.iter().map(|row| row.kind).collect();
        assert_eq!(left, [Kind::Card], "what only WeChat told is gone");
        assert_eq!(holder(app, Card(1)).await, Some(member));
        assert!(members(app).await.iter().all(|row| row.state == member::State::Active));
        assert_eq!(import(app, &[Card(1), Phone(1)]).await.member, member);
        assert!(wechat(app, &[OpenId("mini", 9), UnionId(9)]).await.created);
    })
    .await;
}
