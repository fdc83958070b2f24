//! The dry run: what would happen, and nothing happens.

use entity::{
    identity::{conflict, identity, identity::Source, member, merge},
    jobs::event,
    members::import_row,
};
use serde_json::json;

use super::{Importer, POS};
use crate::{
    identity::people::{
        Shows::{Card, OpenId, Phone},
        import, show, wechat,
    },
    support::{TestApp, story},
};

/// Everything that a dry run must leave as it is.
async fn members(app: &TestApp) -> (Vec<member::Model>, Vec<identity::Model>, Vec<merge::Model>, Vec<conflict::Model>) {
    (
        app.rows::<member::Entity>().await,
        app.rows::<identity::Entity>().await,
        app.rows::<merge::Entity>().await,
        app.rows::<conflict::Entity>().await,
    )
}

#[actix_web::test]
async fn it_tells_what_would_become_of_every_row_and_changes_nothing() {
    story(async |app| {
        let importer = Importer::new(app).await;
        let id = importer.bring("会员.csv", POS.as_bytes()).await;
        importer.agree(&id).await;
        let before = (members(app).await, app.rows::<event::Entity>().await.len());
        let report = importer.check(&id).await;
        assert_eq!((members(app).await, app.rows::<event::Entity>().await.len()), before);
        assert!(app.rows::<import_row::Entity>().await.is_empty());
        let counts = &report["counts"];
        assert_eq!((&counts["created"], &counts["matched"], &counts["rejected"]), (&json!(3), &json!(1), &json!(3)));
        assert_eq!(
            (&counts["repeated"], &counts["demographic"], &counts["behavioural"]),
            (&json!(1), &json!(4), &json!(4))
        );
        assert_eq!(report["repeated"], json!([{ "row": 4, "earlier": 2 }]));
        assert_eq!(report["flaws"], json!({ "birthday": 1, "nobody_named": 1, "phone": 1, "points": 1, "sex": 1 }));
        let named: Vec<_> = report["rejected"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|one| (&one["row"], &one["column"], &one["code"]))
            .collect();
        assert_eq!(named[0], (&json!(5), &json!(null), &json!("nobody_named")));
        assert_eq!(named[1], (&json!(6), &json!("手机号"), &json!("phone")));
        assert_eq!(named.len(), 5, "every flaw of a row is told: {named:?}");
    })
    .await;
}

#[actix_web::test]
async fn it_foresees_what_the_run_does() {
    story(async |app| {
        let importer = Importer::new(app).await;
        // Known by card, known by phone with WeChat, two members that the file shows to be one, and two who are not.
        import(app, &[Card(1), Phone(1)]).await;
        wechat(app, &[OpenId("brand", 2), Phone(2)]).await;
        import(app, &[Card(3)]).await;
        import(app, &[Phone(3)]).await;
        wechat(app, &[OpenId("brand", 4), Phone(4)]).await;
        wechat(app, &[OpenId("brand", 5)]).await;
        show(app, Source::Staff, &[OpenId("brand", 5), Card(5)]).await;
        let text = "card,phone\n00000001,13800000001\n00000002,13800000002\n00000003,13800000003\n00000005,13800000004\n00000006,13800000006\n";
        let id = importer.bring("a.csv", text.as_bytes()).await;
        importer.agree(&id).await;
        let before = members(app).await;
        let foreseen = importer.check(&id).await["counts"].clone();
        assert_eq!(members(app).await, before);
        let wanted = [("created", 1), ("matched", 2), ("merged", 1), ("conflicts", 1), ("rejected", 0), ("repeated", 0)];
        for (what, count) in wanted {
            assert_eq!(foreseen[what], count, "{what}: {foreseen}");
        }
        let matches = json!({ "by_phone": 4, "by_card": 3, "by_number": 0, "with_wechat": 2 });
        assert_eq!(foreseen["matches"], matches);
        let run = importer.run(&id).await;
        assert_eq!(run["counts"], foreseen, "nothing differs");
        assert_eq!(run["match_rate"], 80);
    })
    .await;
}

#[actix_web::test]
async fn rows_about_one_person_are_found_however_far_apart() {
    story(async |app| {
        let importer = Importer::new(app).await;
        import(app, &[Card(1), Phone(1)]).await;
        let mut text = "card,phone\n00000001,\n,13800000001\n00000002,13800000002\n".to_owned();
        for row in 0..2500 {
            text.push_str(&format!("1{row:07},139{row:08}\n"));
        }
        // A phone of the first rows, a card of the third, and a new card with a known phone.
        text.push_str("00000001,13800000001\n,13800000002\n00000009,13800000001\n");
        let id = importer.bring("a.csv", text.as_bytes()).await;
        importer.agree(&id).await;
        let report = importer.check(&id).await;
        let rows: Vec<_> = report["repeated"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|one| (one["row"].as_u64(), one["earlier"].as_u64()))
            .collect();
        assert_eq!(rows, [(Some(3), Some(2)), (Some(2505), Some(2)), (Some(2506), Some(4)), (Some(2507), Some(3))]);
        let run = importer.run(&id).await;
        assert_eq!((&run["counts"]["created"], &run["counts"]["matched"]), (&json!(2501), &json!(5)));
        assert_eq!(run["counts"]["repeated"], report["counts"]["repeated"]);
        assert_eq!((&report["counts"]["created"], &report["counts"]["matched"]), (&json!(2501), &json!(5)));
    })
    .await;
}
