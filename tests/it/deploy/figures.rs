//! The table of figures is what the program exports: by its source, and by what a busy node says.

use std::collections::BTreeSet;

use huilian::infra::telemetry::figures::{FIGURES, Figure, Kind};
use regex::Regex;

use super::text;
use crate::support::story;

fn known(name: &str) -> Option<&'static Figure> {
    FIGURES.iter().find(|figure| figure.name == name)
}

/// The Rust files of the program, without their tests.
fn sources() -> Vec<(String, String)> {
    let mut folders = vec!["src".to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(super::path(&folder)).expect("a folder") {
            let name = format!("{folder}/{}", entry.expect("an entry").file_name().to_string_lossy());
            if super::path(&name).is_dir() {
                folders.push(name);
            } else if name.ends_with(".rs") && !name.contains("/tests") {
                found.push((name.clone(), text(&name)));
            }
        }
    }
    found
}

/// What stands between the parentheses that open here.
fn inside(text: &str) -> &str {
    let mut open = 0;
    let end = text.char_indices().find_map(|(at, letter)| {
        open += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        (open == 0).then_some(at)
    });
    end.and_then(|end| text.get(..end)).expect("a closing parenthesis")
}

#[test]
fn the_table_names_every_figure_of_the_source() {
    let call = Regex::new(r"(counter|gauge|histogram)!\(").expect("a pattern");
    let named = Regex::new(r#"^\(\s*"([a-z_]+)""#).expect("a pattern");
    let label = Regex::new(r#""([a-z_]+)"\s*=>"#).expect("a pattern");
    let gauge = Regex::new(r#"\.gauge\("([a-z_]+)""#).expect("a pattern");
    let mut seen = BTreeSet::new();
    for (file, source) in sources() {
        for found in gauge.captures_iter(&source) {
            assert_eq!(known(&found[1]).map(|figure| figure.kind), Some(Kind::Gauge), "{file}: {}", &found[1]);
            seen.insert(found[1].to_owned());
        }
        for found in call.captures_iter(&source) {
            let place = found.get(0).expect("a call").end() - 1;
            let call = inside(source.get(place..).expect("the call"));
            // The recorder itself passes names on.
            let Some(name) = named.captures(call).map(|name| name[1].to_owned()) else { continue };
            let figure = known(&name).unwrap_or_else(|| panic!("{file}: {name} is not in the table"));
            let kind = match &found[1] {
                "counter" => Kind::Counter,
                "gauge" => Kind::Gauge,
                _ => Kind::Histogram,
            };
            assert_eq!(figure.kind, kind, "{file}: {name}");
            if !call.contains("&labels") {
                let labels: BTreeSet<&str> =
                    label.captures_iter(call).filter_map(|one| Some(one.get(1)?.as_str())).collect();
                assert_eq!(labels, figure.labels.iter().copied().collect(), "{file}: {name}");
            }
            seen.insert(name);
        }
    }
    let idle: Vec<&str> = FIGURES.iter().map(|figure| figure.name).filter(|name| !seen.contains(*name)).collect();
    assert_eq!(idle, Vec::<&str>::new(), "nobody counts these");
}

/// A line of `/metrics` as its name and its labels.
fn sample(line: &str) -> (&str, BTreeSet<&str>) {
    let (series, _) = line.rsplit_once(' ').expect("a value");
    let Some((name, labels)) = series.split_once('{') else { return (series, BTreeSet::new()) };
    let names = labels.split("=\"").filter_map(|part| part.rsplit(['{', ',', '"']).next());
    let mut names: Vec<&str> = names.collect();
    // Behind the last value stands no label.
    names.pop();
    (name, names.into_iter().collect())
}

#[actix_web::test]
async fn a_busy_node_exports_what_the_table_says() {
    story(async |app| {
        let person = app.follower("林小满").await;
        person.say("brand", "会员").await;
        person.log_in("shop").await.give_phone("13800000001").await;
        app.run_jobs().await;
        app.get("/wechat/brand/callback?signature=wrong").await;
        let answer = app.get("/metrics").await;
        let said = answer.body.as_str().expect("figures").to_owned();
        let mut seen = BTreeSet::new();
        for line in said.lines().filter(|line| !line.is_empty()) {
            if let Some(described) = line.strip_prefix("# TYPE ") {
                let (name, kind) = described.split_once(' ').expect("a kind");
                let figure = known(name).unwrap_or_else(|| panic!("{name} is not in the table"));
                assert_eq!(kind, format!("{:?}", figure.kind).to_lowercase(), "{name}");
                continue;
            }
            if let Some(described) = line.strip_prefix("# HELP ") {
                let (name, means) = described.split_once(' ').expect("a meaning");
                assert_eq!(known(name).map(|figure| figure.means), Some(means));
                continue;
            }
            let (name, mut labels) = sample(line);
            let part = ["_bucket", "_sum", "_count"].into_iter().find_map(|part| known(name.strip_suffix(part)?));
            let figure = known(name).or(part).unwrap_or_else(|| panic!("{line}: not in the table"));
            assert_eq!(labels.remove("le"), name.ends_with("_bucket"), "{line}");
            assert_eq!(labels, figure.labels.iter().copied().collect(), "{line}");
            seen.insert(figure.name);
        }
        // Those without labels are there before anything happens: a counter that first appears as 1 has never grown.
        let quiet = FIGURES.iter().filter(|figure| figure.labels.is_empty() && figure.kind == Kind::Counter);
        let busy =
            ["http_requests_total", "http_request_seconds", "jobs_late_seconds", "jobs_total", "wechat_calls_total"];
        for name in quiet.map(|figure| figure.name).chain(busy).chain(["wechat_pushes_total", "wechat_refused_total"]) {
            assert!(seen.contains(name), "{name} is not exported");
        }
        // What the alarm about slow replies looks for.
        let route = "route=\"/wechat/{account}/callback\"";
        assert!(text("deploy/prometheus/rules.yaml").contains(route) && said.contains(route));
    })
    .await;
}
