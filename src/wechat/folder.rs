//! The folder `wechat-config`: the WeChat side as data. One folder per account, named by its key, one file per merchant
//! and per message, and the domain verification files. Secrets are never in it, only where to find them: `env:NAME` or `file:/path`.

use std::{collections::BTreeMap, fs, path::Path};

use data_encoding::BASE64;
use entity::types::AccountKey;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use sha2::Sha256;

use super::{
    account::{Account, Accounts, CallbackSettings, Format, Kind, Mode},
    pay::{self, Merchants},
};
use crate::infra::config::{Problem, Problems, WeChat};

/// The folder with what messages say, which is no account.
pub const MESSAGES: &str = "messages";

/// Where secrets come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// The environment and files, as the folder says.
    Real,
    /// The same, but what is not set is made up from its name, the same at every start; the sandbox does so, too.
    Development,
}

impl Secrets {
    /// WeChat itself speaks https; an address that does not is the sandbox's.
    pub fn of(config: &WeChat) -> Self {
        if config.api_url.starts_with("https://") { Self::Real } else { Self::Development }
    }
}

/// What stands in the folder.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The accounts.
    pub accounts: Accounts,
    /// `MP_verify_*.txt` and the like, by file name: served at `/`.
    pub verification: BTreeMap<String, String>,
    /// The merchants of WeChat Pay.
    pub merchants: Merchants,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    kind: Kind,
    name: String,
    appid: String,
    original_id: String,
    secret: String,
    callback: CallbackFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallbackFile {
    mode: Mode,
    format: Format,
    token: String,
    aes_key: Option<String>,
    previous_aes_key: Option<String>,
}

impl Folder {
    /// Reads the folder.
    ///
    /// # Errors
    /// All problems at once: files that cannot be read, secrets that are not there, keys of the wrong form.
    pub fn load(path: &Path, secrets: Secrets) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut accounts = Vec::new();
        for (name, folder) in entries(path, &mut problems) {
            if name == "verify" || name == MESSAGES || name == pay::FOLDER || !folder.is_dir() {
                continue;
            }
            match read_account(&name, &folder, secrets) {
                Ok(account) => accounts.push(account),
                Err(found) => problems.extend(found),
            }
        }
        let mut verification = BTreeMap::new();
        let verify = path.join("verify");
        if verify.is_dir() {
            for (name, file) in entries(&verify, &mut problems).into_iter().filter(|(name, _)| name != "README.md") {
                match fs::read_to_string(&file) {
                    Ok(text) if plain_name(&name) => drop(verification.insert(name, text)),
                    Ok(_) => {
                        problems.push(Problem::new(file.display().to_string(), "is not a plain .txt or .html name"))
                    }
                    Err(why) => problems.push(Problem::new(file.display().to_string(), why.to_string())),
                }
            }
        }
        let accounts = accounts.into_iter().collect();
        let merchants = pay::read_merchants(path, &accounts, secrets).unwrap_or_else(|found| {
            problems.extend(found);
            Merchants::default()
        });
        if problems.is_empty() { Ok(Self { accounts, verification, merchants }) } else { Err(Problems(problems)) }
    }
}

/// Reads one TOML file of the folder of an account; `None` when there is none.
///
/// # Errors
/// When the file cannot be read.
pub fn read_file<T: DeserializeOwned>(folder: &Path, account: &AccountKey, name: &str) -> Result<Option<T>, Problem> {
    read_filled(folder, account, name, |text| text)
}

/// The same, with a text that is filled in before it is read.
///
/// # Errors
/// When the file cannot be read.
pub fn read_filled<T: DeserializeOwned>(
    folder: &Path,
    account: &AccountKey,
    name: &str,
    fill: impl Fn(String) -> String,
) -> Result<Option<T>, Problem> {
    let path = folder.join(account.as_str()).join(name);
    if path.exists() { parse_filled(&path, fill).map(Some) } else { Ok(None) }
}

/// Reads one TOML file of the folder itself, which holds for all accounts; `None` when there is none.
///
/// # Errors
/// When the file cannot be read.
pub fn read_brand_file<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<Option<T>, Problem> {
    let path = folder.join(name);
    if path.exists() { parse(&path).map(Some) } else { Ok(None) }
}

fn read_account(name: &str, folder: &Path, secrets: Secrets) -> Result<Account, Vec<Problem>> {
    let path = folder.join("account.toml");
    let file: AccountFile = parse(&path).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let place = |field: &str| format!("{}: {field}", path.display());
    let key = match name.parse::<AccountKey>() {
        Ok(key) => Some(key),
        Err(why) => {
            problems.push(Problem::new(folder.display().to_string(), why.to_string()));
            None
        }
    };
    let mut find = |field: &str, reference: &str, rule: fn(&str) -> Result<(), &'static str>| {
        let found = secret(reference, secrets, field).and_then(|value| match rule(&value) {
            Ok(()) => Ok(value),
            Err(why) => Err(why.to_owned()),
        });
        match found {
            Ok(value) => Some(SecretString::from(value)),
            Err(why) => {
                problems
                    .push(Problem::new(place(field), why).hint("write env:NAME and set that variable, or file:/path"));
                None
            }
        }
    };
    let secret_value = find("secret", &file.secret, not_empty);
    let token = find("callback.token", &file.callback.token, is_token);
    let aes_key = file.callback.aes_key.as_deref().and_then(|key| find("callback.aes_key", key, is_aes_key));
    let previous = match &file.callback.previous_aes_key {
        // There is a previous key only while WeChat is being changed over.
        Some(reference) if secrets == Secrets::Real && absent(reference) => None,
        Some(reference) => find("callback.previous_aes_key", reference, is_aes_key),
        None => None,
    };
    if file.callback.mode != Mode::Plain && file.callback.aes_key.is_none() {
        problems.push(Problem::new(place("callback.aes_key"), "is needed in compatible and secure mode"));
    }
    if file.kind == Kind::Official && file.callback.format != Format::Xml {
        problems.push(Problem::new(place("callback.format"), "official accounts know xml only"));
    }
    match (key, secret_value, token) {
        (Some(key), Some(secret), Some(token)) if problems.is_empty() => Ok(Account {
            key,
            kind: file.kind,
            name: file.name,
            appid: file.appid,
            original_id: file.original_id,
            secret,
            callback: CallbackSettings {
                mode: file.callback.mode,
                format: file.callback.format,
                token,
                aes_key,
                previous_aes_key: previous,
            },
        }),
        _ => Err(problems),
    }
}

/// Reads one TOML file.
///
/// # Errors
/// When it cannot be read.
pub fn parse<T: DeserializeOwned>(path: &Path) -> Result<T, Problem> {
    parse_filled(path, |text| text)
}

fn parse_filled<T: DeserializeOwned>(path: &Path, fill: impl Fn(String) -> String) -> Result<T, Problem> {
    use figment::providers::{Format as _, Toml};
    let problem = |why: String| Problem::new(path.display().to_string(), why);
    let text = fs::read_to_string(path).map(fill).map_err(|why| problem(why.to_string()))?;
    figment::Figment::from(Toml::string(&text)).extract().map_err(|why| problem(why.to_string()))
}

/// What stands in a folder, by name in order; nothing, and a problem, when it cannot be read.
pub fn entries(path: &Path, problems: &mut Vec<Problem>) -> Vec<(String, std::path::PathBuf)> {
    match fs::read_dir(path) {
        Ok(entries) => {
            let mut found: Vec<_> = entries
                .flatten()
                .filter_map(|entry| entry.file_name().into_string().ok().map(|name| (name, entry.path())))
                .filter(|(name, _)| !name.starts_with('.'))
                .collect();
            found.sort();
            found
        }
        Err(why) => {
            problems.push(
                Problem::new(path.display().to_string(), format!("cannot be read: {why}"))
                    .hint("wechat.config_dir names the folder with the accounts"),
            );
            Vec::new()
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the folder names variables of the operator's choice")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub(super) fn absent(reference: &str) -> bool {
    reference.strip_prefix("env:").is_some_and(|name| variable(name).is_none())
}

pub(super) fn secret(reference: &str, secrets: Secrets, field: &str) -> Result<String, String> {
    match (reference.strip_prefix("env:"), reference.strip_prefix("file:"), secrets) {
        (Some(name), _, Secrets::Development) => Ok(variable(name).unwrap_or_else(|| made_up(name, field))),
        (Some(name), _, Secrets::Real) => variable(name).ok_or_else(|| format!("the variable {name} is not set")),
        (_, Some(path), _) => {
            fs::read_to_string(path).map(|text| text.trim().to_owned()).map_err(|why| format!("{path}: {why}"))
        }
        (None, None, _) => Err("must say where the secret is, not what it is".to_owned()),
    }
}

/// A development secret of the right form for its field, the same for the same name.
fn made_up(name: &str, field: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(b"huilian development secret") else { return String::new() };
    mac.update(name.as_bytes());
    let text = BASE64.encode(&mac.finalize().into_bytes()).replace(['+', '/', '='], "x");
    let length = if field.ends_with("aes_key") { 43 } else { 32 };
    text.chars().take(length).collect()
}

fn not_empty(value: &str) -> Result<(), &'static str> {
    if value.is_empty() { Err("is empty") } else { Ok(()) }
}

fn is_token(value: &str) -> Result<(), &'static str> {
    if (3..=32).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Ok(())
    } else {
        Err("must be 3 to 32 letters and digits")
    }
}

fn is_aes_key(value: &str) -> Result<(), &'static str> {
    if value.len() == 43 && value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Ok(())
    } else {
        Err("must be 43 letters and digits")
    }
}

fn plain_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (name.ends_with(".txt") || name.ends_with(".html")) && name.bytes().all(allowed)
}
