//! Attributes are data: declared by headquarters, typed, and sealed where they are sensitive.

use entity::{admin::staff::Role, members::value};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{ID_CARD, declare, declare_id_card, detail, fields, named, set};
use crate::{
    identity::people::{Shows::Phone, import},
    support::story,
};

#[actix_web::test]
async fn a_new_attribute_takes_values_of_its_kind_and_no_others() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let choices = json!([
            { "value": "s", "label_zh": "小", "label_en": "small" },
            { "value": "l", "label_zh": "大", "label_en": "large" },
        ]);
        for (key, kind, rule) in [
            ("plate", "text", json!({ "pattern": "[A-Z][0-9]{5}", "max_length": 10 })),
            ("children", "number", json!({ "min": 0, "max": 20 })),
            ("wedding", "date", json!({})),
            ("vegetarian", "flag", json!({})),
            ("size", "choice", json!({ "choices": choices })),
            ("sizes", "list", json!({ "choices": choices })),
            ("hobbies", "list", json!({})),
        ] {
            let declared = declare(&staff, key, kind, json!({ "rule": rule })).await;
            assert_eq!(declared.status, StatusCode::CREATED, "{declared:?}");
        }
        let member = import(app, &[Phone(1)]).await.member;
        for (key, good, bad) in [
            ("plate", json!("A12345"), vec![json!("xA12345"), json!("A12345x"), json!(""), json!(5)]),
            ("children", json!(2), vec![json!(-1), json!(21), json!(1.5), json!("2")]),
            ("wedding", json!("2020-02-29"), vec![json!("2021-02-29"), json!("soon"), json!(20200229)]),
            ("vegetarian", json!(true), vec![json!("yes"), json!(1)]),
            ("size", json!("s"), vec![json!("m"), json!(["s"])]),
            ("sizes", json!(["l", "s"]), vec![json!(["m"]), json!("s"), json!([1])]),
            ("hobbies", json!(["登山", "读书"]), vec![json!([""]), json!(["x".repeat(61)])]),
        ] {
            let taken = set(&staff, member, json!({ key: good })).await;
            assert_eq!(taken.status, StatusCode::OK, "{key}: {taken:?}");
            for bad in bad {
                let refused = set(&staff, member, json!({ key: bad })).await;
                assert_eq!(fields(&refused), [format!("values.{key}")], "{bad}");
            }
        }
        let shown = detail(&staff, member).await;
        let values = shown["member"]["attributes"].as_array().expect("values");
        let size = values.iter().find(|value| value["key"] == "size").expect("a value");
        assert_eq!(
            (&size["value"], &size["source"], &size["label_zh"]),
            (&json!("s"), &json!("staff"), &json!("size"))
        );
        assert_eq!(values.len(), 7);

        let mixed = set(&staff, member, json!({ "children": 3, "shoe": 40, "size": "m" })).await;
        assert_eq!(fields(&mixed), ["values.shoe", "values.size"], "all that is wrong at once");
        let none = set(&staff, member, json!({ "size": null })).await.body;
        let left = none["member"]["attributes"].as_array().expect("values");
        assert!(left.len() == 6 && left.iter().all(|value| value["key"] != "size" && value["value"] != json!(3)));
    })
    .await;
}

#[actix_web::test]
async fn an_attribute_is_declared_once_and_by_rules_that_fit_it() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        declare_id_card(&staff).await;
        let again = declare(&staff, "id_card", "text", json!({})).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        for (key, kind, more, field) in [
            ("Size", "text", json!({}), "key"),
            ("a", "choice", json!({}), "rule.choices"),
            ("a", "number", json!({ "rule": { "pattern": "x" } }), "rule.pattern"),
            ("a", "text", json!({ "rule": { "pattern": "(" } }), "rule.pattern"),
            ("a", "text", json!({ "rule": { "pattern": "(\\w{1000}){1000}" } }), "rule.pattern"),
            ("a", "text", json!({ "rule": { "min": 1 } }), "rule.min"),
            ("a", "text", json!({ "rule": { "resident_id": true } }), "sensitive"),
            ("a", "text", json!({ "label_zh": "" }), "label_zh"),
        ] {
            let refused = declare(&staff, key, kind, more).await;
            assert!(fields(&refused)[0].ends_with(field), "{field}: {refused:?}");
        }
        let path = "/api/admin/v1/member-attributes/id_card";
        let draft = json!({ "label_zh": "身份证号", "label_en": "ID", "class": "demographic", "retired": true });
        let changed = staff.put(path, &draft).await;
        assert_eq!((changed.status, &changed.body["sensitive"]), (StatusCode::OK, &json!(true)));
        let member = import(app, &[Phone(1)]).await.member;
        assert_eq!(fields(&set(&staff, member, json!({ "id_card": ID_CARD })).await), ["values.id_card"], "retired");
        let unknown = staff.put("/api/admin/v1/member-attributes/nothing", &draft).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn sensitive_values_are_stored_and_shown_to_nobody() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        declare_id_card(&staff).await;
        let member = import(app, &[Phone(1)]).await.member;
        for bad in ["110105194912310021", "11010519491231002x", "1234", "A1010519491231002X"] {
            let refused = set(&staff, member, json!({ "id_card": bad })).await;
            assert_eq!(fields(&refused), ["values.id_card"]);
            assert!(!refused.body.to_string().contains(bad), "a refusal never repeats it");
        }
        let taken = set(&staff, member, json!({ "id_card": ID_CARD })).await;
        assert_eq!(taken.status, StatusCode::OK);
        let shown = &taken.body["member"]["attributes"][0];
        assert_eq!(
            (&shown["key"], &shown["sensitive"], shown.get("value")),
            (&json!("id_card"), &json!(true), None::<&Value>)
        );
        assert_eq!(named(app, &[ID_CARD]).await, Vec::<String>::new());
        let before = app.rows::<value::Entity>().await;
        set(&staff, member, json!({ "id_card": ID_CARD })).await;
        assert!(app.rows::<value::Entity>().await == before, "saying the same again changes nothing");
    })
    .await;
}
