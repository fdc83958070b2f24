//! Numbers and bodies that come from outside our code: `tests/golden`. Each says where it comes from.

use std::{fs, path::PathBuf};

use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/wechat")
}

/// The published vectors of one kind. `group` is `vectors` or `negative_vectors`.
pub(crate) fn vectors(group: &str, kind: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder().join("vectors.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all[group].as_array().unwrap().iter().filter(|vector| vector["kind"] == kind).cloned().collect()
}

/// The vectors of WeChat Pay (`tests/golden/pay`) whose kind begins so.
pub(crate) fn pay_vectors(kind: &str) -> Vec<Value> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pay/vectors.json");
    let all: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let of_kind = |vector: &&Value| vector["kind"].as_str().is_some_and(|found| found.starts_with(kind));
    all["vectors"].as_array().unwrap().iter().filter(of_kind).cloned().collect()
}

/// A text field of a vector.
pub(crate) fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap_or_else(|| panic!("{} has no {field}", vector["id"]))
}

/// The sixteen random bytes that a vector was made with.
pub(crate) fn random16(vector: &Value) -> [u8; 16] {
    text(vector, "random16_ascii").as_bytes().try_into().unwrap()
}

/// The bytes of one sample body.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    fs::read(folder().join("samples").join(name)).unwrap()
}

/// The names of all sample bodies that begin with one of the prefixes.
pub(crate) fn samples(prefixes: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder().join("samples"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)))
        .collect();
    names.sort();
    names
}
