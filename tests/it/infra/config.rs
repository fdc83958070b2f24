//! `huilian config` as operators run it: every problem at once, nothing secret told.

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

/// What a run of the binary said.
struct Said {
    ok: bool,
    out: String,
    err: String,
}

/// Runs the binary in an empty environment, with this file, in a folder of its own.
fn huilian(file: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("huilian.toml");
    fs::write(&path, file).expect("a file");
    let run = Command::new(env!("CARGO_BIN_EXE_huilian"))
        .env_clear()
        .envs(variables.iter().copied())
        .current_dir(folder.path())
        .arg("--config")
        .arg(&path)
        .args(arguments)
        .output()
        .expect("a run");
    let text = |bytes: &[u8]| redacted(&String::from_utf8_lossy(bytes), &folder);
    Said { ok: run.status.success(), out: text(&run.stdout), err: text(&run.stderr) }
}

fn redacted(text: &str, folder: &TempDir) -> String {
    text.replace(&folder.path().display().to_string(), "[folder]").replace(env!("CARGO_MANIFEST_DIR"), "[repository]")
}

/// The text without the names of all keys, which grow.
fn without_lists(text: &str) -> String {
    let shorten = |line: &str| match line.split_once(" are: ") {
        Some((what, _)) if line.starts_with("    ") => format!("{what} are: […]\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(shorten).collect()
}

fn sample_brand() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("wechat-config");
    format!("[wechat]\nconfig_dir = {:?}\n", folder.display().to_string())
}

/// What `wechat-config` asks the environment for.
pub fn wechat_secrets() -> Vec<(String, String)> {
    ["BRAND", "SHOP"]
        .into_iter()
        .flat_map(|account| {
            [
                (format!("WECHAT_{account}_SECRET"), "0123456789abcdef0123456789abcdef".to_owned()),
                (format!("WECHAT_{account}_TOKEN"), "callbacktoken1234".to_owned()),
                (format!("WECHAT_{account}_AES_KEY"), "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".to_owned()),
            ]
        })
        .chain(pay_secrets())
        .collect()
}

/// Keys of a merchant that are good until 2031: those of the tests of WeChat Pay's Go SDK.
fn pay_secrets() -> Vec<(String, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pay/vectors.json");
    let all: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).expect("vectors")).expect("JSON");
    let published = |id: &str, field: &str| {
        let vector = all["vectors"].as_array().expect("vectors").iter().find(|vector| vector["id"] == id);
        vector.and_then(|vector| vector[field].as_str()).expect("a key").to_owned()
    };
    let secrets = [
        ("V2_KEY", "0123456789abcdef0123456789abcdef".to_owned()),
        ("V3_KEY", "0123456789abcdef0123456789abcdef".to_owned()),
        ("CERTIFICATE", published("v3-rsa-verify-15", "certificate_pem")),
        // As a container hands it over: on one line.
        ("PRIVATE_KEY", published("v3-rsa-sign-14", "private_key_pem").replace('\n', "\\n")),
        ("PUBLIC_KEY_ID", "PUB_KEY_ID_0119000000012026112200000000".to_owned()),
        ("PUBLIC_KEY", published("v3-rsa-verify-36", "public_key_pem")),
    ];
    secrets.into_iter().map(|(name, value)| (format!("WECHAT_PAY_MAIN_{name}"), value)).collect()
}

const BROKEN: &str = r#"
environment = "staging"
[http]
port = "many"
prot = 1
timeout = "soon"
public_url = "not an address"
[databse]
url = "x"
[database]
url = "mysql://root:hunter2@db/x"
connections = 1
[cache]
url = "memcached://u:hunter2@cache"
[secrets]
current = "k2026"
[secrets.keys]
k2026 = "hunter2"
[jobs]
workers = 0
lease = "1s"
"#;

#[test]
fn a_broken_file_is_reported_whole_and_ends_with_a_failure() {
    let said =
        huilian(BROKEN, &[("HUILIAN_LOG__COLOUR", "red"), ("HUILIAN_HTTP__PROXIES", "some")], &["config", "check"]);
    assert!(!said.ok);
    assert_eq!(said.out, "");
    assert!(!said.err.contains("hunter2"), "{}", said.err);
    insta::assert_snapshot!(without_lists(&said.err), @r#"
    huilian: the configuration has 14 problems:
      databse.url: there is no such key
        sections are: […]
      http.prot: there is no such key
        keys here are: […]
      log.colour: there is no such key
        keys here are: […]
      environment: unknown variant: found `staging`, expected ``development` or `production``
      http.port: invalid type: found string "many", expected u16
      http.proxies: invalid type: found string "some", expected usize
      http.public_url: "not an address" is not an address: relative URL without a base
      http.timeout: "soon" is not a duration: expected number at 0
      database.url: must be sqlite:PATH or postgres://…
        for example sqlite:data/huilian.db
      cache.url: must be empty, redis://…, rediss://… or redis-cluster://…
        empty keeps the cache in this process
      database.connections: must be at least 2
        10 is a good start
      jobs.workers: must be at least 1
        8 is a good start
      jobs.lease: must be at least 15s
        a lease must outlast one call to WeChat (wechat.timeout)
      secrets: a key must be 32 bytes in base64
        secrets.current names a key under secrets.keys; make one with: openssl rand -base64 32
    "#);
}

#[test]
fn a_file_that_is_not_toml_is_named_with_its_line() {
    let said = huilian("[http\nport = 1\n", &[], &["config", "check"]);
    assert!(!said.ok);
    assert!(said.err.contains("[folder]/huilian.toml") && said.err.contains("line 1"), "{}", said.err);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let said = Command::new(env!("CARGO_BIN_EXE_huilian"))
        .env_clear()
        .args(["--config", "/nowhere/huilian.toml", "config", "check"])
        .output()
        .expect("a run");
    assert!(!said.status.success());
    assert!(String::from_utf8_lossy(&said.stderr).contains("/nowhere/huilian.toml: cannot be read"));
}

#[test]
fn secrets_of_wechat_that_are_missing_are_all_named() {
    let said = huilian(&sample_brand(), &[], &["config", "check"]);
    assert!(!said.ok);
    for (name, _) in wechat_secrets() {
        assert!(said.err.contains(&name), "{name} is missing in {}", said.err);
    }
}

#[test]
fn a_configuration_in_order_is_said_to_be_so() {
    let secrets = wechat_secrets();
    let secrets: Vec<(&str, &str)> = secrets.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let said = huilian(&sample_brand(), &secrets, &["config", "check"]);
    assert!(said.ok, "{}", said.err);
    assert_eq!(said.out, "the configuration is in order\n");
}

#[test]
fn a_merchant_whose_certificate_has_ended_is_named() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pay/vectors.json");
    let all: serde_json::Value = serde_json::from_str(&fs::read_to_string(vectors).expect("vectors")).expect("JSON");
    let published = |id: &str, field: &str| {
        let vector = all["vectors"].as_array().expect("vectors").iter().find(|vector| vector["id"] == id);
        vector.and_then(|vector| vector[field].as_str()).expect("a key").to_owned()
    };
    let ended = [
        ("WECHAT_PAY_MAIN_CERTIFICATE".to_owned(), published("v3-rsa-verify-36", "certificate_pem")),
        ("WECHAT_PAY_MAIN_PRIVATE_KEY".to_owned(), published("v3-rsa-sign-35", "private_key_pem")),
    ];
    let secrets: Vec<(String, String)> = wechat_secrets().into_iter().chain(ended).collect();
    let secrets: Vec<(&str, &str)> = secrets.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let said = huilian(&sample_brand(), &secrets, &["config", "check"]);
    assert!(!said.ok);
    assert!(said.err.contains("merchants/main: the merchant certificate 3050F72E"), "{}", said.err);
    assert!(said.err.contains("ended on 2021-12-25"), "{}", said.err);
}

#[test]
fn show_names_every_value_with_its_source_and_hides_what_is_secret() {
    let file = "[http]\nport = 9000\n[database]\nurl = \"postgres://crm:hunter2@db:5432/crm?sslpassword=hunter2\"\n\
                [secrets]\ncurrent = \"k2026\"\nindex = \"hunter2\"\n[secrets.keys]\nk2026 = \"hunter2\"\n";
    let variables = [
        ("HUILIAN_CACHE__URL", "redis-cluster://:hunter2@a:1,:hunter2@b:2"),
        ("HUILIAN_TELEMETRY__OTLP_URL", "http://crm:hunter2@collector:4318"),
        ("HUILIAN_HTTP__RATE_PER_MINUTE", "60"),
    ];
    let said = huilian(file, &variables, &["config", "show"]);
    assert!(said.ok, "{}", said.err);
    assert!(!said.out.contains("hunter2"), "{}", said.out);
    assert!(said.out.contains("http.host = \"127.0.0.1\"  # default\n"), "{}", said.out);
    assert!(said.out.contains("secrets.keys.development = \"***\"  # default\n"), "{}", said.out);
    let set: Vec<&str> = said.out.lines().filter(|line| !line.ends_with("# default")).collect();
    insta::assert_snapshot!(set.join("\n"), @r#"
    cache.url = "redis-cluster://***@b:2"  # variable HUILIAN_CACHE__URL
    database.url = "postgres://***@db:5432/crm?***"  # [folder]/huilian.toml
    http.port = 9000  # [folder]/huilian.toml
    http.rate_per_minute = 60  # variable HUILIAN_HTTP__RATE_PER_MINUTE
    secrets.current = "k2026"  # [folder]/huilian.toml
    secrets.index = "***"  # [folder]/huilian.toml
    secrets.keys.k2026 = "***"  # [folder]/huilian.toml
    telemetry.otlp_url = "http://***@collector:4318"  # variable HUILIAN_TELEMETRY__OTLP_URL
    "#);
}

#[test]
fn production_refuses_the_secrets_that_everybody_knows_and_the_sandbox() {
    let file = "environment = \"production\"\n[wechat]\napi_url = \"http://127.0.0.1:8090\"\n";
    for command in [&["config", "check"][..], &["migrate"], &["serve"], &["demo"]] {
        let said = huilian(file, &[], command);
        assert!(!said.ok, "{command:?}");
        for key in ["secrets.current", "secrets.index", "wechat.api_url", "http.public_url"] {
            assert!(said.err.contains(&format!("{key}: ")), "{command:?} {key}: {}", said.err);
        }
    }
}
