//! The settings that are handed to nodes are ones that the program knows, complete, and in order in production.

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

use super::{manifest, path, text, yaml};
use crate::infra::config::wechat_secrets;

type Variables = BTreeMap<String, String>;

fn strings(tree: &Value) -> Variables {
    let fields = tree.as_object().expect("variables");
    fields.iter().map(|(name, value)| (name.clone(), value.as_str().expect("a text").to_owned())).collect()
}

/// Puts a value in the place of every secret that the files leave open.
fn filled(mut variables: Variables) -> Variables {
    let secrets: Variables = wechat_secrets().into_iter().collect();
    let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    for (name, value) in &mut variables {
        if value.is_empty() || value.contains(":PASSWORD@") {
            *value = match name.as_str() {
                "HUILIAN_DATABASE__URL" => "postgres://huilian:hunter2@postgres:5432/huilian".to_owned(),
                "HUILIAN_SECRETS__KEYS__K2026" | "HUILIAN_SECRETS__INDEX" => key.to_owned(),
                "POSTGRES_PASSWORD" => "hunter2".to_owned(),
                _ => secrets.get(name).unwrap_or_else(|| panic!("nobody asks for {name}")).clone(),
            };
        }
    }
    variables
}

/// What `huilian config check` says to these variables, with the sample brand where the folder is.
fn check(variables: &Variables, file: Option<&str>) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_huilian"));
    command.env_clear().envs(variables).env("HUILIAN_WECHAT__CONFIG_DIR", path("wechat-config"));
    if let Some(file) = file {
        command.arg("--config").arg(path(file));
    }
    let said = command.args(["config", "check"]).output().expect("a run");
    (said.status.success(), String::from_utf8_lossy(&[said.stderr, said.stdout].concat()).into_owned())
}

fn in_order(variables: &Variables, file: Option<&str>) {
    let (good, said) = check(variables, file);
    assert!(good && said.ends_with("the configuration is in order\n"), "{said}");
}

fn kubernetes() -> Variables {
    let mut variables = strings(&manifest("ConfigMap", "huilian")["data"]);
    variables.extend(strings(&manifest("Secret", "huilian")["stringData"]));
    variables
}

fn compose() -> Variables {
    let stack = yaml("deploy/compose/compose.yaml").remove(0);
    let mut variables = strings(&stack["services"]["one"]["environment"]);
    let file = text("deploy/compose/env.example");
    let lines = file.lines().filter_map(|line| line.split_once('=')).filter(|(name, _)| !name.starts_with('#'));
    variables.extend(lines.map(|(name, value)| (name.to_owned(), value.to_owned())));
    variables
}

#[test]
fn what_kubernetes_hands_over_is_complete_and_in_order() {
    let variables = kubernetes();
    assert_eq!(variables["HUILIAN_ENVIRONMENT"], "production");
    in_order(&filled(variables.clone()), None);
    // Each of the names is needed: without any of them the program says which.
    for name in variables.keys().filter(|name| name.starts_with("WECHAT_")) {
        let mut fewer = filled(variables.clone());
        fewer.remove(name);
        let (good, said) = check(&fewer, None);
        assert!(!good && said.contains(name), "{name}: {said}");
    }
}

#[test]
fn what_compose_hands_over_is_known_and_in_order() {
    let mut variables = filled(compose());
    assert_eq!(variables["HUILIAN_ENVIRONMENT"], "production");
    // The example names the secrets of one account; the sample brand has two, and a merchant.
    for (name, value) in wechat_secrets() {
        variables.entry(name).or_insert(value);
    }
    in_order(&variables, None);
}

#[test]
fn the_example_file_is_in_order_with_the_secrets_that_it_asks_for() {
    let secrets = ["HUILIAN_DATABASE__URL", "HUILIAN_SECRETS__KEYS__K2026", "HUILIAN_SECRETS__INDEX"];
    let example = text("deploy/huilian.toml");
    let mut variables: Variables = wechat_secrets().into_iter().collect();
    for name in secrets {
        assert!(example.contains(name), "{name}");
        variables.insert(name.to_owned(), String::new());
    }
    in_order(&filled(variables), Some("deploy/huilian.toml"));
}

#[test]
fn a_key_that_nobody_knows_would_be_found() {
    let mut variables = filled(kubernetes());
    variables.insert("HUILIAN_HTTP__PROXY".to_owned(), "1".to_owned());
    let (good, said) = check(&variables, None);
    assert!(!good && said.contains("http.proxy: there is no such key"), "{said}");
}
