//! When two members are one: what holds of each field, why, and how it goes back.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    identity::merge::{Cause, Model},
    members::{
        access,
        profile::{self, Source},
        value,
    },
    types::MemberId,
};
use huilian::{
    identity::merge::{Order, merge, undo},
    infra::db::Tx,
    members::{profile::Said, value as values},
};
use serde_json::{Value, json};

use super::{declare, declare_id_card, detail, member_path, set};
use crate::{
    identity::people::{Shows::Phone, import, somebody},
    support::{TestApp, story},
};

async fn say(app: &TestApp, member: MemberId, said: Said, source: Source) {
    let said = async |tx: &Tx| profile_say(tx, member, said.clone(), source).await;
    app.app.db.tx(said).await.expect("a profile");
}

async fn profile_say(tx: &Tx, member: MemberId, said: Said, source: Source) -> huilian::error::Result<()> {
    huilian::members::profile::say(tx, member, said, source).await.map(drop)
}

async fn value_of(app: &TestApp, member: MemberId, values: Value, source: Source) {
    let said: values::Said = serde_json::from_value(values).expect("values");
    let tell = async |tx: &Tx| values::say(tx, &app.app.vault, member, &said, source).await;
    app.app.db.tx(tell).await.expect("values");
}

async fn join(app: &TestApp, winner: MemberId, loser: MemberId) -> Model {
    let order = Order {
        winner,
        loser,
        survives: "staff",
        cause: Cause::Staff,
        reason: "同一人".to_owned(),
        joined_by: None,
        conflict: None,
        staff: Some(somebody(app)),
    };
    app.app.db.tx(async |tx: &Tx| merge(tx, &order).await).await.expect("a merge")
}

fn name(name: &str) -> Said {
    Said { name: Some(Some(name.to_owned())), ..Said::default() }
}

type Rows = (Vec<profile::Model>, Vec<value::Model>, Vec<access::Model>);

async fn rows(app: &TestApp) -> Rows {
    (app.rows::<profile::Entity>().await, app.rows::<value::Entity>().await, app.rows::<access::Entity>().await)
}

/// Two members of whom different things are known, by different people.
async fn pair(app: &TestApp) -> (MemberId, MemberId) {
    let staff = app.staff(Role::Headquarters).await;
    declare_id_card(&staff).await;
    for (key, kind) in [("shoe", "number"), ("city", "text"), ("pet", "text")] {
        declare(&staff, key, kind, json!({})).await;
    }
    let winner = import(app, &[Phone(1)]).await.member;
    app.advance(TimeDelta::seconds(5));
    let loser = import(app, &[Phone(2)]).await.member;
    say(app, winner, name("林晓满"), Source::Import).await;
    say(app, winner, Said { region: Some(Some("广州".to_owned())), ..Said::default() }, Source::Staff).await;
    value_of(app, winner, json!({ "shoe": 38, "city": "广州" }), Source::Person).await;
    app.advance(TimeDelta::seconds(5));
    say(app, loser, name("林小满"), Source::Person).await;
    let other =
        Said { region: Some(Some("深圳".to_owned())), language: Some(Some("zh_CN".to_owned())), ..Said::default() };
    say(app, loser, other, Source::Import).await;
    value_of(app, loser, json!({ "shoe": 39, "city": "深圳", "pet": "猫" }), Source::Import).await;
    value_of(app, loser, json!({ "shoe": 40, "id_card": super::ID_CARD }), Source::Person).await;
    let reveal = json!({ "what": "phone", "scene": "call", "reason": "回访" .repeat(2) });
    staff.post(&format!("{}/reveal", member_path(loser)), &reveal).await;
    (winner, loser)
}

#[actix_web::test]
async fn of_each_field_the_better_then_the_later_word_holds_and_the_decision_shows() {
    story(async |app| {
        let (winner, loser) = pair(app).await;
        let merged = join(app, winner, loser).await;
        let staff = app.staff(Role::Headquarters).await;
        let shown = detail(&staff, loser).await;
        assert_eq!(shown["id"], winner.to_string(), "an old id keeps working");
        assert_eq!(shown["member"]["aliases"], json!([loser.to_string()]));
        let basics = &shown["basics"];
        assert_eq!((&basics["name"], &basics["region"]), (&json!("林小满"), &json!("广州")));
        assert_eq!(basics["language"], "zh_CN");
        let values = shown["member"]["attributes"].as_array().expect("values");
        let of = |key: &str| values.iter().find(|value| value["key"] == key).expect("a value")["value"].clone();
        assert_eq!((of("shoe"), of("city"), of("pet")), (json!(40), json!("广州"), json!("猫")));
        let decisions = merged.decisions.as_array().expect("decisions");
        let why = |field: &str| {
            let decision = decisions.iter().find(|decision| decision["field"] == field).expect("a decision");
            (decision["chosen"].as_str().expect("who"), decision["why"].as_str().expect("why"))
        };
        assert_eq!(why("name"), ("loser", "better_source"));
        assert_eq!(why("region"), ("winner", "better_source"));
        assert_eq!(why("language"), ("loser", "not_empty"));
        assert_eq!(why("joined"), ("winner", "earlier"));
        assert_eq!(why("shoe"), ("loser", "later"));
        assert_eq!(why("city"), ("winner", "better_source"));
        assert!(!merged.decisions.to_string().contains("林"), "decisions name no values");
        assert_eq!(app.rows::<access::Entity>().await[0].member_id, winner);
    })
    .await;
}

#[actix_web::test]
async fn merging_and_undoing_leaves_every_row_as_it_was() {
    story(async |app| {
        let (winner, loser) = pair(app).await;
        let before = rows(app).await;
        let merged = join(app, winner, loser).await;
        assert!(rows(app).await != before);
        let undone =
            app.app.db.tx(async |tx: &Tx| undo(tx, merged.id, somebody(app), None).await).await.expect("undone");
        assert!(undone.stuck.is_empty(), "{undone:?}");
        assert!(rows(app).await == before);
        // And the other way round, where nothing is known of the survivor.
        let fresh = import(app, &[Phone(3)]).await.member;
        let before = rows(app).await;
        let merged = join(app, fresh, loser).await;
        app.app.db.tx(async |tx: &Tx| undo(tx, merged.id, somebody(app), None).await).await.expect("undone");
        assert!(rows(app).await == before);
    })
    .await;
}

#[actix_web::test]
async fn what_was_said_after_the_merge_stays_with_the_survivor_when_it_is_undone() {
    story(async |app| {
        let (winner, loser) = pair(app).await;
        let merged = join(app, winner, loser).await;
        app.advance(TimeDelta::seconds(5));
        let staff = app.staff(Role::Headquarters).await;
        set(&staff, winner, json!({ "pet": "狗", "shoe": 41 })).await;
        let report =
            app.app.db.tx(async |tx: &Tx| undo(tx, merged.id, somebody(app), None).await).await.expect("undone");
        assert_eq!(report.stuck.iter().filter(|stuck| stuck.table == "member_value").count(), 2, "{report:?}");
        let of = async |member: MemberId, key: &str| {
            let shown = detail(&staff, member).await["member"]["attributes"].clone();
            let values = shown.as_array().expect("values").clone();
            values.iter().find(|value| value["key"] == key).map(|value| value["value"].clone())
        };
        assert_eq!((of(winner, "pet").await, of(loser, "pet").await), (Some(json!("狗")), Some(json!("猫"))));
        assert_eq!((of(winner, "shoe").await, of(loser, "shoe").await), (Some(json!(41)), Some(json!(40))));
        assert_eq!((of(winner, "city").await, of(loser, "city").await), (Some(json!("广州")), Some(json!("深圳"))));
    })
    .await;
}
