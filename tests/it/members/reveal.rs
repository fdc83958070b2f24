//! What is masked is read for a scene, with a reason, and on record.

use chrono::TimeDelta;
use entity::{admin::staff::Role, members::access};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{ID_CARD, declare_id_card, member_path, set};
use crate::{
    identity::people::{Shows::Phone, import},
    support::{story, story_with},
};

fn wish(what: &str, scene: &str) -> Value {
    json!({ "what": what, "scene": scene, "reason": "回访投诉单 1024" })
}

#[actix_web::test]
async fn whatever_is_revealed_is_on_record_with_who_and_why() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        declare_id_card(&staff).await;
        let member = import(app, &[Phone(1)]).await.member;
        set(&staff, member, json!({ "id_card": ID_CARD })).await;
        let path = format!("{}/reveal", member_path(member));
        let phone = staff.post(&path, &wish("phone", "call")).await;
        assert_eq!((phone.status, &phone.body["value"]), (StatusCode::OK, &json!("+8613800000001")));
        assert_eq!(phone.header("cache-control"), "no-store");
        let card = staff.post(&path, &wish("id_card", "prize_tax")).await;
        assert_eq!((card.status, &card.body["value"]), (StatusCode::OK, &json!(ID_CARD)));
        let record = staff.get(&format!("{}/accesses", member_path(member))).await.body;
        let lines: Vec<_> =
            record.as_array().expect("a list").iter().map(|line| (&line["what"], &line["scene"])).collect();
        assert_eq!(lines, [(&json!("id_card"), &json!("prize_tax")), (&json!("phone"), &json!("call"))]);
        assert!(record.as_array().expect("a list").iter().all(|line| line["reason"] == "回访投诉单 1024"));
    })
    .await;
}

#[actix_web::test]
async fn who_has_no_scene_for_it_reads_nothing() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        declare_id_card(&staff).await;
        let member = import(app, &[Phone(1)]).await.member;
        set(&staff, member, json!({ "id_card": ID_CARD })).await;
        let path = format!("{}/reveal", member_path(member));
        app.at_home(member).await;
        let manager = app.staff(Role::Manager).await;
        let clerk = app.staff(Role::Clerk).await;
        for (actor, what, scene) in [
            (&clerk, "phone", "call"),
            (&manager, "id_card", "prize_tax"),
            (&manager, "id_card", "call"),
            (&staff, "id_card", "call"),
            (&staff, "phone", "prize_tax"),
        ] {
            let refused = actor.post(&path, &wish(what, scene)).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{what} for {scene}: {refused:?}");
        }
        assert_eq!(manager.post(&path, &wish("id_card", "identify")).await.status, StatusCode::OK);
        for (what, status) in [("shoe_size", StatusCode::NOT_FOUND), ("phone", StatusCode::UNPROCESSABLE_ENTITY)] {
            let body =
                json!({ "what": what, "scene": "identify", "reason": if what == "phone" { "x" } else { "核对身份" } });
            assert_eq!(staff.post(&path, &body).await.status, status, "{what}");
        }
        assert_eq!(app.rows::<access::Entity>().await.len(), 1, "only what was told is on record");
    })
    .await;
}

#[actix_web::test]
async fn nobody_reads_very_many_phones_within_an_hour() {
    story_with(
        |settings| settings.config.privacy.reveals_per_hour = 2,
        async |app| {
            let member = import(app, &[Phone(1)]).await.member;
            app.at_home(member).await;
            let (one, other) = (app.staff(Role::Manager).await, app.staff(Role::Manager).await);
            let path = format!("{}/reveal", member_path(member));
            for _ in 0..2 {
                assert_eq!(one.post(&path, &wish("phone", "call")).await.status, StatusCode::OK);
            }
            let refused = one.post(&path, &wish("phone", "call")).await;
            assert_eq!(
                (refused.status, &refused.body["code"]),
                (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limited"))
            );
            assert_eq!(other.post(&path, &wish("phone", "call")).await.status, StatusCode::OK);
            app.advance(TimeDelta::hours(1));
            assert_eq!(one.post(&path, &wish("phone", "call")).await.status, StatusCode::OK);
            assert_eq!(app.rows::<access::Entity>().await.len(), 4);
        },
    )
    .await;
}
