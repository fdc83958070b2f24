//! The schema goes up, down and up again, and what the program stores fits it.

use std::collections::BTreeMap;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::support::{EmptyDatabase, open};

/// Columns by table, without the migrations' own book.
async fn schema(db: &DatabaseConnection) -> BTreeMap<String, Vec<String>> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT t.name AS name, c.name || ' ' || c.type || ' ' || c.\"notnull\" AS described
             FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'
             UNION ALL SELECT tbl_name, 'index ' || name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
             ORDER BY 1, 2"
        }
        _ => {
            "SELECT table_name::text AS name, column_name || ' ' || data_type || ' ' || is_nullable AS described
             FROM information_schema.columns WHERE table_schema = 'public'
             UNION ALL SELECT tablename::text, 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
             ORDER BY 1, 2"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("the schema");
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let name: String = row.try_get("", "name").expect("a table");
        if name != "seaql_migrations" {
            tables.entry(name).or_default().push(row.try_get("", "described").expect("a column"));
        }
    }
    tables
}

#[actix_web::test]
async fn the_schema_goes_up_down_and_up_again() {
    let database = EmptyDatabase::fresh().await;
    let db = open(&database.url).await;
    Migrator::up(&db, None).await.expect("up");
    let first = schema(&db).await;
    assert!(first.len() > 10 && first.contains_key("follower"), "{:?}", first.keys());
    Migrator::up(&db, None).await.expect("nothing to do");
    assert_eq!(schema(&db).await, first);
    Migrator::down(&db, None).await.expect("down");
    assert_eq!(schema(&db).await, BTreeMap::new());
    Migrator::up(&db, None).await.expect("up again");
    assert_eq!(schema(&db).await, first);
    db.close().await.expect("closing");
}

#[actix_web::test]
async fn each_migration_can_be_taken_back_on_its_own() {
    let database = EmptyDatabase::fresh().await;
    let db = open(&database.url).await;
    let mut before = vec![schema(&db).await];
    for _ in Migrator::migrations() {
        Migrator::up(&db, Some(1)).await.expect("up");
        before.push(schema(&db).await);
    }
    before.pop();
    while let Some(expected) = before.pop() {
        Migrator::down(&db, Some(1)).await.expect("down");
        assert_eq!(schema(&db).await, expected);
    }
    db.close().await.expect("closing");
}
