//! Ids that answers told, so that calls speak of things that are there.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::Regex;

/// What an id looks like: three letters say of what it is.
static ID: LazyLock<Regex> = LazyLock::new(|| Regex::new("\\b([a-z]{3}_)[0-9a-z]{26}\\b").expect("an expression"));
/// Of so many things of a kind the latest are spoken of.
const REMEMBERED: usize = 12;
/// Behind the prefix of an id that nobody gave out.
const NOBODY: &str = "06gzqn7n01rvnb8hvp20m4nfy0";

/// The ids of each prefix, and how often one was asked for.
#[derive(Default)]
pub struct Ids {
    known: BTreeMap<String, Vec<String>>,
    asked: usize,
}

impl Ids {
    /// Takes what an answer tells.
    pub fn learn(&mut self, answer: &str) {
        for found in ID.captures_iter(answer) {
            let known = self.known.entry(found[1].to_owned()).or_default();
            if !known.iter().any(|id| *id == found[0]) {
                known.push(found[0].to_owned());
            }
            if known.len() > REMEMBERED {
                known.remove(0);
            }
        }
    }

    /// One of this prefix, each in turn; now and then one that nobody gave out.
    pub fn one(&mut self, prefix: &str) -> String {
        self.asked += 1;
        let known = self.known.get(prefix).filter(|known| !known.is_empty() && !self.asked.is_multiple_of(8));
        known.map_or_else(|| format!("{prefix}{NOBODY}"), |known| known[self.asked % known.len()].clone())
    }
}
