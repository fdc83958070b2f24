//! What stands in files: masked, marked, no formula, whole also when writing was cut off.

use std::collections::BTreeSet;

use entity::admin::staff::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::approval::asked;
use crate::support::{StaffActor, TestApp, story};

/// The lines of a file, without its headings.
pub fn lines(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// Asks for a file and has somebody else agree; gives it when it is written.
pub async fn exported(app: &TestApp, staff: &StaffActor<'_>, what: Value) -> crate::support::Answered {
    let path = asked(staff, what, &crate::support::unique_name()).await;
    let other = app.staff(Role::Headquarters).await;
    assert_eq!(other.post(&format!("{path}/approve"), &json!({})).await.status, StatusCode::OK);
    app.run_jobs().await;
    let file = staff.post(&format!("{path}/file"), &json!({})).await;
    assert_eq!(file.status, StatusCode::OK, "{file:?}");
    file
}

#[actix_web::test]
async fn members_are_masked_and_every_line_says_who_took_them() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let me = hq.get("/api/admin/v1/me").await.body["login"].as_str().expect("a login").to_owned();
        for (number, name) in
            [("13800138001", "=HYPERLINK(\"http://evil\")"), ("13800138002", "林小满"), ("13800138003", "+86")]
        {
            let consumer = app.person("小林").log_in("shop").await;
            assert_eq!(consumer.give_phone(number).await.status, StatusCode::OK);
            assert_eq!(
                consumer.patch("/api/mini/v1/profile", &json!({ "nickname": name })).await.status,
                StatusCode::OK
            );
            let member = consumer.member().await;
            let named = hq.patch(&format!("/api/admin/v1/members/{member}"), &json!({ "name": "欧阳明月" })).await;
            assert_eq!(named.status, StatusCode::OK, "{named:?}");
        }
        let file = exported(app, &hq, json!({ "members": {} })).await;
        assert_eq!(
            (file.header("content-type"), file.header("cache-control")),
            ("text/csv; charset=utf-8", "no-store")
        );
        let disposition = file.header("content-disposition");
        assert!(
            disposition.starts_with("attachment; filename=\"members-20261121-") && disposition.contains("-xpt_"),
            "{disposition}"
        );
        let text = file.body.as_str().expect("a file");
        assert!(!text.contains("欧阳明月") && !text.contains("13800138002"), "{text}");
        let lines = lines(text);
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines.iter().all(|line| line[1] == "欧**" && line[3].contains('*')), "{text}");
        let begins = |cell: &String| cell.starts_with(['=', '+', '-', '@']);
        assert!(!lines.iter().flatten().any(begins), "{text}");
        assert!(lines.iter().all(|line| line[7].starts_with(&me) && line[7].contains("xpt_")), "{text}");

        let none = exported(app, &hq, json!({ "members": { "joined_to": "2026-11-20" } })).await;
        assert_eq!(none.body.as_str().map(|text| text.lines().count()), Some(1), "headings alone");
    })
    .await;
}

#[actix_web::test]
async fn a_long_file_has_every_line_once() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        // Each leaves two entries of the record.
        for _ in 0..300 {
            hq.post("/api/admin/v1/members/look-up", &json!({ "phone": "13800138000" })).await;
            app.advance(chrono::TimeDelta::seconds(1));
        }
        let file = exported(app, &hq, json!({ "audit": {} })).await;
        let lines = lines(file.body.as_str().expect("a file"));
        let places: BTreeSet<u64> = lines.iter().map(|line| line[0].parse().expect("a place")).collect();
        assert!(lines.len() > 600 && places.len() == lines.len(), "{}", lines.len());
        assert_eq!(places.last(), u64::try_from(places.len()).ok().as_ref(), "without a gap");
        assert!(app.rows::<entity::exports::export_part::Entity>().await.len() > 2, "in pieces");
        assert!(
            app.rows::<entity::exports::export_part::Entity>()
                .await
                .iter()
                .all(|part| !part.sealed.contains("look-up"))
        );
    })
    .await;
}
