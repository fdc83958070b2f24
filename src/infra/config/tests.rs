use std::io::Write as _;

use super::{Config, Environment, Problems};

fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, Problems> {
    let mut path = tempfile::NamedTempFile::new().unwrap();
    path.write_all(file.as_bytes()).unwrap();
    let variables = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Config::load(Some(path.path()), variables)
}

fn keys(result: Result<Config, Problems>) -> Vec<String> {
    result.err().map(|problems| problems.0.into_iter().map(|problem| problem.key).collect()).unwrap_or_default()
}

#[test]
fn the_defaults_alone_are_a_valid_development_configuration() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.environment, Environment::Development);
    assert_eq!(config.http.port, 8080);
    assert_eq!(config.wechat.replay_window.as_secs(), 300);
}

#[test]
fn variables_go_over_the_file_and_the_file_over_the_defaults() {
    let file = "[http]\nport = 9000\nrate_per_minute = 5\n";
    let config = load(file, &[("HUILIAN_HTTP__PORT", "9001"), ("HUILIAN_CACHE__PREFIX", "123")]).unwrap();
    assert_eq!(config.http.port, 9001);
    assert_eq!(config.http.rate_per_minute, 5);
    assert_eq!(config.cache.prefix, "123", "a text stays a text even when it looks like a number");
}

#[test]
fn every_problem_is_reported_at_once_with_its_key() {
    let file = "[http]\nport = \"many\"\ntimeout = \"soon\"\nprot = 1\n[databse]\nurl = \"x\"\n[jobs]\nworkers = 0\n";
    let found = keys(load(file, &[("HUILIAN_DATABASE__URL", "mysql://x"), ("HUILIAN_LOG__COLOUR", "red")]));
    for key in ["http.port", "http.timeout", "http.prot", "databse.url", "jobs.workers", "database.url", "log.colour"] {
        assert!(found.iter().any(|f| f == key), "{key} is missing in {found:?}");
    }
    assert_eq!(found.len(), 7, "{found:?}");
}

#[test]
fn a_problem_says_how_to_mend_it() {
    let problems = load("[http]\nprot = 1\n", &[]).unwrap_err().to_string();
    assert!(problems.contains("http.prot: there is no such key"), "{problems}");
    assert!(problems.contains("public_url"), "{problems}");
}

#[test]
fn production_refuses_development_secrets_and_the_sandbox() {
    let found = keys(load("environment = \"production\"\n[wechat]\napi_url = \"http://127.0.0.1:8090\"\n", &[]));
    assert_eq!(found, ["secrets.current", "secrets.index", "wechat.api_url", "http.public_url"]);
}

#[test]
fn a_production_configuration_with_keys_of_its_own_is_accepted() {
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let config = load(
        "environment = \"production\"\n[http]\npublic_url = \"https://crm.example.com/\"\n[secrets]\ncurrent = \"k2026\"\n",
        &[("HUILIAN_SECRETS__KEYS__K2026", key), ("HUILIAN_SECRETS__INDEX", key)],
    )
    .unwrap();
    assert_eq!(config.http.public_url, "https://crm.example.com");
    assert_eq!(config.wechat.sandbox(), None, "WeChat itself");
}

#[test]
fn show_names_the_source_of_each_value_and_masks_secrets() {
    let variables = [("HUILIAN_DATABASE__URL", "postgres://u:hunter2@db:5432/x"), ("HUILIAN_HTTP__PORT", "81")];
    let shown = Config::show(None, variables.map(|(k, v)| (k.to_owned(), v.to_owned())));
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(!shown.contains("ZGV2ZWxvcG1lbnQ"), "{shown}");
    assert!(shown.contains("database.url = \"postgres://***@db:5432/x\"  # variable HUILIAN_DATABASE__URL"), "{shown}");
    assert!(shown.contains("http.port = 81  # variable HUILIAN_HTTP__PORT"), "{shown}");
    assert!(shown.contains("http.host = \"127.0.0.1\"  # default"), "{shown}");
}

#[test]
fn a_file_that_is_not_toml_is_named_with_its_line() {
    let text = load("[http\n", &[]).unwrap_err().to_string();
    assert!(text.contains("line 1"), "{text}");
}

#[test]
fn the_example_for_production_is_in_order_once_its_secrets_are_given() {
    let file = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/huilian.toml"));
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let secrets = [
        ("HUILIAN_DATABASE__URL", "postgres://huilian:secret@db/huilian"),
        ("HUILIAN_SECRETS__KEYS__K2026", key),
        ("HUILIAN_SECRETS__INDEX", key),
    ];
    let config = Config::load(Some(file), secrets.map(|(k, v)| (k.to_owned(), v.to_owned()))).unwrap();
    assert_eq!(config.environment, Environment::Production);
    assert!(Config::load(Some(file), []).is_err(), "and not before");
}
