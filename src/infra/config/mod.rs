//! Configuration: compiled-in commented defaults, then a file, then `HUILIAN_SECTION__KEY` variables.
//!
//! Unknown keys are refused, and every problem is reported at once with its key and a hint.

mod layers;
mod problem;
mod rules;
mod sections;

use std::{fmt::Write as _, path::Path};

use serde::de::DeserializeOwned;

use self::layers::Layers;
pub use self::{
    problem::{Problem, Problems},
    sections::{
        Admin, Cache, Database, Environment, Http, Imports, Jobs, Log, LogFormat, Pay, Points, Privacy, Reach,
        Referral, Rewards, Sandbox, Secrets, Telemetry, WeChat, Windows,
    },
};

/// The whole configuration, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Development or production.
    pub environment: Environment,
    /// The service's HTTP side.
    pub http: Http,
    /// The database.
    pub database: Database,
    /// The cache.
    pub cache: Cache,
    /// Keys for personal data.
    pub secrets: Secrets,
    /// WeChat's addresses and rules.
    pub wechat: WeChat,
    /// The WeChat that runs here.
    pub sandbox: Sandbox,
    /// Background work.
    pub jobs: Jobs,
    /// Files of members from other systems.
    pub imports: Imports,
    /// What is kept of members and for how long.
    pub privacy: Privacy,
    /// Points.
    pub points: Points,
    /// When and how often members are told something.
    pub reach: Reach,
    /// What is given, and who has to agree.
    pub rewards: Rewards,
    /// Invitations.
    pub referral: Referral,
    /// How staff sign in.
    pub admin: Admin,
    /// Log lines.
    pub log: Log,
    /// Traces.
    pub telemetry: Telemetry,
}

impl Config {
    /// Reads defaults, the file if one is given, and the variables.
    ///
    /// # Errors
    /// All problems at once: unreadable file, unknown keys, wrong types, broken rules.
    pub fn load(file: Option<&Path>, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut layers = Layers::stack(file, variables, &mut problems);
        let config = Self::extract(&mut layers, &mut problems);
        match config {
            Some(config) => {
                problems.extend(config.broken_rules());
                if problems.is_empty() { Ok(config) } else { Err(Problems(problems)) }
            }
            None => Err(Problems(problems)),
        }
    }

    /// Every key with its value, secrets masked, and the layer it comes from.
    pub fn show(file: Option<&Path>, variables: impl IntoIterator<Item = (String, String)>) -> String {
        let layers = Layers::stack(file, variables, &mut Vec::new());
        let mut text = String::new();
        for (key, value, source) in layers.sources() {
            let shown = match value {
                figment::value::Value::String(_, value) => format!("\"{}\"", mask(&key, &value)),
                other => serde_json::to_string(&other).unwrap_or_default(),
            };
            let _ = writeln!(text, "{key} = {shown}  # {source}");
        }
        text
    }

    fn extract(layers: &mut Layers, problems: &mut Vec<Problem>) -> Option<Self> {
        let environment = part(layers, "environment", problems);
        let http = part(layers, "http", problems);
        let database = part(layers, "database", problems);
        let cache = part(layers, "cache", problems);
        let secrets = part(layers, "secrets", problems);
        let wechat = part(layers, "wechat", problems);
        let sandbox = part(layers, "sandbox", problems);
        let jobs = part(layers, "jobs", problems);
        let imports = part(layers, "imports", problems);
        let privacy = part(layers, "privacy", problems);
        let points = part(layers, "points", problems);
        let reach = part(layers, "reach", problems);
        let rewards = part(layers, "rewards", problems);
        let referral = part(layers, "referral", problems);
        let admin = part(layers, "admin", problems);
        let log = part(layers, "log", problems);
        let telemetry = part(layers, "telemetry", problems);
        Some(Self {
            environment: environment?,
            http: http?,
            database: database?,
            cache: cache?,
            secrets: secrets?,
            wechat: wechat?,
            sandbox: sandbox?,
            jobs: jobs?,
            imports: imports?,
            privacy: privacy?,
            points: points?,
            reach: reach?,
            rewards: rewards?,
            referral: referral?,
            admin: admin?,
            log: log?,
            telemetry: telemetry?,
        })
    }
}

/// Reads one section. A key that cannot be read is noted and replaced by its default, so that the next one is found too.
fn part<T: DeserializeOwned>(layers: &mut Layers, name: &str, problems: &mut Vec<Problem>) -> Option<T> {
    loop {
        let error = match layers.figment.extract_inner::<T>(name) {
            Ok(section) => return Some(section),
            Err(error) => error,
        };
        // figment puts the section's name first or last in the path, or leaves it out, by kind of error.
        let inner: Vec<&str> = error.path.iter().map(String::as_str).filter(|part| *part != name).collect();
        let path = [&[name], inner.as_slice()].concat().join(".");
        let repeated = problems.iter().any(|problem| problem.key == path);
        let default = layers.defaults.find_value(&path).ok();
        problems.push(Problem::new(&path, error.kind.to_string()));
        match default {
            Some(value) if !repeated => {
                let figment = std::mem::take(&mut layers.figment);
                layers.figment = figment.merge(figment::providers::Serialized::default(&path, value));
            }
            _ => return None,
        }
    }
}

/// Hides keys, and of addresses what stands where people write passwords: before the host, and in the query.
fn mask(key: &str, value: &str) -> String {
    if key == "secrets.index" || key.starts_with("secrets.keys.") {
        return "***".to_owned();
    }
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let (user, rest) = rest.rsplit_once('@').map_or(("", rest), |(_, rest)| ("***@", rest));
    let (address, query) = rest.split_once('?').map_or((rest, ""), |(address, _)| (address, "?***"));
    format!("{scheme}://{user}{address}{query}")
}

#[cfg(test)]
mod tests;
