//! Profiles: how a member came, what staff correct, and finding one.

use chrono::TimeDelta;
use entity::{admin::staff::Role, jobs::event, members::profile, types::MemberId};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{detail, fields, member_path};
use crate::{
    identity::people::{
        Shows::{Card, OpenId, Phone},
        import, wechat,
    },
    support::{Follower, TestApp, story},
};

/// The member of a follower.
async fn member_of(app: &TestApp, person: &Follower<'_>) -> MemberId {
    let claim = huilian::identity::Claim::open_id(&"brand".parse().expect("a key"), &person.open_id("brand"));
    huilian::identity::find(app.app.db.read(), &claim).await.expect("an answer").expect("a member")
}

#[actix_web::test]
async fn how_somebody_came_is_computed_from_what_they_did_first() {
    story(async |app| {
        let person = app.person("林小满");
        person.follow_by("brand", "store-7").await;
        let followed_at = app.clock.now();
        app.advance(TimeDelta::minutes(5));
        app.run_jobs().await;
        let searched = app.person("周一鸣");
        searched.follow("brand").await;
        app.run_jobs().await;
        let staff = app.staff(Role::Headquarters).await;
        let came = async |member| {
            let shown = detail(&staff, member).await["member"].clone();
            (shown["joined_by"].clone(), shown["joined_channel"].clone(), shown["joined_account"].clone())
        };
        let member = member_of(app, &person).await;
        assert_eq!(came(member).await, (json!("code"), json!("store-7"), json!("brand")));
        let joined_at: chrono::DateTime<chrono::Utc> =
            detail(&staff, member).await["member"]["joined_at"].as_str().expect("a time").parse().expect("a time");
        assert_eq!(joined_at.timestamp(), followed_at.timestamp(), "when they followed, not when we looked");
        let other = member_of(app, &searched).await;
        assert_eq!(came(other).await, (json!("follow"), Value::Null, json!("brand")));
        assert_eq!(came(import(app, &[Card(1)]).await.member).await.0, json!("import"));
        let consumer = app.person("何思远").log_in("shop").await;
        let member = consumer.logged_in["member"].as_str().expect("an id").parse().expect("an id");
        assert_eq!(came(member).await.0, json!("mini_program"));
    })
    .await;
}

#[actix_web::test]
async fn every_member_has_one_profile_and_six_blocks_that_invent_nothing() {
    story(async |app| {
        let member = wechat(app, &[OpenId("shop", 1), Phone(1)]).await.member;
        wechat(app, &[OpenId("shop", 1), Phone(1)]).await;
        assert_eq!(app.rows::<profile::Entity>().await.len(), 1);
        app.at_home(member).await;
        let shown = detail(&app.staff(Role::Clerk).await, member).await;
        assert_eq!(shown["basics"]["phone"], "138****0001");
        assert_eq!(shown["basics"]["name"], Value::Null);
        for block in ["tags", "assets", "spending", "preferences"] {
            assert_eq!(shown[block], json!([]), "{block}");
        }
        let identities = shown["member"]["identities"].as_array().expect("identities");
        let masked: Vec<_> = identities.iter().filter_map(|identity| identity["shown"].as_str()).collect();
        assert_eq!(masked, ["OpenID(…0001)", "138****0001"]);
        assert!(!shown.to_string().contains("oPerson") && !shown.to_string().contains("13800000001"), "{shown}");
    })
    .await;
}

#[actix_web::test]
async fn staff_correct_the_basics_and_what_is_no_name_is_refused() {
    story(async |app| {
        let member = import(app, &[Phone(1)]).await.member;
        let staff = app.staff(Role::Headquarters).await;
        let path = member_path(member);
        let said = json!({ "name": "林小满", "sex": "female", "birthday": "1996-02-29", "region": "广东 广州" });
        let changed = staff.patch(&path, &said).await;
        assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
        assert_eq!(
            (&changed.body["basics"]["name"], &changed.body["basics"]["sex"]),
            (&json!("林小满"), &json!("female"))
        );
        let emptied = staff.patch(&path, &json!({ "region": null })).await.body;
        assert_eq!((&emptied["basics"]["region"], &emptied["basics"]["name"]), (&Value::Null, &json!("林小满")));
        for (body, field) in [
            (json!({ "name": "" }), "name"),
            (json!({ "name": " 林" }), "name"),
            (json!({ "nickname": "a\nb" }), "nickname"),
            (json!({ "region": "x".repeat(65) }), "region"),
            (json!({ "birthday": "2026-11-22" }), "birthday"),
            (json!({ "birthday": "1899-12-31" }), "birthday"),
            (json!({ "language": "<b>" }), "language"),
            (json!({ "sex": "other" }), "sex"),
        ] {
            let refused = staff.patch(&path, &body).await;
            assert!(fields(&refused)[0].starts_with(field), "{body}: {refused:?}");
        }
        let facts = app.rows::<event::Entity>().await;
        let told: Vec<_> = facts.iter().filter(|fact| fact.kind == "member.profile_changed").collect();
        assert_eq!(told.len(), 2);
        assert!(!told[0].payload.to_string().contains("林小满"), "facts name fields, no values");
    })
    .await;
}

#[actix_web::test]
async fn members_are_found_by_phone_card_and_how_the_name_begins() {
    story(async |app| {
        let first = import(app, &[Phone(1), Card(1)]).await.member;
        app.advance(TimeDelta::seconds(1));
        let second = import(app, &[Phone(2)]).await.member;
        let staff = app.staff(Role::Headquarters).await;
        for (member, name) in [(first, "林小满"), (second, "林大山")] {
            staff.patch(&member_path(member), &json!({ "name": name })).await;
        }
        let ids = |answer: &crate::support::Answered| -> Vec<String> {
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
            let items = answer.body["items"].as_array().expect("items");
            items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
        };
        let look_up = "/api/admin/v1/members/look-up";
        let clerk = app.staff(Role::Clerk).await;
        for (body, expected) in [
            (json!({ "phone": "138 0000 0001" }), vec![first.to_string()]),
            (json!({ "phone": "13800000009" }), vec![]),
            (json!({ "card": { "issuer": "pos", "number": "00000001" } }), vec![first.to_string()]),
            (json!({ "card": { "issuer": "other", "number": "00000001" } }), vec![]),
        ] {
            assert_eq!(ids(&clerk.post(look_up, &body).await), expected, "{body}");
        }
        let by_name = |name: &str| json!({ "name": name });
        assert_eq!(ids(&staff.post(look_up, &by_name("林")).await), [second.to_string(), first.to_string()]);
        assert_eq!(ids(&staff.post(look_up, &by_name("林小")).await), [first.to_string()]);
        assert!(ids(&staff.post(look_up, &by_name("小满")).await).is_empty());
        for odd in ["%", "_", "林%"] {
            assert!(ids(&staff.post(look_up, &by_name(odd)).await).is_empty(), "{odd}");
        }
        let refused = clerk.post(look_up, &by_name("林")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(fields(&staff.post(look_up, &json!({ "phone": "138" })).await), ["phone"]);
    })
    .await;
}

#[actix_web::test]
async fn the_list_is_paged_without_gaps_and_repetitions() {
    story(async |app| {
        let mut expected = Vec::new();
        for number in 0..7 {
            // Some of one moment: then the id decides.
            if number % 3 == 0 {
                app.advance(TimeDelta::seconds(1));
            }
            expected.push((app.clock.now(), import(app, &[Phone(number)]).await.member));
        }
        expected.sort_by(|one, other| other.cmp(one));
        let expected: Vec<String> = expected.into_iter().map(|(_, member)| member.to_string()).collect();
        let staff = app.staff(Role::Headquarters).await;
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = staff.get(&format!("/api/admin/v1/members?limit=3&cursor={cursor}")).await.body;
            let items = page["items"].as_array().expect("items");
            found.extend(items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
            match page["next"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(found, expected);
    })
    .await;
}
