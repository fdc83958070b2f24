//! What the documents of operators name exists: files, tests, calls, figures, and numbers that were measured.

use std::collections::BTreeSet;

use huilian::infra::telemetry::figures::FIGURES;
use regex::Regex;
use serde_json::Value;

use super::{files, path, text};

/// The parts of a text between backticks, without blocks of code.
fn quoted(text: &str) -> Vec<String> {
    let blocks = Regex::new("(?s)```.*?```").expect("a pattern");
    let code = Regex::new("`([^`]+)`").expect("a pattern");
    let text = blocks.replace_all(text, "").into_owned();
    code.captures_iter(&text).map(|one| one[1].split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn links_and_files_exist() {
    let link = Regex::new(r"\]\(([^)#:]+)\)").expect("a pattern");
    let roots = ["tests/", "src/", "benches/", "deploy/"];
    let own = ["backup/", "compose/", "kubernetes/", "systemd/", "prometheus/", "grafana/", "upgrade/"];
    // What operators make themselves.
    let theirs = ["compose/.env", "compose/tls"];
    let mut count = 0;
    for file in files("deploy", ".md") {
        let text = text(&file);
        for found in link.captures_iter(&text) {
            assert!(path("deploy").join(&found[1]).exists(), "{file}: {}", &found[1]);
        }
        for named in quoted(&text) {
            let first = named.split(' ').next().unwrap_or_default().trim_end_matches('/').to_owned();
            let here = own.iter().any(|folder| named.starts_with(folder)).then(|| path("deploy").join(&first));
            let there = roots.iter().any(|folder| named.starts_with(folder)).then(|| path(&first));
            if let Some(place) =
                here.or(there).filter(|_| !theirs.contains(&first.as_str()) && !first.contains(['@', '{']))
            {
                assert!(place.exists(), "{file}: {named}");
                count += 1;
            }
        }
    }
    assert!(count > 30, "{count} files are named");
}

#[test]
fn every_control_is_shown_by_a_test_that_exists() {
    let declared = Regex::new(r"fn ([a-z0-9_]+)\(").expect("a pattern");
    let mut tests = BTreeSet::new();
    let mut folders = vec!["tests/it".to_owned(), "src".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(path(&folder)).expect("a folder") {
            let name = format!("{folder}/{}", entry.expect("an entry").file_name().to_string_lossy());
            if path(&name).is_dir() {
                folders.push(name);
            } else if name.ends_with(".rs") {
                tests.extend(declared.captures_iter(&text(&name)).map(|one| one[1].to_owned()));
            }
        }
    }
    let security = text("deploy/SECURITY.md");
    let (_, threats) = security.split_once("## Threats").expect("threats");
    let threats = threats.split("\n## ").next().expect("threats");
    let rows: Vec<&str> =
        threats.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| threat")).collect();
    assert!(rows.len() >= 20, "{} threats", rows.len());
    for row in rows {
        let shown: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
        let named = quoted(shown[2]);
        assert!(shown.len() == 3 && !named.is_empty(), "nothing shows it: {row}");
        for test in named {
            assert!(tests.contains(&test), "there is no test {test}");
        }
    }
}

#[test]
fn calls_and_figures_are_ones_that_there_are() {
    let described: Value = serde_json::from_str(&text("tests/it/http/openapi.json")).expect("JSON");
    let call = Regex::new(r"/api/[a-z0-9_/{}-]+").expect("a pattern");
    let figure = Regex::new(r"^[a-z]+(_[a-z]+)+_(total|seconds|queued)").expect("a pattern");
    let (mut calls, mut figures) = (0, 0);
    for file in files("deploy", ".md") {
        for named in quoted(&text(&file)) {
            // Prefixes of audiences are no calls.
            for found in call.find_iter(&named).map(|one| one.as_str()).filter(|one| !one.ends_with("/v1")) {
                assert!(described["paths"][found].is_object(), "{file}: {found}");
                calls += 1;
            }
            if let Some(found) = figure.find(&named).filter(|one| !one.as_str().starts_with("huilian_backup")) {
                assert!(FIGURES.iter().any(|one| one.name == found.as_str()), "{file}: {named}");
                figures += 1;
            }
        }
    }
    assert!(calls > 8 && figures > 8, "{calls} calls, {figures} figures");
}

#[test]
fn numbers_of_scale_are_those_that_were_measured() {
    let number = Regex::new(r"\d[\d,.]*(/s| ms| MiB| s)").expect("a pattern");
    let (scale, readme) = (text("deploy/SCALE.md"), text("README.md"));
    let measured = readme.split("## Figures").nth(1).expect("figures");
    let rows = scale.lines().skip_while(|line| !line.starts_with("| what | measured")).skip(2);
    let mut count = 0;
    for row in rows.take_while(|line| line.starts_with("| ")) {
        let cell = row.split(" | ").nth(1).expect("a cell");
        for found in number.find_iter(cell).map(|one| one.as_str()).filter(|one| *one != "1,000/s") {
            assert!(measured.contains(found), "{row}: nobody measured {found}");
            count += 1;
        }
    }
    assert!(count >= 10, "{count} numbers");
}
