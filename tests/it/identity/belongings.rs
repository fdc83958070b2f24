//! No table keeps a person without being on the list of what belongs to people.

use std::collections::BTreeSet;

use huilian::{belongings::BELONGINGS, identity::belonging::OnMerge};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::{TestApp, story};

/// Tables that name people and are not erased, and why.
const KEPT: [(&str, &str); 1] = [("erasure", "proves that what was asked for was done")];

/// The tables of the real database that have one of these columns.
async fn tables_with(app: &TestApp, columns: &[&str]) -> BTreeSet<String> {
    let db = app.app.db.read();
    let columns: Vec<String> = columns.iter().map(|column| format!("'{column}'")).collect();
    let columns = columns.join(", ");
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => format!(
            "SELECT t.name AS name FROM sqlite_master t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND c.name IN ({columns})"
        ),
        _ => format!(
            "SELECT table_name::text AS name FROM information_schema.columns
             WHERE table_schema = 'public' AND column_name IN ({columns})"
        ),
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("columns");
    rows.iter().map(|row| row.try_get("", "name").expect("a name")).collect()
}

#[actix_web::test]
async fn every_table_with_an_open_id_is_erased_or_says_why_not() {
    story(async |app| {
        let naming = tables_with(app, &["open_id", "union_id"]).await;
        assert!(naming.contains("follower"), "{naming:?}");
        let known: BTreeSet<&str> =
            BELONGINGS.iter().map(|line| line.table).chain(KEPT.iter().map(|(table, _)| *table)).collect();
        let forgotten: Vec<&String> = naming.iter().filter(|table| !known.contains(table.as_str())).collect();
        assert!(
            forgotten.is_empty(),
            "{forgotten:?} name people: add a line to src/belongings.rs, or to KEPT with the reason"
        );
        for (table, why) in KEPT {
            assert!(naming.contains(table), "{table} names nobody any more ({why})");
            assert!(BELONGINGS.iter().all(|line| line.table != table), "{table} is erased: take it off KEPT");
        }
    })
    .await;
}

#[actix_web::test]
async fn every_table_with_a_member_is_merged_or_says_why_not() {
    story(async |app| {
        let naming = tables_with(app, &["member_id"]).await;
        assert!(naming.contains("identity"), "{naming:?}");
        let merged =
            |table: &str| BELONGINGS.iter().any(|line| line.table == table && !matches!(line.on_merge, OnMerge::Stay));
        let forgotten: Vec<&String> = naming.iter().filter(|table| !merged(table)).collect();
        assert!(forgotten.is_empty(), "{forgotten:?} belong to members: say in src/belongings.rs how they are merged");
    })
    .await;
}

#[test]
fn every_table_stands_on_the_list_once_and_messages_before_their_conversations() {
    let tables: Vec<&str> = BELONGINGS.iter().map(|line| line.table).collect();
    let unique: BTreeSet<&&str> = tables.iter().collect();
    assert_eq!(unique.len(), tables.len(), "{tables:?}");
    let place = |name: &str| tables.iter().position(|table| *table == name).expect("a line");
    assert!(place("message") < place("conversation"));
}
