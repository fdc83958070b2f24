//! What WeChat answers about one person who has just followed.

use chrono::TimeDelta;
use entity::{admin::staff::Role, identity::follower::State};
use huilian::sandbox::{FaultKind, NewFault, Told};
use serde_json::json;

use super::{api, record};
use crate::support::story;

const USER_INFO: &str = "/cgi-bin/user/info";

#[actix_web::test]
async fn a_new_follower_gets_their_union_id_remark_and_tags() {
    story(async |app| {
        let person = app.person("林小满");
        person.follow_by("brand", "store-7").await;
        let open_id = person.open_id("brand");
        assert_eq!(record(app, &open_id).await.union_id, None, "pushes do not tell it");
        let tag = api(app).create_tag("老客").await.expect("a tag");
        api(app).put_tag(tag.id, std::slice::from_ref(&open_id)).await.expect("a tagged follower");
        api(app).set_remark(&open_id, "门店老客").await.expect("a remark");
        app.run_jobs().await;

        let row = record(app, &open_id).await;
        let told = app.sandbox.person(&person.id).expect("a person").unionid;
        assert!(told.is_some());
        assert_eq!(row.union_id.map(|id| id.as_str().to_owned()), told);
        assert_eq!(row.remark.as_deref(), Some("门店老客"));
        assert_eq!(row.tag_ids, json!([tag.id]));
        assert_eq!(row.subscribe_scene.as_deref(), Some("ADD_SCENE_QR_CODE"));
        assert_eq!((row.scene.as_deref(), row.synced_at), (Some("store-7"), Some(app.clock.now())));

        let staff = app.staff(Role::Manager).await;
        let shown = staff.get("/api/admin/v1/followers?account=brand").await;
        let shown = &shown.body["items"][0];
        assert_eq!((&shown["has_union_id"], &shown["remark"]), (&json!(true), &json!("门店老客")));
        assert!(!shown.to_string().contains(open_id.as_str()), "the OpenID stays inside");
    })
    .await;
}

#[actix_web::test]
async fn a_known_union_id_is_never_overwritten_with_nothing() {
    story(async |app| {
        let person = app.follower("周一鸣").await;
        let open_id = person.open_id("brand");
        let known = record(app, &open_id).await.union_id;
        assert!(known.is_some());
        app.sandbox.bind_union(&person.id, false).expect("an unbound account");
        api(app).set_remark(&open_id, "换了平台").await.expect("a remark");
        person.unfollow("brand").await;
        app.advance(TimeDelta::minutes(1));
        person.follow("brand").await;
        api(app).set_remark(&open_id, "又回来").await.expect("a remark");
        app.run_jobs().await;
        let row = record(app, &open_id).await;
        assert_eq!((row.union_id, row.remark.as_deref()), (known, Some("又回来")));
    })
    .await;
}

#[actix_web::test]
async fn a_push_that_comes_between_question_and_answer_wins() {
    story(async |app| {
        let person = app.person("何思远");
        person.follow("brand").await;
        // The answer is on its way while the person leaves. Real time: long enough for one push.
        app.sandbox.add_fault(NewFault::once(USER_INFO, FaultKind::Slow { millis: 1500 })).expect("a fault");
        let mut told = app.sandbox.events();
        let leaves = async {
            loop {
                if let Told::Call { id } = told.recv().await.expect("something happens")
                    && app.sandbox.calls(9).iter().any(|call| call.id == id && call.path == USER_INFO)
                {
                    break;
                }
            }
            app.advance(TimeDelta::seconds(5));
            person.unfollow("brand").await;
            assert_eq!(record(app, &person.open_id("brand")).await.state, State::Gone);
            app.advance(TimeDelta::seconds(5));
        };
        futures_util::future::join(app.run_jobs(), leaves).await;
        let row = record(app, &person.open_id("brand")).await;
        assert_eq!((row.state, row.state_at), (State::Gone, app.clock.now() - TimeDelta::seconds(5)));
        assert!(row.synced_at.is_some(), "the answer was read");
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn a_follower_whom_wechat_does_not_know_is_left_as_they_are() {
    story(async |app| {
        app.text_from("brand", "oTestPerson0000000000000001", 1, "会员").send().await;
        let follow = json!({
            "FromUserName": "oTestPerson0000000000000002", "MsgType": "event", "Event": "subscribe", "EventKey": "",
        });
        app.sandbox.push_by_hand("brand", &follow, None).await.expect("a push");
        app.run_jobs().await;
        let row = record(app, &"oTestPerson0000000000000002".parse().expect("an OpenID")).await;
        assert_eq!((row.state, row.synced_at), (State::Following, None));
    })
    .await;
}
