//! What operators are given in `deploy`, held against the program: every route, port, key, time and figure that is named
//! there exists, backups come back, and old and new work on one schema.

mod alarms;
mod backup;
mod distribution;
mod documents;
mod even;
mod expand;
mod figures;
mod hot;
mod images;
mod licences;
mod manifests;
mod proxy;
mod settings;
mod units;
mod upgrade;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// A path of the repository.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The text of a file of the repository.
fn text(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The documents of a YAML file.
fn yaml(name: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names of the files below a folder of `deploy` that end so.
fn files(folder: &str, end: &str) -> Vec<String> {
    let entries = fs::read_dir(path(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> =
        names.filter(|name| name.ends_with(end)).map(|name| format!("{folder}/{name}")).collect();
    names.sort();
    names
}

/// Every value of this key, however deep.
fn values<'a>(tree: &'a Value, key: &str) -> Vec<&'a Value> {
    let mut found = Vec::new();
    match tree {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == key {
                    found.push(value);
                }
                found.extend(values(value, key));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| found.extend(values(item, key))),
        _ => {}
    }
    found
}

/// The only object of this kind in the manifests of Kubernetes.
fn manifest(kind: &str, name: &str) -> Value {
    let all = files("deploy/kubernetes", ".yaml").into_iter().flat_map(|file| yaml(&file));
    let mut found: Vec<Value> = all.filter(|one| one["kind"] == kind && one["metadata"]["name"] == name).collect();
    assert_eq!(found.len(), 1, "{kind} {name}");
    found.remove(0)
}

/// How long the program lets requests and jobs finish.
fn grace() -> u64 {
    let of = |file: &str| {
        let text = text(file);
        let (_, rest) = text.split_once("const GRACE: Duration = Duration::from_secs(").expect("a grace");
        rest.split(')').next().expect("seconds").parse::<u64>().expect("a number")
    };
    of("src/app/serve.rs").max(of("src/jobs/worker.rs"))
}
