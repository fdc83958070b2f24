//! Undoing an import.

use chrono::TimeDelta;
use entity::{
    identity::{conflict, identity, identity::Source, member, merge},
    members::{import_row, profile, standing, value},
};
use reqwest::StatusCode;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::{Importer, POS};
use crate::{
    identity::people::{
        Shows::{Card, OpenId, Phone},
        holder, import, show, wechat,
    },
    support::{TestApp, story},
};

/// Everything that an import writes of people.
async fn people(app: &TestApp) -> Vec<Value> {
    let mut members = app.rows::<member::Entity>().await;
    members.retain(|row| row.state == member::State::Active);
    let identities = app.rows::<identity::Entity>().await;
    let told = |row: &profile::Model| json!({ "name": row.name, "sex": row.sex, "birthday": row.birthday, "told": row.told, "joined_at": row.joined_at, "by": row.joined_by });
    let profiles = app.rows::<profile::Entity>().await;
    vec![
        json!(members.iter().map(|row| row.id).collect::<Vec<_>>()),
        json!(identities.iter().map(|row| (row.id, row.member_id, row.current)).collect::<Vec<_>>()),
        json!(profiles.iter().map(|row| (row.member_id, told(row))).collect::<Vec<_>>()),
        json!(app.rows::<standing::Entity>().await),
        json!(app.rows::<value::Entity>().await),
    ]
}

impl Importer<'_> {
    pub async fn undo(&self, id: &str) -> Value {
        let ordered = self.order(id, "undo").await;
        assert_eq!((ordered.status, &ordered.body["state"]), (StatusCode::ACCEPTED, &json!("undoing")), "{ordered:?}");
        self.app.run_jobs().await;
        let undone = self.show(id).await;
        assert_eq!(undone["state"], "undone", "{undone}");
        undone["undo_report"].clone()
    }
}

#[actix_web::test]
async fn an_import_on_which_nobody_has_built_leaves_nothing() {
    story(async |app| {
        let importer = Importer::new(app).await;
        let before = people(app).await;
        let id = importer.import(POS).await["id"].as_str().expect("an id").to_owned();
        assert_ne!(people(app).await, before);
        let report = importer.undo(&id).await;
        assert_eq!(people(app).await, before, "{report}");
        for (what, count) in
            [("rows", 4), ("members_gone", 3), ("members_kept", 0), ("links_ended", 5), ("links_kept", 0)]
        {
            assert_eq!(report[what], count, "{what}: {report}");
        }
        assert_eq!(report["stuck"], json!([]));
        assert_eq!(importer.order(&id, "undo").await.status, StatusCode::CONFLICT, "once");
        let again = importer.import(POS).await;
        assert_eq!(again["counts"]["created"], 3, "the mended file can come again");
    })
    .await;
}

#[actix_web::test]
async fn what_was_there_before_is_as_it_was() {
    story(async |app| {
        let importer = Importer::new(app).await;
        let known = wechat(app, &[OpenId("brand", 1), Phone(1)]).await.member;
        show(app, Source::Staff, &[OpenId("brand", 2), Card(2)]).await;
        show(app, Source::Staff, &[Phone(2)]).await;
        app.advance(TimeDelta::minutes(1));
        let before = people(app).await;
        let text = "card,phone,name,joined at,points\n00000001,13800000001,张三,2020-01-01,10\n00000002,13800000002,李四,2019-05-06,20\n00000001,13800000001,张三丰,,30\n";
        let run = importer.import(text).await;
        assert_eq!((&run["counts"]["matched"], &run["counts"]["merged"]), (&json!(2), &json!(1)), "{run}");
        assert_eq!(holder(app, Card(1)).await, Some(known));
        let report = importer.undo(run["id"].as_str().expect("an id")).await;
        assert_eq!(people(app).await, before, "{report}");
        assert_eq!((&report["merges_undone"], &report["links_ended"]), (&json!(1), &json!(1)), "{report}");
        assert!(app.rows::<merge::Entity>().await.iter().all(|row| row.undone_at.is_some()));
        assert!(app.rows::<conflict::Entity>().await.is_empty(), "they may be joined again by better evidence");
        assert!(app.rows::<import_row::Entity>().await.iter().all(|row| row.member_id.is_none()));
    })
    .await;
}

#[actix_web::test]
async fn what_was_built_on_it_stays_and_is_told() {
    story(async |app| {
        let importer = Importer::new(app).await;
        let text = "card,phone,name\n00000001,13800000001,张三\n00000002,13800000002,李四\n00000003,13800000003,王五\n";
        let run = importer.import(text).await;
        app.advance(TimeDelta::minutes(1));
        // One logs in with the phone, one is renamed by staff, one is known by another file, too.
        let one = show(app, Source::WechatPhone, &[OpenId("brand", 1), Phone(1)]).await.member;
        let two = holder(app, Card(2)).await.expect("the second");
        let row = profile::Entity::find_by_id(two).one(app.app.db.read()).await.expect("a row").expect("a profile");
        let told = json!({ "name": { "source": "staff", "at": app.clock.now() } });
        let renamed = profile::Model { name: Some("李四光".to_owned()), told, ..row };
        let renamed = sea_orm::ActiveModelTrait::reset_all(renamed.into_active_model());
        profile::Entity::update(renamed).exec(app.app.db.read()).await.expect("an update");
        let three = import(app, &[Card(4), Phone(3)]).await.member;
        let report = importer.undo(run["id"].as_str().expect("an id")).await;
        assert_eq!((&report["members_gone"], &report["members_kept"]), (&json!(0), &json!(3)), "{report}");
        assert_eq!((&report["fields_kept"], &report["links_kept"]), (&json!(1), &json!(1)), "{report}");
        assert_eq!(holder(app, Phone(1)).await, Some(one), "proved by WeChat since");
        assert_eq!(holder(app, Card(1)).await, None);
        assert_eq!(holder(app, Card(4)).await, Some(three));
        let whys: Vec<(&str, &str)> = report["stuck"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|one| (one["what"].as_str().expect("what"), one["why"].as_str().expect("why")))
            .collect();
        assert_eq!(whys.iter().filter(|why| **why == ("member", "used_since")).count(), 3, "{whys:?}");
        assert!(whys.contains(&("name", "changed_since")) && whys.contains(&("link", "changed_since")), "{whys:?}");
    })
    .await;
}
