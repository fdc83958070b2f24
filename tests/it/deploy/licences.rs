//! What the program is built on may be shipped with it, and what ships says so.

use std::{collections::BTreeMap, process::Command};

use figment::{
    Figment,
    providers::{Format, Toml},
};
use serde_json::Value;

use super::{path, text};

fn allowed() -> Vec<String> {
    Figment::from(Toml::string(&text("deny.toml"))).extract_inner("licenses.allow").expect("a list")
}

/// Whether an expression of SPDX holds with these licences; `/` is an old way to write `OR`.
fn holds(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ").replace(" WITH ", "+WITH+");
    let mut words = spaced.split_whitespace().peekable();
    fn any<'a>(words: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>, allowed: &[String]) -> bool {
        let mut good = all(words, allowed);
        while words.next_if_eq(&"OR").is_some() {
            good |= all(words, allowed);
        }
        good
    }
    fn all<'a>(words: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>, allowed: &[String]) -> bool {
        let mut good = one(words, allowed);
        while words.next_if_eq(&"AND").is_some() {
            good &= one(words, allowed);
        }
        good
    }
    fn one<'a>(words: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>, allowed: &[String]) -> bool {
        match words.next() {
            Some("(") => {
                let good = any(words, allowed);
                assert_eq!(words.next(), Some(")"), "a parenthesis that stays open");
                good
            }
            Some(name) => allowed.contains(&name.replace("+WITH+", " WITH ")),
            None => panic!("a licence is missing"),
        }
    }
    let good = any(&mut words, allowed);
    assert_eq!(words.next(), None, "{expression}");
    good
}

#[test]
fn every_crate_has_a_licence_that_is_allowed() {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline"];
    let host = ["--filter-platform", "x86_64-unknown-linux-gnu"];
    let run = Command::new(env!("CARGO")).args(arguments).args(host).current_dir(path("")).output().expect("cargo");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let all: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let allowed = allowed();
    let packages = all["packages"].as_array().expect("crates");
    assert!(packages.len() > 300, "{} crates", packages.len());
    for package in packages {
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{} has none", package["name"]));
        assert!(holds(licence, &allowed), "{}: {licence}", package["name"]);
    }
}

#[test]
fn every_package_of_the_pages_has_one_too() {
    let lock: Value = serde_json::from_str(&text("h5/package-lock.json")).expect("JSON");
    let (allowed, words) = (allowed(), text("deploy/LICENCES.md"));
    let mut shipped = BTreeMap::new();
    for (name, package) in lock["packages"].as_object().expect("packages").iter().filter(|(name, _)| !name.is_empty()) {
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{name} has no licence"));
        // What only builds and tests may have others, which the document names.
        if package["dev"] == true {
            assert!(holds(licence, &allowed) || words.contains(&format!("`{licence}`")), "{name}: {licence}");
        } else {
            assert!(holds(licence, &allowed), "{name}: {licence}");
            shipped.insert(name, licence);
        }
    }
    assert!(shipped.len() > 20, "{shipped:?}");
}

#[test]
fn every_licence_that_is_allowed_is_explained() {
    let words = text("deploy/LICENCES.md");
    for licence in allowed() {
        assert!(words.contains(&format!("`{licence}`")), "{licence}");
    }
    assert!(!holds("GPL-3.0", &allowed()) && holds("(GPL-3.0 OR MIT) AND ISC", &allowed()));
    assert!(!holds("GPL-3.0 AND MIT", &allowed()) && holds("Apache-2.0 WITH LLVM-exception", &allowed()));
}
