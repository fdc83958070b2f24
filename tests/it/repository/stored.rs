//! Who may touch which tables: a domain only its own, migrations none by type.

use super::{none, paths::mentions, tree};

/// Value types of columns, for everybody.
const TYPES: &str = "types";

/// The list of what belongs to a member: names every table that does.
const LIST: &str = "belongings";

/// Tables that a module touches without being their owner, each with the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("infra", "jobs", "a unit of work writes its events and jobs into the same transaction"),
    ("http", "jobs", "the health pages show how many jobs wait"),
];

/// The folders of `entity` that a file of `src` mentions, with lines.
fn tables(file: &tree::File) -> Vec<(usize, String)> {
    let found = mentions(&file.text).into_iter();
    let found = found.filter(|mention| mention.at(0) == "entity" && mention.at(1) != TYPES);
    found.map(|mention| (mention.line, mention.at(1).to_owned())).collect()
}

fn source() -> impl Iterator<Item = tree::File> {
    tree::files("src").into_iter().filter(|file| file.path.ends_with(".rs"))
}

fn excepted(from: &str, table: &str) -> bool {
    from == LIST || EXCEPTIONS.iter().any(|(module, touched, _)| (*module, *touched) == (from, table))
}

#[test]
fn a_domain_touches_only_its_own_tables() {
    let mut broken = Vec::new();
    for file in source() {
        let from = file.module();
        for (line, table) in tables(&file) {
            if table != from && !excepted(from, &table) {
                broken.push(format!("{}:{line}: {from} touches entity::{table}", file.path));
            }
        }
    }
    let way_out = "ask the domain that owns the table through a public function of its mod.rs (below), or let it react \
                   to an event (above). An exception goes with its reason into tests/it/repository/stored.rs";
    none("A domain touches only the tables that are named like it, and value types", way_out, broken);
}

#[test]
fn every_exception_is_needed() {
    let touched: Vec<(String, String)> = source()
        .flat_map(|file| tables(&file).into_iter().map(move |(_, table)| (file.module().to_owned(), table)))
        .collect();
    let idle = EXCEPTIONS.iter().filter(|(from, table, _)| !touched.iter().any(|(a, b)| a == from && b == table));
    let broken = idle.map(|(from, table, reason)| format!("{from} touches entity::{table}: {reason}")).collect();
    none("Every exception is still needed", "delete it from tests/it/repository/stored.rs", broken);
}

#[test]
fn migrations_do_not_know_the_entities() {
    let mut broken = Vec::new();
    for file in tree::files("migration") {
        if file.path.ends_with("Cargo.toml") {
            let names = file.text.lines().filter(|line| line.trim_start().starts_with("entity"));
            broken.extend(names.map(|line| format!("{}: {line}", file.path)));
        } else if file.path.ends_with(".rs") {
            let found = mentions(&file.text).into_iter().filter(|mention| mention.at(0) == "entity");
            broken.extend(found.map(|mention| format!("{}:{}", file.path, mention.line)));
        }
    }
    let way_out = "write tables and columns by name, so that history stays as it was when the entity changes";
    none("A migration never depends on entity", way_out, broken);
}
