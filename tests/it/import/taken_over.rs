//! What an import leaves behind.

use entity::{
    identity::{
        identity::{self, Source},
        identity_link, member,
    },
    jobs::event,
    members::{
        import_part, import_row,
        import_row::Outcome,
        profile::{self, JoinedBy, Sex},
        standing, value,
    },
};
use reqwest::StatusCode;
use serde_json::json;

use super::{Importer, POS};
use crate::{
    identity::people::{
        Shows::{Card, OpenId, Phone},
        holder, show, wechat,
    },
    members::{declare_id_card, member_path},
    support::story,
};

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

#[actix_web::test]
async fn rows_tell_what_members_are_like_and_never_blank_or_overrule_it() {
    story(async |app| {
        let importer = Importer::new(app).await;
        importer.import(POS).await;
        let card = identity::Kind::Card;
        let of = async |number: &str| {
            let rows = app.rows::<identity::Entity>().await;
            let member = rows.into_iter().find(|row| row.kind == card && row.key == number).expect("a card").member_id;
            let profiles = app.rows::<profile::Entity>().await;
            profiles.into_iter().find(|row| row.member_id == member).expect("a profile")
        };
        let first = of("A001").await;
        assert_eq!((first.name.as_deref(), first.sex), (Some("张三"), Some(Sex::Male)));
        assert_eq!(first.birthday.map(|day| day.to_string()).as_deref(), Some("1990-01-02"));
        assert_eq!(
            (first.joined_by, first.joined_at.to_rfc3339()),
            (JoinedBy::Import, "2020-04-30T16:00:00+00:00".to_owned())
        );
        let standings = app.rows::<standing::Entity>().await;
        let one = standings.iter().find(|row| row.member_id == first.member_id).expect("a standing");
        let told = (one.store.as_deref(), one.tier.as_deref(), one.points);
        assert_eq!(told, (Some("人民广场店"), Some("金卡"), Some(1200)));
        // Blanks leave everything; a new value of the same source replaces; what staff said stays.
        let path = member_path(of("A002").await.member_id);
        let renamed =
            importer.staff.call(reqwest::Method::PATCH, &path, Some(&json!({ "name": "李四光" })), None).await;
        assert!(renamed.status.is_success(), "{renamed:?}");
        let next = "会员卡号,手机号,姓名,性别,等级,积分\nA001,,张三丰,,,1500\nA002,,李四,,,\n";
        let id = importer.bring("b.csv", next.as_bytes()).await;
        importer.agree(&id).await;
        let report = importer.check(&id).await;
        assert_eq!(
            (&report["fields"], &report["counts"]["changed"]),
            (&json!({ "name": 1, "standing": 1 }), &json!(1))
        );
        let run = importer.run(&id).await;
        assert_eq!(run["counts"]["changed"], 1, "nothing differs from the dry run");
        assert_eq!((of("A001").await.name.as_deref(), of("A001").await.sex), (Some("张三丰"), Some(Sex::Male)));
        assert_eq!(of("A002").await.name.as_deref(), Some("李四光"), "staff know better than a file");
        let standings = app.rows::<standing::Entity>().await;
        let one = standings.iter().find(|row| row.member_id == first.member_id).expect("a standing");
        assert_eq!((one.tier.as_deref(), one.points), (Some("金卡"), Some(1500)));
    })
    .await;
}

#[actix_web::test]
async fn declared_fields_are_checked_and_sealed_as_they_say() {
    story(async |app| {
        let importer = Importer::new(app).await;
        declare_id_card(&importer.staff).await;
        let id =
            importer.bring("a.csv", "手机,身份证\n13800000001,11010519491231002X\n13800000002,123\n".as_bytes()).await;
        let path = format!("/api/admin/v1/imports/{id}/mapping");
        let mapping = |key: &str| json!({ "columns": [{ "field": "phone" }, { "field": "attribute", "key": key }] });
        let unknown = importer.staff.put(&path, &mapping("shoe_size")).await;
        assert_eq!(unknown.body["errors"][0]["field"], "columns[1].key", "{unknown:?}");
        let mapped = importer.staff.put(&path, &mapping("id_card")).await;
        assert_eq!(mapped.status, StatusCode::OK, "{mapped:?}");
        let run = importer.run(&id).await;
        assert_eq!((&run["counts"]["created"], &run["counts"]["rejected"]), (&json!(1), &json!(1)));
        let values = app.rows::<value::Entity>().await;
        assert!(values.len() == 1 && values[0].value.is_none() && values[0].sealed.is_some(), "{values:?}");
        assert!(importer.rejects(&id).await.contains("3,身份证,attribute,"));
    })
    .await;
}

#[actix_web::test]
async fn an_imported_member_who_logs_in_keeps_card_and_id() {
    story(async |app| {
        let importer = Importer::new(app).await;
        importer.import("card,phone,tier\n00000001,13800000001,金卡\n").await;
        let old = holder(app, Card(1)).await.expect("a member");
        // The follower is older than the import, and is the one who goes.
        let follower = wechat(app, &[OpenId("brand", 1)]).await.member;
        let joined = show(app, Source::WechatPhone, &[OpenId("brand", 1), Phone(1)]).await;
        assert_ne!(follower, old);
        assert_eq!(
            (joined.member, holder(app, Card(1)).await),
            (old, Some(old)),
            "the id on receipts and the card stay"
        );
        let standings = app.rows::<standing::Entity>().await;
        assert_eq!((standings[0].member_id, standings[0].tier.as_deref()), (old, Some("金卡")));
        let again = importer.import("card,phone,tier\n00000001,13800000001,金卡\n").await;
        assert_eq!((&again["counts"]["matched"], &again["counts"]["changed"]), (&json!(1), &json!(0)));
        assert_eq!(again["counts"]["matches"]["with_wechat"], 1);
    })
    .await;
}
