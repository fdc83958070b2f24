//! What members are like, who may know it, and what they say about that.

mod attributes;
mod basics;
mod merge;
mod reveal;

use entity::types::MemberId;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answered, StaffActor, TestApp};

pub fn member_path(member: MemberId) -> String {
    format!("/api/admin/v1/members/{member}")
}

/// What staff see of a member.
async fn detail(staff: &StaffActor<'_>, member: MemberId) -> Value {
    let answer = staff.get(&member_path(member)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body
}

/// Declares an attribute.
pub async fn declare(staff: &StaffActor<'_>, key: &str, kind: &str, more: Value) -> Answered {
    let mut body = json!({ "key": key, "kind": kind, "label_zh": key, "label_en": key, "class": "demographic" });
    let fields = body.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    staff.post("/api/admin/v1/member-attributes", &body).await
}

/// Declares the number of the identity card.
pub async fn declare_id_card(staff: &StaffActor<'_>) {
    let declared =
        declare(staff, "id_card", "text", json!({ "sensitive": true, "rule": { "resident_id": true } })).await;
    assert_eq!(declared.status, StatusCode::CREATED, "{declared:?}");
}

/// A number that is well-formed and belongs to nobody.
pub const ID_CARD: &str = "11010519491231002X";

/// Sets values of a member.
pub async fn set(staff: &StaffActor<'_>, member: MemberId, values: Value) -> Answered {
    staff.patch(&format!("{}/values", member_path(member)), &json!({ "values": values })).await
}

/// The fields that an answer complains about.
fn fields(answer: &Answered) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
    let errors = answer.body["errors"].as_array().expect("errors");
    errors.iter().map(|error| error["field"].as_str().expect("a field").to_owned()).collect()
}

/// Everything that a table holds, as text, of all tables.
pub async fn everything(app: &TestApp) -> Vec<(String, String)> {
    use sea_orm::{ConnectionTrait, DbBackend, Statement};
    let db = app.app.db.read();
    let backend = db.get_database_backend();
    let ask = async |sql: String| db.query_all_raw(Statement::from_string(backend, sql)).await.expect("rows");
    let tables = match backend {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        _ => "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    };
    let mut found = Vec::new();
    for table in ask(tables.to_owned()).await {
        let table: String = table.try_get("", "name").expect("a name");
        let columns = match backend {
            DbBackend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            _ => format!("SELECT column_name AS name FROM information_schema.columns WHERE table_name = '{table}'"),
        };
        for column in ask(columns).await {
            let column: String = column.try_get("", "name").expect("a name");
            let texts = ask(format!("SELECT CAST(\"{column}\" AS TEXT) AS text FROM \"{table}\"")).await;
            let text = |row: &sea_orm::QueryResult| row.try_get::<Option<String>>("", "text").ok().flatten();
            found.extend(texts.iter().filter_map(text).map(|text| (format!("{table}.{column}"), text)));
        }
    }
    found
}

/// In which columns one of these texts stands.
pub async fn named(app: &TestApp, texts: &[&str]) -> Vec<String> {
    let all = everything(app).await;
    assert!(all.len() > 20, "nothing was searched");
    let mut found: Vec<String> = all
        .into_iter()
        .filter(|(_, text)| texts.iter().any(|named| text.contains(named)))
        .map(|(column, _)| column)
        .collect();
    found.sort();
    found.dedup();
    found
}
