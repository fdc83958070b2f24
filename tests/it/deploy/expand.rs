//! Migrations only add, so that the former version works on the schema of the next one. Read off the real schema, after
//! each of them.

use std::collections::{BTreeMap, BTreeSet};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryResult, Statement};

use crate::support::{EmptyDatabase, open};

/// What a migration may do although the former version could mind: its name, what, and why nobody does.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// One column: its type, whether it must have a value, and whether it gets one by itself.
#[derive(Clone, Debug, PartialEq)]
struct Column {
    kind: String,
    required: bool,
    default: bool,
}

#[derive(Clone, Debug, Default)]
struct Schema {
    tables: BTreeMap<String, BTreeMap<String, Column>>,
    /// Rules that two rows may break, by table.
    unique: BTreeSet<(String, String)>,
}

async fn rows(db: &DatabaseConnection, sqlite: &str, postgres: &str) -> Vec<QueryResult> {
    let backend = db.get_database_backend();
    let sql = if backend == DbBackend::Sqlite { sqlite } else { postgres };
    db.query_all_raw(Statement::from_string(backend, sql)).await.expect("the schema")
}

async fn schema(db: &DatabaseConnection) -> Schema {
    let mut schema = Schema::default();
    let columns = rows(
        db,
        "SELECT t.name AS tab, c.name AS col, c.type AS kind, c.\"notnull\" AS required, c.dflt_value IS NOT NULL AS given
         FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'",
        "SELECT table_name::text AS tab, column_name::text AS col, data_type::text AS kind,
                (is_nullable = 'NO')::int AS required, (column_default IS NOT NULL)::int AS given
         FROM information_schema.columns WHERE table_schema = 'public'",
    );
    for row in columns.await {
        let text = |name: &str| row.try_get::<String>("", name).expect("a text");
        let flag = |name: &str| row.try_get::<i32>("", name).expect("a flag") != 0;
        let column = Column { kind: text("kind"), required: flag("required"), default: flag("given") };
        schema.tables.entry(text("tab")).or_default().insert(text("col"), column);
    }
    let unique = rows(
        db,
        "SELECT t.name AS tab, i.name AS rule FROM sqlite_master t JOIN pragma_index_list(t.name) i
         WHERE t.type = 'table' AND i.\"unique\" = 1 AND i.origin <> 'pk'",
        "SELECT tablename::text AS tab, indexname::text AS rule FROM pg_indexes
         WHERE schemaname = 'public' AND indexdef LIKE 'CREATE UNIQUE%'",
    );
    for row in unique.await {
        let text = |name: &str| row.try_get::<String>("", name).expect("a text");
        schema.unique.insert((text("tab"), text("rule")));
    }
    schema
}

/// What somebody who knows only `before` could mind in `after`.
fn minded(before: &Schema, after: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    for (table, columns) in &before.tables {
        let Some(now) = after.tables.get(table) else {
            found.push(format!("{table} is gone"));
            continue;
        };
        for (name, column) in columns {
            match now.get(name) {
                None => found.push(format!("{table}.{name} is gone")),
                Some(other) if other != column => found.push(format!("{table}.{name} was {column:?}, is {other:?}")),
                Some(_) => {}
            }
        }
        let fresh = now.iter().filter(|(name, _)| !columns.contains_key(*name));
        let needed = fresh.filter(|(_, column)| column.required && !column.default);
        found.extend(needed.map(|(name, _)| format!("{table}.{name} needs a value that nobody writes")));
    }
    let stricter = after.unique.difference(&before.unique).filter(|(table, _)| before.tables.contains_key(table));
    found.extend(stricter.map(|(table, rule)| format!("{table} has a new rule {rule}")));
    found
}

#[actix_web::test]
async fn the_former_version_works_on_the_schema_of_the_next() {
    let database = EmptyDatabase::fresh().await;
    let db = open(&database.url).await;
    let (mut before, mut broken, mut excused) = (schema(&db).await, Vec::new(), 0);
    for migration in Migrator::migrations() {
        Migrator::up(&db, Some(1)).await.expect("up");
        let after = schema(&db).await;
        for what in minded(&before, &after) {
            let known = |(name, excepted, _): &&(&str, &str, &str)| *name == migration.name() && *excepted == what;
            match EXCEPTIONS.iter().find(known) {
                Some(_) => excused += 1,
                None => broken.push(format!("{}: {what}", migration.name())),
            }
        }
        before = after;
    }
    db.close().await.expect("closing");
    assert_eq!(broken, Vec::<String>::new(), "expand, move, contract: see deploy/UPGRADE.md");
    assert_eq!(excused, EXCEPTIONS.len(), "an exception that nothing needs");
    assert!(before.tables.len() > 50 && before.unique.len() > 10);
}

#[actix_web::test]
async fn what_the_former_version_would_mind_is_found() {
    let database = EmptyDatabase::fresh().await;
    let db = open(&database.url).await;
    for sql in ["CREATE TABLE a (x TEXT NOT NULL, y TEXT)", "CREATE TABLE b (x TEXT)"] {
        db.execute_unprepared(sql).await.expect("a table");
    }
    let before = schema(&db).await;
    for sql in [
        "ALTER TABLE a ADD COLUMN empty TEXT",
        "ALTER TABLE a ADD COLUMN given INTEGER NOT NULL DEFAULT 0",
        "CREATE TABLE c (x TEXT NOT NULL UNIQUE)",
        "CREATE INDEX a_y ON a (y)",
    ] {
        db.execute_unprepared(sql).await.expect("an addition");
    }
    let added = schema(&db).await;
    assert_eq!(minded(&before, &added), Vec::<String>::new());
    for sql in ["ALTER TABLE a RENAME COLUMN y TO z", "DROP TABLE b", "CREATE UNIQUE INDEX a_x ON a (x)"] {
        db.execute_unprepared(sql).await.expect("a change");
    }
    let mut after = schema(&db).await;
    after.tables.get_mut("a").and_then(|columns| columns.get_mut("empty")).expect("a column").required = true;
    let expected = ["a.y is gone", "a.empty needs a value that nobody writes", "b is gone", "a has a new rule a_x"];
    assert_eq!(minded(&before, &after), expected);
    db.close().await.expect("closing");
}

#[test]
fn statements_name_their_columns() {
    let mut folders = vec!["src".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(super::path(&folder)).expect("a folder") {
            let name = format!("{folder}/{}", entry.expect("an entry").file_name().to_string_lossy());
            if super::path(&name).is_dir() {
                folders.push(name);
            } else if name.ends_with(".rs") {
                let source = super::text(&name);
                // What is prepared on PostgreSQL fails from the moment at which such a list grows.
                assert!(!source.contains("RETURNING *") && !source.contains("SELECT *"), "{name}");
            }
        }
    }
}
