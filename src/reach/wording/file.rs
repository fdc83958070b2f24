//! The form of a file in `wechat-config/messages`.

use std::{collections::BTreeMap, path::Path};

use entity::{reach::delivery::Channel, types::AccountKey};
use serde::Deserialize;

use super::Values;
use crate::{infra::config::Problem, wechat::folder};

/// A file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) zh: String,
    pub(super) en: String,
    /// Which ways come before which.
    #[serde(default = "cheapest_first")]
    pub(super) order: Vec<Channel>,
    /// A value for every place.
    #[serde(default)]
    pub(super) example: Values,
    #[serde(default)]
    pub(super) subscription: Vec<Entry>,
    #[serde(default)]
    pub(super) template: Vec<Entry>,
}

/// A template as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) account: AccountKey,
    pub(super) template_id: String,
    #[serde(default)]
    pub(super) long_term: bool,
    pub(super) data: BTreeMap<String, String>,
    /// A web page, from an official account.
    pub(super) url: Option<String>,
    /// The account of a mini program; its own where it is one.
    pub(super) program: Option<AccountKey>,
    /// A page of it.
    pub(super) page: Option<String>,
}

/// In an open window nothing is used up; a permit is somebody's yes; a template is the last resort.
fn cheapest_first() -> Vec<Channel> {
    vec![Channel::Custom, Channel::Subscription, Channel::Template]
}

/// Every file of the folder by the name of its message.
pub(super) fn read_all(path: &Path, problems: &mut Vec<Problem>) -> Vec<(String, File)> {
    let mut files = Vec::new();
    for (name, path) in folder::entries(path, problems) {
        let Some(kind) = name.strip_suffix(".toml") else { continue };
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if kind.is_empty() || kind.len() > 64 || !kind.bytes().all(plain) {
            problems.push(Problem::new(path.display().to_string(), "is not named like a message: a-z, 0-9 and _ only"));
            continue;
        }
        match folder::parse(&path) {
            Ok(file) => files.push((kind.to_owned(), file)),
            Err(problem) => problems.push(problem),
        }
    }
    files
}
