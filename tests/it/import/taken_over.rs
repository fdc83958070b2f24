//! What an import leaves behind.

use entity::{
    identity::{identity, identity_link, member},
    jobs::event,
    members::{import_part, import_row, import_row::Outcome},
};
use reqwest::StatusCode;
use serde_json::json;

use super::{Importer, POS};
use crate::support::story;

#[actix_web::test]
async fn good_rows_become_members_and_bad_ones_a_file_of_rejects() {
    story(async |app| {
        let importer = Importer::new(app).await;
        let run = importer.import(POS).await;
        let id = run["id"].as_str().expect("an id");
        assert_eq!(app.rows::<member::Entity>().await.len(), 3, "{run}");
        let identities = app.rows::<identity::Entity>().await;
        assert_eq!(identities.len(), 5, "three cards, two phones");
        assert!(identities.iter().filter(|row| row.kind == identity::Kind::Phone).all(|row| row.current));
        assert_eq!(app.rows::<identity_link::Entity>().await.len(), 5);
        let met = app.rows::<event::Entity>().await.into_iter().filter(|event| event.kind == "member.taken_over");
        assert_eq!(met.count(), 3);
        assert!(app.rows::<import_part::Entity>().await.is_empty(), "the file is gone with its rows");
        let rows = app.rows::<import_row::Entity>().await;
        let fates: Vec<(i32, Outcome)> = rows.iter().map(|row| (row.row, row.outcome)).collect();
        let count = |outcome| fates.iter().filter(|(_, fate)| *fate == outcome).count();
        assert_eq!(
            (count(Outcome::Created), count(Outcome::Matched), count(Outcome::Rejected)),
            (3, 1, 3),
            "{fates:?}"
        );
        let rejects = importer.rejects(id).await;
        let lines: Vec<&str> = rejects.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines.len(), 4, "{rejects}");
        assert!(lines[0].starts_with("行号 row,列 column,代码 code,原因 reason,会员卡号,手机号"));
        assert!(lines[1].starts_with("5,,nobody_named,"));
        assert!(lines[2].starts_with("6,手机号,phone,手机号无效") && lines[2].contains("A003,1380000,王五"));
        assert!(lines[3].starts_with("7,性别; 生日; 积分,sex; birthday; points,"));
        assert!(lines[3].contains("'=cmd") && lines[3].contains("'-5"), "no cell is a formula: {}", lines[3]);
        assert!(rows.iter().all(|row| !format!("{:?}{:?}", row.detail, row.sealed).contains("1380000")), "sealed");
    })
    .await;
}

#[actix_web::test]
async fn importing_twice_changes_nothing() {
    story(async |app| {
        let importer = Importer::new(app).await;
        importer.import(POS).await;
        let before = (app.rows::<member::Entity>().await, app.rows::<identity::Entity>().await);
        let again = importer.import(POS).await;
        assert_eq!((app.rows::<member::Entity>().await, app.rows::<identity::Entity>().await), before);
        assert_eq!((&again["counts"]["created"], &again["counts"]["matched"]), (&json!(0), &json!(4)));
        let started = importer.order(again["id"].as_str().expect("an id"), "start").await;
        assert_eq!(started.status, StatusCode::CONFLICT, "it is done");
    })
    .await;
}
