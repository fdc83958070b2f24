//! How long files are, what they open with, and what lock files hold.

use super::{none, tree};

const LONGEST: usize = 400;
const MEDIAN: usize = 150;

fn length(file: &tree::File) -> usize {
    file.text.lines().count()
}

#[test]
fn files_are_short() {
    let files = tree::rust();
    let long = files.iter().filter(|file| length(file) > LONGEST);
    let broken = long.map(|file| format!("{}: {} lines", file.path, length(file))).collect();
    none(&format!("No file is longer than {LONGEST} lines"), "split it by concept, not by size", broken);

    let mut lengths: Vec<usize> = files.iter().map(length).collect();
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or_default();
    assert!(median < MEDIAN, "half of all files are longer than {median} lines → one concept, one file");
}

#[test]
fn every_folder_says_what_it_is() {
    let silent = |file: &tree::File| {
        let opens = file.path.ends_with("/mod.rs") || file.path.ends_with("/lib.rs") || file.path.ends_with("/main.rs");
        opens && !file.text.starts_with("//!")
    };
    let broken = tree::rust().into_iter().filter(silent).map(|file| file.path).collect();
    let way_out = "open it with //! lines: what the domain is, its words, its invariants, what it emits and reacts to";
    none("Every mod.rs begins by saying what its folder is", way_out, broken);
}

#[test]
fn lock_files_hold_no_addresses() {
    let mut broken = Vec::new();
    for file in tree::files("") {
        let strange: fn(&str) -> bool = match file.path.rsplit('/').next() {
            Some("package-lock.json") => |line| line.starts_with("\"resolved\""),
            Some("Cargo.lock") => |line| {
                line.starts_with("source") && !line.contains("registry+https://github.com/rust-lang/crates.io-index")
            },
            Some(".npmrc") => |line| line.contains("registry="),
            _ => continue,
        };
        let lines = file.text.lines().enumerate().filter(|(_, line)| strange(line.trim()));
        broken.extend(lines.map(|(index, line)| format!("{}:{}: {}", file.path, index + 1, line.trim())));
    }
    let way_out = "h5/.npmrc says omit-lockfile-registry-resolved=true: delete the lines and run npm install again; \
                   crates come from crates.io only";
    none("Lock files name versions and checksums, not the hosts they were fetched from", way_out, broken);
}
