//! Alarms and dashboard ask for figures that the service exports, by labels that they have; every alarm has its heading in
//! the runbook.

mod expression;

use std::collections::BTreeSet;

use huilian::infra::telemetry::figures::{FIGURES, Figure, Kind};
use serde_json::Value;

use self::expression::{Series, read};
use super::{text, values, yaml};

/// What Prometheus adds to every series of a node.
const ADDED: [&str; 2] = ["instance", "job"];
/// What `backup/take` leaves for node_exporter; it has no labels.
const BACKUP: &str = "huilian_backup_completed_seconds";
/// Spans that Grafana puts in by itself.
const INTERVAL: &str = "$__rate_interval";

fn alarms() -> Vec<Value> {
    let rules = yaml("deploy/prometheus/rules.yaml").remove(0);
    let groups = rules["groups"].as_array().expect("groups").clone();
    groups.iter().flat_map(|group| group["rules"].as_array().expect("rules").clone()).collect()
}

/// Every expression with the place where it stands.
fn expressions() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = alarms()
        .iter()
        .map(|alarm| (alarm["alert"].to_string(), alarm["expr"].as_str().expect("an expression").to_owned()))
        .collect();
    let dashboard: Value = serde_json::from_str(&text("deploy/grafana/huilian.json")).expect("JSON");
    for panel in dashboard["panels"].as_array().expect("panels") {
        for expr in values(panel, "expr") {
            found.push((panel["title"].to_string(), expr.as_str().expect("an expression").replace(INTERVAL, "5m")));
        }
    }
    found
}

/// The figure that a series is of, and whether it is one of the parts of a histogram.
fn figure(name: &str) -> Option<(&'static Figure, Option<&'static str>)> {
    let whole = FIGURES.iter().find(|figure| figure.name == name && figure.kind != Kind::Histogram);
    if let Some(figure) = whole {
        return Some((figure, None));
    }
    ["_bucket", "_sum", "_count"].into_iter().find_map(|part| {
        let histogram = name.strip_suffix(part)?;
        let figure = FIGURES.iter().find(|figure| figure.name == histogram && figure.kind == Kind::Histogram)?;
        Some((figure, Some(part)))
    })
}

/// The labels that a series has; `None` when nobody exports it.
fn labels(series: &Series) -> Option<BTreeSet<&'static str>> {
    let mut labels: BTreeSet<&str> = ADDED.into_iter().collect();
    if !["up", BACKUP].contains(&series.name.as_str()) {
        let (figure, part) = figure(&series.name)?;
        labels.extend(figure.labels);
        labels.extend((part == Some("_bucket")).then_some("le"));
    }
    Some(labels)
}

#[test]
fn alarms_and_dashboard_ask_for_what_there_is() {
    let expressions = expressions();
    assert!(expressions.len() > 50, "{} expressions", expressions.len());
    for (place, text) in &expressions {
        let expression = read(text);
        let mut all = BTreeSet::new();
        for series in &expression.series {
            let labels = labels(series).unwrap_or_else(|| panic!("{place}: nobody exports {}", series.name));
            for (label, _) in &series.labels {
                assert!(labels.contains(label.as_str()), "{place}: {} has no label {label}", series.name);
            }
            let grows = figure(&series.name).is_some_and(|(figure, _)| figure.kind != Kind::Gauge);
            assert!(grows || !series.span, "{place}: {} has no rate", series.name);
            all.extend(labels);
        }
        for label in &expression.grouped {
            assert!(all.contains(label.as_str()), "{place}: nothing has the label {label}");
        }
    }
}

#[test]
fn legends_name_labels_that_are_left() {
    let dashboard: Value = serde_json::from_str(&text("deploy/grafana/huilian.json")).expect("JSON");
    let mut count = 0;
    for panel in dashboard["panels"].as_array().expect("panels") {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let grouped = read(&target["expr"].as_str().expect("an expression").replace(INTERVAL, "5m")).grouped;
            let legend = target["legendFormat"].as_str().expect("a legend");
            for label in legend.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
                assert!(grouped.iter().any(|one| one == label), "{}: {label}", panel["title"]);
                count += 1;
            }
        }
    }
    assert!(count > 20, "{count} labels");
}

#[test]
fn every_alarm_has_its_place_in_the_runbook_and_says_so() {
    let runbook = text("deploy/RUNBOOK.md");
    let headings: Vec<&str> = runbook.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let alarms = alarms();
    let names: Vec<&str> = alarms.iter().map(|alarm| alarm["alert"].as_str().expect("a name")).collect();
    assert_eq!(headings, names, "the runbook has the alarms in their order");
    assert!(names.len() >= 10);
    for alarm in &alarms {
        let name = alarm["alert"].as_str().expect("a name");
        let anchor = format!("deploy/RUNBOOK.md#{}", name.to_lowercase());
        assert_eq!(alarm["annotations"]["runbook"], anchor);
        assert!(["page", "ticket"].iter().any(|severity| alarm["labels"]["severity"] == *severity), "{name}");
        let summary = alarm["annotations"]["summary"].as_str().expect("a summary");
        assert!(summary.contains(" · "), "{name} is said in Chinese and in English");
        // What a summary names is left by its expression.
        let grouped = read(alarm["expr"].as_str().expect("an expression"));
        for label in summary.split("$labels.").skip(1).filter_map(|rest| rest.split_whitespace().next()) {
            let kept = grouped.grouped.iter().any(|one| one == label);
            let whole = grouped.series.iter().any(|one| labels(one).is_some_and(|labels| labels.contains(label)));
            assert!(kept || whole, "{name}: {label}");
        }
        let (_, section) = runbook.split_once(&format!("## {name}\n")).expect("a section");
        let section = section.split("\n## ").next().expect("a section");
        for part in ["**For people:**", "**See:**", "**Do:**", "**Over when**"] {
            assert!(section.contains(part), "{name}: {part}");
        }
    }
}
