//! No table keeps a person without being on the list of what belongs to people.

use std::collections::BTreeSet;

use huilian::belongings::BELONGINGS;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::story;

/// Tables that name people and are not erased, and why.
const KEPT: [(&str, &str); 1] = [("erasure", "proves that what was asked for was done")];

#[actix_web::test]
async fn every_table_with_an_open_id_is_erased_or_says_why_not() {
    story(async |app| {
        let db = app.app.db.read();
        let sql = match db.get_database_backend() {
            DbBackend::Sqlite => {
                "SELECT t.name AS name FROM sqlite_master t JOIN pragma_table_info(t.name) c
                 WHERE t.type = 'table' AND c.name IN ('open_id', 'union_id')"
            }
            _ => {
                "SELECT table_name AS name FROM information_schema.columns
                 WHERE table_schema = 'public' AND column_name IN ('open_id', 'union_id')"
            }
        };
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("columns");
        let naming: BTreeSet<String> = rows.iter().map(|row| row.try_get("", "name").expect("a name")).collect();
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

#[test]
fn every_table_stands_on_the_list_once_and_messages_before_their_conversations() {
    let tables: Vec<&str> = BELONGINGS.iter().map(|line| line.table).collect();
    let unique: BTreeSet<&&str> = tables.iter().collect();
    assert_eq!(unique.len(), tables.len(), "{tables:?}");
    let place = |name: &str| tables.iter().position(|table| *table == name).expect("a line");
    assert!(place("message") < place("conversation"));
}
