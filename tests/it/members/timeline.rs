//! What happened with a member, over all channels and names, as one list.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{admin::staff::Role, identity::identity::Source};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{declare_id_card, member_path, well_known};
use crate::{
    identity::people::{
        Shows::{Card, Phone},
        import, show,
    },
    support::{StaffActor, story},
};

async fn page(staff: &StaffActor<'_>, path: &str, limit: usize, cursor: &str) -> (Vec<Value>, Option<String>) {
    let answer = staff.get(&format!("{path}/timeline?limit={limit}&cursor={cursor}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let items = answer.body["items"].as_array().expect("items").clone();
    (items, answer.body["next"].as_str().map(str::to_owned))
}

#[actix_web::test]
async fn browsing_talking_and_being_merged_stand_in_one_list_by_time() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        declare_id_card(&staff).await;
        // The till knew them before: what happened under that name belongs to them as well.
        let old = import(app, &[Phone(1), Card(1)]).await.member;
        app.advance(TimeDelta::seconds(10));
        let known = well_known(app, "林小满", "13800000001", super::ID_CARD).await;
        well_known(app, "周一鸣", "13800000002", "440301199003070018").await;
        assert_eq!(known.member, old);
        let path = member_path(known.member);
        let (all, next) = page(&staff, &path, 100, "").await;
        assert_eq!(next, None);
        let times: Vec<DateTime<Utc>> =
            all.iter().map(|fact| fact["at"].as_str().expect("a time").parse().expect("a time")).collect();
        assert!(times.windows(2).all(|pair| pair[0] >= pair[1]), "{times:?}");
        let has = |source: &str, kind: &str, channel: Value| {
            all.iter().any(|fact| fact["source"] == source && fact["kind"] == kind && fact["channel"] == channel)
        };
        assert!(has("touch", "follow", json!("brand")), "{all:#?}");
        assert!(has("message", "person.text", json!("brand")), "{all:#?}");
        assert!(has("behaviour", "page_view", json!("shop")), "{all:#?}");
        assert!(has("event", "member.created", Value::Null) && has("event", "member.merged", Value::Null), "{all:#?}");
        assert!(has("event", "member.signed_in", json!("shop")), "{all:#?}");
        assert!(!all.iter().any(|fact| fact["text"].as_str().is_some_and(|text| text.contains("周一鸣"))));
        let follows = all.iter().filter(|fact| fact["kind"].as_str().is_some_and(|kind| kind.contains("follow")));
        assert_eq!(follows.count(), 1, "one thing that happened is told once");

        for limit in [1, 3, 4] {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let (items, next) = page(&staff, &path, limit, &cursor).await;
                assert!(items.len() == limit || next.is_none());
                found.extend(items);
                match next {
                    Some(next) => cursor = next,
                    None => break,
                }
            }
            assert_eq!(found, all, "pages of {limit} are the list");
        }
    })
    .await;
}

#[actix_web::test]
async fn the_timeline_is_not_for_clerks_and_not_of_nobody() {
    story(async |app| {
        let member = show(app, Source::Import, &[Phone(1)]).await.member;
        let clerk = app.staff(Role::Clerk).await;
        assert_eq!(clerk.get(&format!("{}/timeline", member_path(member))).await.status, StatusCode::FORBIDDEN);
        let staff = app.staff(Role::Headquarters).await;
        let nobody = member_path(app.app.random.id(app.clock.now()));
        assert_eq!(staff.get(&format!("{nobody}/timeline")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            staff.get(&format!("{}/timeline?cursor=x", member_path(member))).await.status,
            StatusCode::BAD_REQUEST
        );
    })
    .await;
}
