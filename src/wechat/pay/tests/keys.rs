//! What stands in a merchant's file, and what is wrong with it.

use std::{fs, path::Path};

use super::super::{
    development,
    keys::{Fault, Keys, Material},
    read_merchants,
};
use crate::{
    infra::config::Problem,
    wechat::{
        folder::{Folder, Secrets},
        golden::{pay_vectors, text},
        scripted::accounts,
    },
};

fn faults(bend: impl FnOnce(&mut Material)) -> Vec<&'static str> {
    let mut material = development::material();
    bend(&mut material);
    Keys::read(&material).err().unwrap_or_default().into_iter().map(|Fault { field, .. }| field).collect()
}

#[test]
fn keys_are_checked_each_and_against_each_other() {
    assert_eq!(faults(|_| {}), Vec::<&str>::new());
    assert_eq!(faults(|keys| keys.v2_key = Some("short".to_owned())), ["api_v2_key"]);
    assert_eq!(faults(|keys| keys.v2_key = None), Vec::<&str>::new());
    assert_eq!(faults(|keys| keys.v3_key = "x".repeat(31)), ["api_v3_key"]);
    assert_eq!(faults(|keys| keys.certificate = keys.private_key.clone()), ["certificate"]);
    assert_eq!(faults(|keys| keys.private_key = keys.certificate.clone()), ["private_key"]);
    let other = pay_vectors("v3-rsa-sign").remove(0);
    assert_eq!(faults(|keys| keys.private_key = text(&other, "private_key_pem").to_owned()), ["private_key"]);
    assert_eq!(faults(|keys| keys.public_keys[0].0 = "5F1C".to_owned()), ["wechat_pay.public_key_id"]);
    assert_eq!(faults(|keys| keys.public_keys[0].1 = "PEM".to_owned()), ["wechat_pay.public_key"]);
    assert_eq!(faults(|keys| keys.public_keys.clear()), ["wechat_pay"]);
    assert_eq!(faults(|keys| keys.certificates.push("PEM".to_owned())), ["wechat_pay.certificates"]);
    let all = faults(|keys| {
        keys.v3_key.clear();
        keys.certificate.clear();
        keys.private_key.clear();
    });
    assert_eq!(all, ["api_v3_key", "certificate", "private_key"], "all at once");
}

fn read(file: &str, secrets: Secrets) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("merchants")).unwrap();
    fs::write(folder.path().join("merchants/main.toml"), file).unwrap();
    let problems = read_merchants(folder.path(), &accounts(), secrets).err().unwrap_or_default();
    let place = |problem: &Problem| {
        let (file, field) = problem.key.split_once(": ").unwrap_or((problem.key.as_str(), ""));
        assert!(file.ends_with("merchants/main.toml"), "{file}");
        field.to_owned()
    };
    problems.iter().map(place).collect()
}

const GOOD: &str = r#"
name = "惠联样板店"
mchid = "1900001109"
accounts = ["brand"]
api_v2_key = "env:PAY_TEST_V2"
api_v3_key = "env:PAY_TEST_V3"
certificate = "env:PAY_TEST_CERTIFICATE"
private_key = "env:PAY_TEST_KEY"
[wechat_pay]
public_key_id = "env:PAY_TEST_ID"
public_key = "env:PAY_TEST_PUBLIC"
"#;

#[test]
fn the_sample_merchant_is_in_order_for_development_only() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("wechat-config");
    let read = Folder::load(&folder, Secrets::Development).unwrap().merchants;
    let merchant = read.get(&"main".parse().unwrap()).expect("the sample merchant");
    assert_eq!(merchant.apps.len(), 2);
    assert_eq!(merchant.scenes, super::super::settings::known_scenes());
    let shown = format!("{merchant:?}");
    assert!(!shown.contains(development::V3_KEY), "{shown}");
    let problems = Folder::load(&folder, Secrets::Real).unwrap_err().to_string();
    for name in ["V2_KEY", "V3_KEY", "CERTIFICATE", "PRIVATE_KEY", "PUBLIC_KEY_ID", "PUBLIC_KEY"] {
        assert!(problems.contains(&format!("the variable WECHAT_PAY_MAIN_{name} is not set")), "{name}: {problems}");
    }
}

#[test]
fn a_folder_without_merchants_has_none() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read_merchants(folder.path(), &accounts(), Secrets::Real).unwrap().iter().count(), 0);
}

#[test]
fn every_problem_of_a_file_is_named_at_once() {
    assert_eq!(read(GOOD, Secrets::Development), Vec::<String>::new());
    let bent = GOOD.replace("1900001109", "19").replace("[\"brand\"]", "[\"brand\", \"nobody\"]");
    let bent = format!("{bent}[rate]\nred_packet = 100\n[address]\nv3 = \"https://a.example/path\"\nv2 = \"here\"\n");
    let bent = format!(
        "{bent}[[scene]]\nid = \"1000\"\nname = \"x\"\nperceptions = []\nreports = []\nleast_fen = 9\nmost_fen = 5\nstyles = []\n"
    );
    let found = read(&bent, Secrets::Development);
    for field in ["mchid", "accounts", "rate.red_packet", "address.v3", "address.v2", "scene 1000"] {
        assert!(found.iter().any(|known| known == field), "{field} is missing in {found:?}");
    }
    assert_eq!(read("name = 1", Secrets::Development).len(), 1, "not a merchant at all");
    assert_eq!(read(&format!("colour = \"red\"\n{GOOD}"), Secrets::Development).len(), 1, "a key that nobody knows");
    assert_eq!(read(&GOOD.replace("env:PAY_TEST_V3", "secret"), Secrets::Development), ["api_v3_key"]);
    assert_eq!(read(&GOOD.replace("public_key = \"env:PAY_TEST_PUBLIC\"\n", ""), Secrets::Development), ["wechat_pay"]);
}

#[test]
fn nothing_real_takes_keys_that_everybody_knows() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        format!("file:{}", path.display())
    };
    let public = |name: &str, pem: &str| put(name, pem);
    let file = GOOD
        .replace("env:PAY_TEST_V2", &put("v2", development::V2_KEY))
        .replace("env:PAY_TEST_V3", &put("v3", development::V3_KEY))
        .replace("env:PAY_TEST_CERTIFICATE", &put("certificate", development::CERTIFICATE))
        .replace("env:PAY_TEST_KEY", &put("key", development::PRIVATE_KEY))
        .replace("env:PAY_TEST_ID", development::PUBLIC_KEY_ID)
        .replace("env:PAY_TEST_PUBLIC", &public("public", development::PUBLIC_KEY));
    let file = format!("{file}[red_packet]\nclient_ip = \"203.0.113.7\"\n[address]\nv3 = \"http://127.0.0.1:8090\"\n");
    let found = read(&file, Secrets::Real);
    assert_eq!(found, ["api_v2_key", "api_v3_key", "certificate", "wechat_pay.public_key", "address.v3"]);
    assert_eq!(read(&file, Secrets::Development), Vec::<String>::new());
}
