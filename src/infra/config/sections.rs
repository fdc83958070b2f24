//! The sections of the configuration. What each key means stands in `defaults.toml`.
#![expect(missing_docs, reason = "defaults.toml documents every key where operators read it")]

use std::{collections::BTreeMap, net::IpAddr, path::PathBuf, time::Duration};

use chrono::NaiveTime;
use entity::types::Fen;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};
use url::Url;

/// Whether this is somebody's machine or the real thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Compiled-in secrets and the sandbox are allowed.
    Development,
    /// They are refused.
    Production,
}

/// `[http]`
#[derive(Clone, Debug, Deserialize)]
pub struct Http {
    pub host: IpAddr,
    pub port: u16,
    #[serde(deserialize_with = "base_url")]
    pub public_url: String,
    pub page_hosts: Vec<String>,
    pub body_limit: usize,
    #[serde(deserialize_with = "span")]
    pub timeout: Duration,
    #[serde(deserialize_with = "span")]
    pub upload_timeout: Duration,
    pub rate_per_minute: u32,
    #[serde(deserialize_with = "span")]
    pub heartbeat: Duration,
    pub proxies: usize,
}

/// `[database]`
#[derive(Clone, Debug, Deserialize)]
pub struct Database {
    pub url: SecretString,
    pub connections: u32,
    #[serde(deserialize_with = "span")]
    pub acquire_timeout: Duration,
    #[serde(deserialize_with = "span")]
    pub transaction_idle: Duration,
    /// Commits return before the disk has them: the latest are lost with the power, never one between. No setting: the
    /// program asks for it where it writes what is written anew when it was cut off.
    #[serde(skip)]
    pub relaxed: bool,
}

/// `[cache]`
#[derive(Clone, Debug, Deserialize)]
pub struct Cache {
    pub url: SecretString,
    pub prefix: String,
}

/// `[secrets]`
#[derive(Clone, Debug, Deserialize)]
pub struct Secrets {
    pub current: String,
    pub index: SecretString,
    pub keys: BTreeMap<String, SecretString>,
}

/// `[wechat]`
#[derive(Clone, Debug, Deserialize)]
pub struct WeChat {
    pub config_dir: PathBuf,
    #[serde(deserialize_with = "base_url")]
    pub api_url: String,
    #[serde(deserialize_with = "base_url")]
    pub mp_url: String,
    #[serde(deserialize_with = "base_url")]
    pub open_url: String,
    #[serde(deserialize_with = "span")]
    pub connect_timeout: Duration,
    #[serde(deserialize_with = "span")]
    pub timeout: Duration,
    #[serde(deserialize_with = "span")]
    pub replay_window: Duration,
    pub push_limit: usize,
    #[serde(deserialize_with = "span")]
    pub answer_within: Duration,
    #[serde(deserialize_with = "span")]
    pub remember_pushes: Duration,
    pub windows: Windows,
    pub pay: Pay,
}

impl WeChat {
    /// The origin of the sandbox where one plays WeChat, such as `http://127.0.0.1:8090`: WeChat's own hosts speak https.
    pub fn sandbox(&self) -> Option<String> {
        let open = Url::parse(&self.open_url).ok().filter(|url| url.scheme() == "http")?;
        Some(open.origin().ascii_serialization())
    }
}

/// `[wechat.pay]`
#[derive(Clone, Debug, Deserialize)]
pub struct Pay {
    pub notification_limit: usize,
    #[serde(deserialize_with = "span")]
    pub remember_notifications: Duration,
}

/// `[wechat.windows]`
#[derive(Clone, Debug, Deserialize)]
pub struct Windows {
    pub message_count: u32,
    #[serde(deserialize_with = "span")]
    pub message_for: Duration,
    pub menu_count: u32,
    #[serde(deserialize_with = "span")]
    pub menu_for: Duration,
    pub follow_count: u32,
    #[serde(deserialize_with = "span")]
    pub follow_for: Duration,
    pub scan_count: u32,
    #[serde(deserialize_with = "span")]
    pub scan_for: Duration,
    pub enter_count: u32,
    #[serde(deserialize_with = "span")]
    pub enter_for: Duration,
}

/// `[sandbox]`
#[derive(Clone, Debug, Deserialize)]
pub struct Sandbox {
    pub host: IpAddr,
    pub port: u16,
    pub keys: PathBuf,
}

/// `[jobs]`
#[derive(Clone, Debug, Deserialize)]
pub struct Jobs {
    pub workers: usize,
    #[serde(deserialize_with = "span")]
    pub poll: Duration,
    #[serde(deserialize_with = "span")]
    pub lease: Duration,
    pub port: u16,
}

/// `[imports]`
#[derive(Clone, Debug, Deserialize)]
pub struct Imports {
    pub file_limit: u64,
    pub row_limit: u32,
    #[serde(deserialize_with = "span")]
    pub keep: Duration,
}

/// `[privacy]`
#[derive(Clone, Debug, Deserialize)]
pub struct Privacy {
    pub reveals_per_hour: u32,
    #[serde(deserialize_with = "span")]
    pub keep_accesses: Duration,
    #[serde(deserialize_with = "span")]
    pub keep_exports: Duration,
    #[serde(deserialize_with = "span")]
    pub keep_files: Duration,
    pub export_alone: Vec<String>,
    #[serde(deserialize_with = "span")]
    pub erasure_grace: Duration,
}

/// `[points]`
#[derive(Clone, Debug, Deserialize)]
pub struct Points {
    pub valid_months: u32,
    pub refund_grace_days: u32,
    pub expiring_soon_days: u32,
    pub remind_days: u32,
    pub adjust_most: i64,
}

/// `[reach]`
#[derive(Clone, Debug, Deserialize)]
pub struct Reach {
    pub quiet_from: NaiveTime,
    pub quiet_to: NaiveTime,
    pub quiet_deadlines: bool,
    pub marketing_per_day: u32,
    pub marketing_per_week: u32,
    pub marketing_unanswered: u32,
}

/// `[rewards]`
#[derive(Clone, Debug, Deserialize)]
pub struct Rewards {
    pub second_person_single_fen: Fen,
    pub second_person_total_fen: Fen,
    pub second_person_total_points: entity::types::Points,
    pub hour_fen: Fen,
    pub payee_day_count: u32,
    pub payee_day_fen: Fen,
    pub merchant_day_fen: Fen,
    pub risk_rank: u8,
}

/// `[referral]`
#[derive(Clone, Debug, Deserialize)]
pub struct Referral {
    pub poster_font: PathBuf,
}

/// `[admin]`
#[derive(Clone, Debug, Deserialize)]
pub struct Admin {
    pub wechat_account: String,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize)]
pub struct Log {
    pub format: LogFormat,
    pub level: String,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Readable,
    /// For machines, one object a line.
    Json,
}

/// `[telemetry]`
#[derive(Clone, Debug, Deserialize)]
pub struct Telemetry {
    pub otlp_url: String,
}

/// A duration in words, such as `5m`.
fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let words = String::deserialize(deserializer)?;
    humantime::parse_duration(&words).map_err(|why| D::Error::custom(format!("\"{words}\" is not a duration: {why}")))
}

/// An http or https address; a slash at the end is cut off.
fn base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match url::Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        Ok(_) => Err(D::Error::custom(format!("\"{text}\" must begin with http:// or https://"))),
        Err(why) => Err(D::Error::custom(format!("\"{text}\" is not an address: {why}"))),
    }
}
