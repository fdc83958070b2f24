//! The list of members, narrowed: by the day on which they joined, by whether they follow, by what led them here.

use chrono::TimeDelta;
use entity::admin::staff::Role;
use reqwest::StatusCode;

use crate::support::{StaffActor, TestApp, story};

/// Who is listed, by their nicknames.
async fn listed(staff: &StaffActor<'_>, query: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = String::new();
    loop {
        let page = staff.get(&format!("/api/admin/v1/members?limit=2&{query}{next}")).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        let items = page.body["items"].as_array().expect("members");
        names.extend(items.iter().map(|line| line["nickname"].as_str().unwrap_or("?").to_owned()));
        match page.body["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return names,
        }
    }
}

/// Somebody who comes by a code if one is named, and uses the mini program under a nickname.
async fn comes(app: &TestApp, name: &str, scene: Option<&str>) {
    let person = app.person(name);
    if let Some(scene) = scene {
        person.follow_by("brand", scene).await;
        app.run_jobs().await;
    }
    let named =
        person.log_in("shop").await.patch("/api/mini/v1/profile", &serde_json::json!({ "nickname": name })).await;
    assert_eq!(named.status, StatusCode::OK, "{named:?}");
    app.run_jobs().await;
    app.advance(TimeDelta::minutes(1));
}

#[actix_web::test]
async fn members_are_found_by_day_by_channel_and_by_whether_they_follow() {
    story(async |app| {
        comes(app, "甲", Some("store-7")).await;
        comes(app, "乙", None).await;
        // The next day of Shanghai.
        app.advance(TimeDelta::hours(15));
        comes(app, "丙", Some("store-7")).await;
        comes(app, "丁", Some("store-8")).await;
        let leaver = app.person("戊");
        leaver.follow_by("brand", "store-7").await;
        app.run_jobs().await;
        let named = serde_json::json!({ "nickname": "戊" });
        leaver.log_in("shop").await.patch("/api/mini/v1/profile", &named).await;
        leaver.unfollow("brand").await;
        app.run_jobs().await;
        let staff = app.staff(Role::Headquarters).await;
        for (query, expected) in [
            ("", ["戊", "丁", "丙", "乙", "甲"].as_slice()),
            ("joined_to=2026-11-21", &["乙", "甲"]),
            ("joined_from=2026-11-22", &["戊", "丁", "丙"]),
            ("joined_from=2026-11-21&joined_to=2026-11-21", &["乙", "甲"]),
            ("joined_from=2026-11-23", &[]),
            ("channel=store-7", &["戊", "丙", "甲"]),
            ("channel=store", &[]),
            ("follows=true", &["丁", "丙", "甲"]),
            ("follows=false", &["戊", "乙"]),
            ("follows=true&channel=store-7&joined_from=2026-11-22", &["丙"]),
        ] {
            assert_eq!(listed(&staff, query).await, expected, "{query}");
        }
        for wrong in ["joined_from=yesterday", "follows=perhaps", "channel="] {
            let refused = staff.get(&format!("/api/admin/v1/members?{wrong}")).await;
            assert!(refused.status.is_client_error(), "{wrong}: {refused:?}");
        }
    })
    .await;
}
